package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogFinding;
import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import io.crossfk.rules.model.Rule;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What will stand against publications, slots and replica identities, as far as it can be seen
 * before anything is changed: a person is to hear of it together with all else that is wrong.
 */
final class Preflight {
  private static final Logger log = LoggerFactory.getLogger(Preflight.class);

  private final Configuration configuration;
  private final Set<String> unusableDatabases = new HashSet<>();
  private final Set<String> rulesInError = new HashSet<>();

  private Preflight(Configuration configuration, CatalogReport report) {
    this.configuration = configuration;
    for (CatalogFinding finding : report.findings()) {
      switch (finding) {
        case CatalogFinding.Unreachable silent -> unusableDatabases.add(silent.database());
        case CatalogFinding.OfDatabase of when isError(of) -> unusableDatabases.add(of.database());
        case CatalogFinding.OfRules of when isError(of) -> rulesInError.addAll(of.rules());
        case CatalogFinding.OfDatabase warning -> {}
        case CatalogFinding.OfRules warning -> {}
      }
    }
  }

  private static boolean isError(CatalogFinding finding) {
    return finding.level() == Level.ERROR;
  }

  /**
   * Looks at every database that can be read; changes nothing.
   *
   * @param report the catalogues, perhaps with errors
   * @return what the catalogues did not say already
   */
  static List<String> problems(Configuration configuration, CatalogReport report) {
    Preflight preflight = new Preflight(configuration, report);
    List<String> problems = new ArrayList<>();
    for (DatabaseSettings database : configuration.databases().values()) {
      if (!preflight.unusableDatabases.contains(database.name())) {
        preflight.refusals(database).stream().map(Refusal::toString).forEach(problems::add);
      }
    }
    return problems;
  }

  private List<Refusal> refusals(DatabaseSettings database) {
    List<Rule> rules =
        configuration.rules().enabled().stream()
            .filter(
                rule ->
                    rule.child().database().equals(database.name())
                        || rule.parent().database().equals(database.name()))
            .toList();
    if (rules.isEmpty()) {
      return List.of();
    }
    List<WatchedTable> tables = Parts.watchedTables(database.name(), rules);
    SlotAndPublication setUp =
        new SlotAndPublication(Parts.source(database), database.slot(), database.publication());
    try {
      // Beside an error of the catalogue the rest of the plan would say the same again.
      return rules.stream().anyMatch(rule -> rulesInError.contains(rule.name()))
          ? setUp.replicaIdentityRefusals(tables)
          : setUp.plan(tables).refusals();
    } catch (SQLException wentAway) {
      log.atDebug()
          .addKeyValue("database", database.name())
          .addKeyValue("reason", wentAway.getMessage())
          .log("set-up cannot be looked at now; it will be when it is done");
      return List.of();
    }
  }
}
