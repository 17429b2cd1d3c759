package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.model.TableReference;
import io.crossfk.rules.text.Suggestions;
import java.util.Set;

/** What can be said of one side of a rule: the table itself here, the rest by others. */
final class TableFindings {
  private final Visit visit;

  TableFindings(Visit visit) {
    this.visit = visit;
  }

  void inspect() {
    TableFacts table = visit.facts().tables().get(visit.key().table());
    if (table == null) {
      missing(visit.key().table());
      return;
    }
    if (!isFit(table)) {
      return;
    }
    boolean sound = new ColumnFindings(visit, table).inspect();
    new AccessFindings(visit, table).inspect();
    if (visit.purpose() == Purpose.WATCH) {
      lifetime(table);
      new PartitionFindings(visit, table).inspect();
    }
    if (sound) {
      new IndexFindings(visit, table).inspect();
    }
  }

  private void missing(TableReference table) {
    DatabaseFacts facts = visit.facts();
    if (!facts.schemas().contains(table.schema())) {
      visit.error(
          Subject.TABLE,
          "schema \"" + table.schema() + "\" does not exist in " + table.database(),
          NearestName.of(table.schema(), facts.schemas(), "there are the schemas"));
      return;
    }
    Set<String> names = facts.tablesIn(table.schema());
    Set<String> elsewhere = facts.schemasWith(table.table());
    visit.error(
        Subject.TABLE,
        "table \""
            + table.table()
            + "\" does not exist in "
            + table.database()
            + ":"
            + table.schema(),
        Suggestions.nearest(table.table(), names).isEmpty() && !elsewhere.isEmpty()
            ? NearestName.didYouMean(elsewhere.iterator().next() + "." + table.table())
            : NearestName.of(table.table(), names, "there are the tables"));
  }

  /** If not, no other finding matters. */
  private boolean isFit(TableFacts table) {
    String name = "table " + table.table();
    if (table.kind() == 'r' || table.kind() == 'p') {
      if (Set.of("pg_catalog", "information_schema").contains(table.table().schema())) {
        visit.error(
            Subject.TABLE,
            name + " is PostgreSQL's own, and its changes are not in the log",
            Cure.words("name another"));
        return false;
      }
      visit.ok(Subject.TABLE, name + " is " + (table.partitioned() ? "partitioned" : "a table"));
      return true;
    }
    String kind =
        switch (table.kind()) {
          case 'v' -> "a view";
          case 'm' -> "a materialized view";
          case 'f' -> "a foreign table";
          default -> "a sequence";
        };
    visit.error(
        Subject.TABLE,
        name + " is " + kind + ", and the log has changes of ordinary and partitioned tables only",
        Cure.words(
            table.kind() == 'f'
                ? "name the table in its own database"
                : "name the table that the rows come from"));
    return false;
  }

  private void lifetime(TableFacts table) {
    String name = "table " + table.table();
    switch (table.persistence()) {
      case 'u' ->
          visit.error(
              Subject.LOGGED,
              name + " is unlogged, so its changes are not in the log",
              Cure.run("ALTER TABLE " + table.sql() + " SET LOGGED;"));
      case 't' ->
          visit.error(
              Subject.LOGGED,
              name + " is temporary, so its changes are not in the log",
              Cure.words("name a permanent one"));
      default -> visit.ok(Subject.LOGGED, name + " is logged");
    }
  }
}
