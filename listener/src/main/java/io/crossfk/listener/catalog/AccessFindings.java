package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.RuleProblems.Side;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What our role may read of a table, and whether it sees every row of it. */
final class AccessFindings {
  private final Visit visit;
  private final TableFacts table;

  AccessFindings(Visit visit, TableFacts table) {
    this.visit = visit;
    this.table = table;
  }

  void inspect() {
    String name = "table " + table.table();
    if (!table.schemaUsable()) {
      visit.error(
          Subject.PRIVILEGES,
          name + " is in a schema that role " + visit.role() + " may not use",
          Cure.run("GRANT USAGE ON SCHEMA " + table.schemaSql() + " TO " + visit.role() + ";"));
    }
    if (!unreadable(visit.rule(), visit.side()).isEmpty()) {
      String columns = table.sqlOf(List.copyOf(unreadableOfAllRules()));
      visit.error(
          Subject.PRIVILEGES,
          name + " does not let role " + visit.role() + " read " + columns,
          Cure.run(
              "GRANT SELECT (" + columns + ") ON " + table.sql() + " TO " + visit.role() + ";"));
    } else if (table.schemaUsable()) {
      visit.ok(
          Subject.PRIVILEGES,
          name + " lets role " + visit.role() + " read " + read(visit.rule(), visit.side()));
    }
    if (table.filtered()) {
      visit.error(
          Subject.ROW_SECURITY,
          name
              + " has row-level security, which may hide rows from role "
              + visit.role()
              + ", and what is hidden looks missing",
          Cure.asSuperuser("ALTER ROLE " + visit.role() + " BYPASSRLS;"));
    } else {
      visit.ok(Subject.ROW_SECURITY, name + " hides no row from role " + visit.role());
    }
  }

  private Set<String> unreadableOfAllRules() {
    Set<String> lacking = new LinkedHashSet<>();
    for (Rule other : visit.rules()) {
      for (Side any : Side.values()) {
        if (Visit.keyOf(other, any).table().equals(table.table())) {
          lacking.addAll(unreadable(other, any));
        }
      }
    }
    return lacking;
  }

  private String read(Rule rule, Side side) {
    String columns = table.sqlOf(List.copyOf(columnsRead(rule, side)));
    if (side == Side.PARENT) {
      return columns;
    }
    return visit.purpose() == Purpose.WATCH ? columns + ", xmin, ctid" : columns + ", xmin";
  }

  private Set<String> columnsRead(Rule rule, Side side) {
    Set<String> read = new LinkedHashSet<>(Visit.keyOf(rule, side).columns());
    if (side == Side.CHILD) {
      read.addAll(table.rowIdentity());
    }
    return read;
  }

  /** What look-ups of a rule read of this table and may not. */
  private List<String> unreadable(Rule rule, Side side) {
    List<String> unreadable = new ArrayList<>();
    for (String name : columnsRead(rule, side)) {
      TableFacts.Column column = table.columns().get(name);
      if (column != null && !column.readable()) {
        unreadable.add(name);
      }
    }
    // I4: two reads of the children prove by a common xmin that a row was there in between.
    if (side == Side.CHILD && !table.versionReadable()) {
      unreadable.add("xmin");
    }
    // An audit reads the children page by page.
    if (visit.purpose() == Purpose.WATCH && side == Side.CHILD && !table.placeReadable()) {
      unreadable.add("ctid");
    }
    return unreadable;
  }
}
