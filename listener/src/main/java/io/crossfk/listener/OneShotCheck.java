package io.crossfk.listener;

import io.crossfk.listener.audit.CheckOutcome;
import io.crossfk.listener.audit.RuleCheck;
import io.crossfk.listener.catalog.CatalogFinding;
import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.catalog.PostgresCatalog;
import io.crossfk.listener.catalog.Purpose;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.lookup.KeyScanner;
import io.crossfk.listener.lookup.LookupException;
import io.crossfk.listener.lookup.postgres.PostgresKeyScanner;
import io.crossfk.listener.lookup.postgres.PostgresLookups;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole tables, once: no slot, no publication, no Kafka, and nothing is changed. Rules are checked
 * one after the other, so that each database is read by one statement at a time.
 */
public final class OneShotCheck {
  private static final Logger log = LoggerFactory.getLogger(OneShotCheck.class);

  /** Of the heap, what keys may take. The rest is for what is read, and for what is told. */
  private static final int PART_FOR_KEYS = 2;

  /**
   * @param sample about so many child rows instead of all
   * @param mostRowsASecond of each table
   * @param statementTimeout of the reading of a table; zero is none
   * @param folder for keys that do not fit into memory
   */
  public record Options(
      OptionalInt sample, OptionalLong mostRowsASecond, Duration statementTimeout, Path folder) {}

  /** Is told how it goes; the rows on other threads. */
  public interface Observer {
    /** Whether anybody wants to know how many rows there are: to ask costs two connections. */
    boolean wantsEstimates();

    /** A rule begins; the numbers are what the databases' statistics say, if they were asked. */
    void begins(BoundRule rule, OptionalLong childRows, OptionalLong parentRows);

    /** Rows that came since the last call. */
    void passed(KeyScanner.Side side, int rows);

    void ends(CheckOutcome outcome);
  }

  private OneShotCheck() {}

  /** Loads what every check needs, this class and its log among it. May be left out. */
  public static void prepare() {
    PostgresKeyScanner.prepare();
  }

  /**
   * Checks rules, and blocks until all are done.
   *
   * @param rules of the configuration
   * @return an outcome for each rule, in their order
   * @throws StartFailure naming everything that stands in the way of any of them
   */
  public static List<CheckOutcome> run(
      Configuration configuration, List<Rule> rules, Options options, Observer observer)
      throws StartFailure, InterruptedException {
    List<BoundRule> bound = bind(configuration, rules);
    List<CheckOutcome> outcomes = new ArrayList<>();
    try (PostgresKeyScanner scanner =
            new PostgresKeyScanner(Parts.lookup(configuration), options.statementTimeout());
        PostgresLookups lookups =
            PostgresLookups.onPlatformThreads(Parts.lookup(configuration), bound)) {
      RuleCheck check =
          new RuleCheck(
              scanner,
              lookups,
              new RuleCheck.Limits(
                  options.folder(), Runtime.getRuntime().maxMemory() / PART_FOR_KEYS));
      for (BoundRule rule : bound) {
        boolean wanted = observer.wantsEstimates();
        observer.begins(
            rule,
            wanted ? estimate(scanner, rule, KeyScanner.Side.CHILD) : OptionalLong.empty(),
            wanted ? estimate(scanner, rule, KeyScanner.Side.PARENT) : OptionalLong.empty());
        RuleCheck.Progress progress =
            side -> new PacedRows(options.mostRowsASecond(), rows -> observer.passed(side, rows));
        CheckOutcome outcome =
            options.sample().isPresent()
                ? check.sample(rule, options.sample().getAsInt(), progress)
                : check.check(rule, progress);
        observer.ends(outcome);
        outcomes.add(outcome);
      }
    }
    return outcomes;
  }

  private static List<BoundRule> bind(Configuration configuration, List<Rule> rules)
      throws StartFailure, InterruptedException {
    CatalogReport report = PostgresCatalog.read(Parts.catalog(configuration), rules, Purpose.CHECK);
    List<String> problems =
        report.findings().stream()
            .filter(finding -> finding.level() == Level.ERROR)
            .map(CatalogFinding::message)
            .toList();
    if (!problems.isEmpty()) {
      throw new StartFailure(
          problems,
          report.errors().isEmpty() ? StartFailure.UNAVAILABLE : StartFailure.CONFIGURATION);
    }
    for (CatalogFinding finding : report.findings()) {
      log.atWarn().log("{}", finding.message());
    }
    return report.bound();
  }

  /** Only for people: a database that cannot say fails the reading a moment later. */
  private static OptionalLong estimate(KeyScanner scanner, BoundRule rule, KeyScanner.Side side) {
    try {
      return scanner.estimate(rule, side);
    } catch (LookupException unknown) {
      log.atDebug().setCause(unknown).log("no estimate");
      return OptionalLong.empty();
    }
  }
}
