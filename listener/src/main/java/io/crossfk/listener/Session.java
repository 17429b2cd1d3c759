package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.check.CheckService;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.feed.FeedStartException;
import io.crossfk.listener.feed.FeedWriter;
import io.crossfk.listener.feed.Journal;
import io.crossfk.listener.lookup.AuditReader;
import io.crossfk.listener.lookup.Lookups;
import io.crossfk.listener.lookup.postgres.PostgresAudits;
import io.crossfk.listener.lookup.postgres.PostgresLookups;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.SetupResult;
import io.crossfk.listener.source.postgres.TablePrints;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.JudgeLimits;
import io.crossfk.rules.judge.JudgeTally;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service while it leads, over the rules whose databases can be reached. Opened in the order of
 * I5: fence and read the journal, compare identities, open the slots at the journaled positions,
 * ask again what is suspected or open.
 */
final class Session implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  /** The last cut, the last transaction and the last acknowledgement, well within five seconds. */
  private static final Duration LAST_CUT = Duration.ofMillis(2500);

  private static final Duration LAST_WRITE = Duration.ofSeconds(1);

  private final FeedWriter feed;
  private final Lookups lookups;
  private final AuditReader audits;
  private final CheckService check;
  private final Map<String, DatabaseLink> links = new LinkedHashMap<>();
  private final Map<String, String> waiting;
  private volatile boolean outdated;

  private Session(
      FeedWriter feed,
      Lookups lookups,
      AuditReader audits,
      CheckService check,
      Map<String, String> waiting) {
    this.feed = feed;
    this.lookups = lookups;
    this.audits = audits;
    this.check = check;
    this.waiting = Map.copyOf(waiting);
  }

  /** A database that answered the catalogue's questions went away before its slot was ready. */
  static final class DatabaseWentAway extends Exception {
    DatabaseWentAway(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Takes the feed over and starts everything.
   *
   * @param report the catalogues as they are now, without errors
   * @param faults told what ends the process
   */
  static Session open(Configuration configuration, CatalogReport report, Faults faults)
      throws StartFailure, DatabaseWentAway, FeedStartException, InterruptedException {
    Map<String, BoundRule> bound =
        report.bound().stream().collect(Collectors.toMap(rule -> rule.rule().name(), rule -> rule));
    Map<String, KeyShape> shapes = new HashMap<>();
    bound.forEach((name, rule) -> shapes.put(name, rule.shape()));
    FeedWriter feed =
        FeedWriter.takeOver(
            Parts.feed(configuration),
            rule -> shapeOf(shapes, rule),
            configuration.rules()::named,
            InstantSource.system(),
            faults::feedLost);
    boolean started = false;
    List<AutoCloseable> opened = new ArrayList<>(List.of(feed));
    try {
      reconcile(feed, configuration, report, bound);
      Preparation prepared = Preparation.of(configuration, bound.values(), feed.journal());
      Lookups lookups = new PostgresLookups(Parts.lookup(configuration), report.bound());
      opened.add(lookups);
      AuditReader audits = new PostgresAudits(Parts.lookup(configuration));
      opened.add(audits);
      CheckService check =
          check(configuration, report, bound, feed, prepared.ready(), lookups, audits, faults);
      Session session = new Session(feed, lookups, audits, check, waitingReasons(report));
      session.start(configuration, prepared, shapes, faults);
      started = true;
      return session;
    } finally {
      if (!started) {
        closeAll(opened);
      }
    }
  }

  private static KeyShape shapeOf(Map<String, KeyShape> shapes, String rule) {
    KeyShape shape = shapes.get(rule);
    if (shape == null) {
      throw new IllegalArgumentException("a cut names " + rule + ", which is not judged here");
    }
    return shape;
  }

  /** What ends the process, from whichever part it comes. */
  interface Faults {
    void feedLost(RuntimeException fault);

    void broken(String part, RuntimeException fault);
  }

  private static void reconcile(
      FeedWriter feed,
      Configuration configuration,
      CatalogReport report,
      Map<String, BoundRule> bound)
      throws InterruptedException {
    feed.reconcile(configuration.rules().enabled())
        .forEach(
            (rule, why) ->
                log.atInfo()
                    .addKeyValue("rule", rule)
                    .addKeyValue("resolution", why.word())
                    .log("rule is gone or changed; its violations are resolved"));
    for (BoundRule rule : bound.values()) {
      if (!feed.journal().fits(rule)) {
        feed.retire(rule.rule().name(), Resolution.RULE_CHANGED);
      }
    }
    if (!report.waiting().isEmpty()) {
      for (Rule rule : report.waiting()) {
        markBlind(feed, rule);
      }
      feed.leaveBehind(bound.values().stream().map(BoundRule::rule).toList());
    }
  }

  /**
   * The streams of a waiting rule's other database go on without it: what it misses there only an
   * audit finds, so the journal must not call it watching.
   */
  private static void markBlind(FeedWriter feed, Rule rule) {
    Cut.RememberedRule known = feed.journal().rules().get(rule.name());
    if (known != null
        && (known.life() instanceof RuleLife.Watching || known.auditedTo().isPresent())) {
      RuleLife blind = new RuleLife.Blind("a database was down at the start", Instant.now());
      feed.submit(
          new Cut(
              rule.parent().table().toString(),
              0,
              Map.of(),
              List.of(),
              List.of(),
              List.of(),
              Map.of(rule.name(), known.stoppedAs(blind))),
          () -> {});
    }
  }

  private static CheckService check(
      Configuration configuration,
      CatalogReport report,
      Map<String, BoundRule> bound,
      FeedWriter feed,
      Map<String, SetupResult.Ready> ready,
      Lookups lookups,
      AuditReader audits,
      Faults faults) {
    Journal journal = feed.journal();
    Set<String> waiting = report.waiting().stream().map(Rule::name).collect(Collectors.toSet());
    Map<String, Memory> memories = new HashMap<>();
    Set<TableReference> parents = new HashSet<>();
    for (BoundRule rule : report.bound()) {
      TableReference parent = rule.rule().parent().table();
      parents.add(parent);
      memories.computeIfAbsent(
          parent.toString(),
          judge -> journal.memory(judge, waiting, name -> Optional.ofNullable(bound.get(name))));
    }
    Set<String> published = new HashSet<>();
    ready.forEach(
        (database, done) -> {
          if (!done.added().isEmpty()) {
            published.add(database);
          }
        });
    for (BoundRule rule : report.bound()) {
      // One that was broken off may have published its tables, and not waited (fact 12).
      Cut.RememberedRule remembered = journal.rules().get(rule.rule().name());
      if (remembered != null
          && !(remembered.life() instanceof RuleLife.Watching)
          && remembered.auditedTo().isEmpty()) {
        published.add(rule.rule().child().database());
        published.add(rule.rule().parent().database());
      }
    }
    long cacheKeys = Math.max(1, configuration.cache().size() / Math.max(1, parents.size()));
    return new CheckService(
        report.bound(),
        memories,
        published,
        new CheckService.Settings(
            cacheKeys, CheckService.Settings.MAILBOX_BYTES, JudgeLimits.DEFAULT),
        lookups,
        audits,
        feed::submit,
        faults::broken);
  }

  private static Map<String, String> waitingReasons(CatalogReport report) {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Rule rule : report.waiting()) {
      reasons.put(rule.name(), "a database of it cannot be reached");
    }
    return reasons;
  }

  private void start(
      Configuration configuration,
      Preparation prepared,
      Map<String, KeyShape> shapes,
      Faults faults) {
    Set<String> databases = new LinkedHashSet<>(prepared.ready().keySet());
    databases.addAll(prepared.stopped().keySet());
    for (String name : databases) {
      DatabaseSettings database = configuration.databases().get(name);
      if (database == null) {
        throw new IllegalStateException("no database " + name);
      }
      List<WatchedTable> tables = Parts.watchedTables(name, configuration.rules().enabled());
      CatalogueWatch catalogue =
          new CatalogueWatch(
              configuration,
              database,
              tables,
              check,
              shapes,
              () -> outdated = true,
              fault -> faults.broken("catalogue of " + name, fault));
      links.put(
          name,
          new DatabaseLink(
              database,
              tables,
              catalogue,
              check,
              feed,
              fault -> faults.broken("stream of " + name, fault)));
    }
    Set<TableReference> watched = Preparation.watchedBefore(configuration, feed.journal());
    links.forEach(
        (name, link) -> {
          SetupResult.Ready done = prepared.ready().get(name);
          TablePrints prints = prepared.prints().get(name);
          if (done != null && prints != null) {
            link.start(done, prints, watched);
          } else {
            link.stayBlind(prepared.stopped().getOrDefault(name, "its slot is gone"));
          }
        });
    check.start();
  }

  /** Whether keys are to be read in another way than this session does: it must begin anew. */
  boolean isOutdated() {
    return outdated;
  }

  /** Proves by a transaction that no other instance has taken over. */
  void prove() {
    feed.prove();
  }

  JudgeTally tally() {
    return check.status().tally();
  }

  Map<String, RuleLife> lives() {
    return check.status().lives();
  }

  Map<String, String> waiting() {
    return waiting;
  }

  Map<String, Boolean> connected() {
    Map<String, Boolean> connected = new LinkedHashMap<>();
    links.forEach((name, link) -> connected.put(name, link.isConnected()));
    return connected;
  }

  Map<String, Long> catalogueReadings() {
    Map<String, Long> readings = new LinkedHashMap<>();
    links.forEach((name, link) -> readings.put(name, link.catalogueReadings()));
    return readings;
  }

  Optional<Position> judged(String database) {
    return check.judged(database);
  }

  /** Flushes what is settled, and ends everything in the order in which nothing is lost. */
  @Override
  public void close() {
    try {
      check.stop(LAST_CUT);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    feed.close(LAST_WRITE);
    links.values().forEach(DatabaseLink::close);
    lookups.close();
    closeAll(List.of(audits));
  }

  private static void closeAll(List<AutoCloseable> opened) {
    for (AutoCloseable each : opened.reversed()) {
      try {
        each.close();
      } catch (Exception notClosed) {
        log.atWarn().addKeyValue("reason", notClosed.getMessage()).log("could not be closed");
      }
    }
  }
}
