package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogFinding;
import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.catalog.PostgresCatalog;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is in the way of judging a database's tables as they stand: the same questions as before a
 * start, asked again while rules are judged. It changes nothing.
 *
 * @param unfit why, by table; empty if nothing is in the way
 * @param unpublished tables whose changes are not in the log as their rules need them
 * @param statements that publish them
 * @param mayPublish whether our role may run them
 * @param shapes how the keys of the rules that touch the database are read now, by rule
 */
record Diagnosis(
    Map<TableReference, String> unfit,
    Set<TableReference> unpublished,
    List<String> statements,
    boolean mayPublish,
    Map<String, KeyShape> shapes) {

  Diagnosis {
    unfit = Map.copyOf(unfit);
    unpublished = Set.copyOf(unpublished);
    statements = List.copyOf(statements);
    shapes = Map.copyOf(shapes);
  }

  /**
   * Asks both the catalogue and the publication's plan. Some round trips for each table: only for
   * when something has changed.
   *
   * @param tables of the database, those to diagnose
   * @throws SQLException if the database does not answer; nothing can be said then
   */
  static Diagnosis of(
      Configuration configuration, DatabaseSettings database, List<WatchedTable> tables)
      throws SQLException, InterruptedException {
    if (tables.isEmpty()) {
      return new Diagnosis(Map.of(), Set.of(), List.of(), true, Map.of());
    }
    Set<TableReference> named =
        tables.stream().map(WatchedTable::table).collect(Collectors.toSet());
    List<Rule> rules =
        configuration.rules().enabled().stream()
            .filter(
                rule ->
                    named.contains(rule.child().table()) || named.contains(rule.parent().table()))
            .toList();
    CatalogReport report = PostgresCatalog.read(Parts.catalog(configuration), rules);
    Map<TableReference, String> unfit = new LinkedHashMap<>();
    for (CatalogFinding finding : report.findings()) {
      if (finding instanceof CatalogFinding.Unreachable silent) {
        if (silent.database().equals(database.name())) {
          throw new SQLException(silent.message());
        }
      } else if (finding.level() == Level.ERROR) {
        note(finding, database.name(), rules, tables, unfit);
      }
    }
    SlotAndPublication.Plan plan =
        new SlotAndPublication(Parts.source(database), database.slot(), database.publication())
            .plan(tables);
    for (Refusal refusal : plan.refusals()) {
      note(refusal, tables, unfit);
    }
    Map<String, KeyShape> shapes = new LinkedHashMap<>();
    report.bound().forEach(bound -> shapes.put(bound.rule().name(), bound.shape()));
    return new Diagnosis(
        unfit, plan.added(), plan.publication(), plan.missingRights().isEmpty(), shapes);
  }

  private static void note(
      CatalogFinding finding,
      String database,
      List<Rule> rules,
      List<WatchedTable> tables,
      Map<TableReference, String> unfit) {
    String message = finding.message();
    switch (finding) {
      case CatalogFinding.Unreachable silent -> {}
      case CatalogFinding.OfDatabase of -> {
        if (of.database().equals(database)) {
          tables.forEach(table -> unfit.putIfAbsent(table.table(), message));
        }
      }
      case CatalogFinding.OfRules of -> {
        Place place = of.finding().place();
        for (Rule rule : rules) {
          if (of.rules().contains(rule.name())) {
            for (TableKey side : List.of(rule.child(), rule.parent())) {
              if (side.database().equals(database) && concerns(place, side.table())) {
                unfit.putIfAbsent(side.table(), message);
              }
            }
          }
        }
      }
    }
  }

  /** A finding about a pair of columns concerns the tables of both. */
  private static boolean concerns(Place place, TableReference table) {
    return place.kind() != Place.Kind.TABLE || place.name().equals(table.toString());
  }

  private static void note(
      Refusal refusal, List<WatchedTable> tables, Map<TableReference, String> unfit) {
    List<TableReference> all = tables.stream().map(WatchedTable::table).toList();
    List<TableReference> named =
        all.stream().filter(table -> table.toString().equals(refusal.place())).toList();
    for (TableReference table : named.isEmpty() ? all : named) {
      unfit.putIfAbsent(table, refusal.place() + ": " + refusal.message());
    }
  }

  /** The rules whose keys are to be read in another way than before. */
  Set<String> readOtherwise(Map<String, KeyShape> before) {
    return shapes.entrySet().stream()
        .filter(
            now -> {
              KeyShape was = before.get(now.getKey());
              return was != null && !was.equals(now.getValue());
            })
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
