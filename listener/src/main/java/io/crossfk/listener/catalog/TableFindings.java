package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import io.crossfk.listener.catalog.RuleProblems.Side;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import io.crossfk.rules.text.Suggestions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What stands against one side of a rule. What is true of a table is worded alike for every rule
 * that names it, so that {@link RuleProblems} makes one finding of it.
 */
final class TableFindings {
  /** What a message lists where no name is near. */
  private static final int MOST_NAMES = 10;

  private final DatabaseFacts facts;
  private final List<Rule> rules;
  private final RuleProblems problems;
  private final Purpose purpose;

  /**
   * @param rules all of them: what a role lacks on a table is granted at once
   */
  TableFindings(DatabaseFacts facts, List<Rule> rules, RuleProblems problems, Purpose purpose) {
    this.facts = facts;
    this.rules = rules;
    this.problems = problems;
    this.purpose = purpose;
  }

  void inspect(Rule rule, Side side) {
    TableKey key = key(rule, side);
    TableFacts table = facts.tables().get(key.table());
    if (table == null) {
      add(rule, side, missing(key.table()));
      return;
    }
    Optional<String> unfit = unfit(table);
    if (unfit.isPresent()) {
      add(rule, side, "table " + table.table() + unfit.get());
      return;
    }
    boolean sound = columns(rule, side, table, key.columns());
    privileges(rule, side, table);
    if (purpose == Purpose.WATCH) {
      lifetime(rule, side, table);
      members(rule, side, table);
      ancestors(rule, side, table);
    }
    if (sound) {
      indexes(rule, side, table, key);
    }
  }

  private static TableKey key(Rule rule, Side side) {
    return side == Side.CHILD ? rule.child() : rule.parent();
  }

  private String missing(TableReference table) {
    if (!facts.schemas().contains(table.schema())) {
      return "schema \""
          + table.schema()
          + "\" does not exist in "
          + table.database()
          + cure(table.schema(), facts.schemas(), "there are the schemas");
    }
    String text =
        "table \""
            + table.table()
            + "\" does not exist in "
            + table.database()
            + ":"
            + table.schema();
    Set<String> names = facts.tablesIn(table.schema());
    Set<String> elsewhere = facts.schemasWith(table.table());
    if (Suggestions.nearest(table.table(), names).isEmpty() && !elsewhere.isEmpty()) {
      return text + "; did you mean \"" + elsewhere.iterator().next() + "." + table.table() + "\"?";
    }
    return text + cure(table.table(), names, "there are the tables");
  }

  private static String cure(String written, Collection<String> known, String thereAre) {
    Optional<String> nearest = Suggestions.nearest(written, known);
    if (nearest.isPresent()) {
      return "; did you mean \"" + nearest.get() + "\"?";
    }
    List<String> some = new TreeSet<>(known).stream().limit(MOST_NAMES).toList();
    return "; correct the rule"
        + (some.isEmpty()
            ? ""
            : " ("
                + thereAre
                + " "
                + String.join(", ", some)
                + (known.size() > some.size() ? ", …" : "")
                + ")");
  }

  /** What no other finding matters beside. */
  private static Optional<String> unfit(TableFacts table) {
    if (table.kind() == 'r' || table.kind() == 'p') {
      return Set.of("pg_catalog", "information_schema").contains(table.table().schema())
          ? Optional.of(" is PostgreSQL's own, and its changes are not in the log; name another")
          : Optional.empty();
    }
    String kind =
        switch (table.kind()) {
          case 'v' -> "a view";
          case 'm' -> "a materialized view";
          case 'f' -> "a foreign table";
          default -> "a sequence";
        };
    return Optional.of(
        " is "
            + kind
            + ", and the log has changes of ordinary and partitioned tables only; name "
            + (table.kind() == 'f'
                ? "the table in its own database"
                : "the table that the rows come from"));
  }

  private void lifetime(Rule rule, Side side, TableFacts table) {
    switch (table.persistence()) {
      case 'u' ->
          add(
              rule,
              side,
              "table "
                  + table.table()
                  + " is unlogged, so its changes are not in the log; run ALTER TABLE "
                  + table.sql()
                  + " SET LOGGED;");
      case 't' ->
          add(
              rule,
              side,
              "table "
                  + table.table()
                  + " is temporary, so its changes are not in the log; name a permanent one");
      default -> {}
    }
  }

  /** Whether all of them exist and can be keys. */
  private boolean columns(Rule rule, Side side, TableFacts table, List<String> names) {
    boolean sound = true;
    for (String name : names) {
      TableFacts.Column column = table.columns().get(name);
      Optional<String> problem =
          column == null
              ? Optional.of(
                  "column \""
                      + name
                      + "\" does not exist in "
                      + table.table()
                      + cure(name, table.columns().keySet(), "there are the columns"))
              : unfit(table, column);
      problem.ifPresent(text -> add(rule, side, text));
      sound &= problem.isEmpty();
      if (column != null && !column.type().builtIn() && !column.type().schemaUsable()) {
        add(
            rule,
            side,
            "column "
                + table.table()
                + "."
                + name
                + " has the type "
                + column.type().shown()
                + " of a schema that role "
                + role()
                + " may not use; run GRANT USAGE ON SCHEMA "
                + column.type().schemaSql()
                + " TO "
                + role()
                + ";");
      }
    }
    return sound;
  }

  private Optional<String> unfit(TableFacts table, TableFacts.Column column) {
    String place = "column " + table.table() + "." + column.name();
    if (purpose == Purpose.WATCH) {
      Optional<String> unpublished = unpublished(table, column, place);
      if (unpublished.isPresent()) {
        return unpublished;
      }
    }
    return ColumnTypes.of(column.type()).isPresent()
        ? Optional.empty()
        : Optional.of(
            place
                + " has the type "
                + column.type().shown()
                + ", which cannot be a key; refer to a column of one of these types: "
                + ColumnTypes.ACCEPTED);
  }

  private Optional<String> unpublished(TableFacts table, TableFacts.Column column, String place) {
    if (column.generation() == TableFacts.Generation.VIRTUAL) {
      return Optional.of(
          place
              + " is generated as it is read, and never in the log; drop it and add it again as"
              + " STORED");
    }
    if (column.generation() == TableFacts.Generation.STORED
        && facts.server().versionNumber() < 180_000) {
      return Optional.of(
          place
              + " is generated, and PostgreSQL "
              + facts.server().version()
              + " publishes no generated columns; upgrade to 18, or keep its value by a trigger"
              + " instead: ALTER TABLE "
              + table.sql()
              + " ALTER COLUMN "
              + column.sql()
              + " DROP EXPRESSION;");
    }
    return Optional.empty();
  }

  private void privileges(Rule rule, Side side, TableFacts table) {
    if (!table.schemaUsable()) {
      add(
          rule,
          side,
          "table "
              + table.table()
              + " is in a schema that role "
              + role()
              + " may not use; run GRANT USAGE ON SCHEMA "
              + table.schemaSql()
              + " TO "
              + role()
              + ";");
    }
    if (!unreadable(table, rule, side).isEmpty()) {
      Set<String> lacking = new LinkedHashSet<>();
      for (Rule other : rules) {
        for (Side any : Side.values()) {
          if (key(other, any).table().equals(table.table())) {
            lacking.addAll(unreadable(table, other, any));
          }
        }
      }
      String columns = table.sqlOf(List.copyOf(lacking));
      add(
          rule,
          side,
          "table "
              + table.table()
              + " does not let role "
              + role()
              + " read "
              + columns
              + "; run GRANT SELECT ("
              + columns
              + ") ON "
              + table.sql()
              + " TO "
              + role()
              + ";");
    }
    if (table.filtered()) {
      add(
          rule,
          side,
          "table "
              + table.table()
              + " has row-level security, which may hide rows from role "
              + role()
              + ", and what is hidden looks missing; run as a superuser ALTER ROLE "
              + role()
              + " BYPASSRLS;");
    }
  }

  /** What look-ups of this rule read of this table and may not. */
  private List<String> unreadable(TableFacts table, Rule rule, Side side) {
    Set<String> read = new LinkedHashSet<>(key(rule, side).columns());
    if (side == Side.CHILD) {
      read.addAll(table.rowIdentity());
    }
    List<String> unreadable = new ArrayList<>();
    for (String name : read) {
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
    if (purpose == Purpose.WATCH && side == Side.CHILD && !table.placeReadable()) {
      unreadable.add("ctid");
    }
    return unreadable;
  }

  private void members(Rule rule, Side side, TableFacts table) {
    for (TableFacts.Member member : table.members()) {
      if (!table.partitioned()) {
        add(
            rule,
            side,
            "table "
                + table.table()
                + " has rows of the table "
                + member.sql()
                + ", which inherits from it and is published under its own name; run ALTER TABLE "
                + member.sql()
                + " NO INHERIT "
                + table.sql()
                + "; or make a partition of it");
      } else if (member.kind() == 'f') {
        add(
            rule,
            side,
            "table "
                + table.table()
                + " has the foreign table "
                + member.sql()
                + " for a partition, whose changes are not in this log; run ALTER TABLE "
                + table.sql()
                + " DETACH PARTITION "
                + member.sql()
                + ";");
      } else if (member.persistence() == 'u') {
        add(
            rule,
            side,
            "table "
                + table.table()
                + " has the unlogged partition "
                + member.sql()
                + ", whose changes are not in the log; run ALTER TABLE "
                + member.sql()
                + " SET LOGGED;");
      }
    }
  }

  /** Published by its root, a partition no longer speaks under its own name. */
  private void ancestors(Rule rule, Side side, TableFacts table) {
    for (TableReference ancestor : table.ancestors()) {
      boolean named =
          rules.stream()
              .anyMatch(
                  other ->
                      other.child().table().equals(ancestor)
                          || other.parent().table().equals(ancestor));
      if (named) {
        add(
            rule,
            side,
            "table "
                + table.table()
                + " is a partition of "
                + ancestor
                + ", which another rule names, and changes come under the name of one of them"
                + " only; name "
                + ancestor
                + " in both rules");
      }
    }
  }

  private void indexes(Rule rule, Side side, TableFacts table, TableKey key) {
    String columns = table.sqlOf(key.columns());
    // PostgreSQL builds no index concurrently on a partitioned table.
    String concurrently = table.partitioned() ? "" : "CONCURRENTLY ";
    String on = "ON " + table.sql() + " (" + columns + ");";
    if (side == Side.PARENT && !table.isUnique(key.columns())) {
      add(
          rule,
          side,
          plural(key)
              + " no unique index, so several rows may have one key"
              + uniqueCure(table, key.columns(), "CREATE UNIQUE INDEX " + concurrently + on));
    }
    if (side == Side.CHILD && !table.hasIndexFor(key.columns())) {
      problems.add(
          Level.WARNING,
          rule,
          side,
          plural(key)
              + " no index, so each delete of a parent scans the whole table"
              + table.size().map(size -> " (" + size + ")").orElse("")
              + "; run CREATE INDEX "
              + concurrently
              + on);
    }
  }

  private static String plural(TableKey key) {
    return key.columns().size() == 1 ? "column " + key + " has" : "columns " + key + " have";
  }

  private static String uniqueCure(TableFacts table, List<String> key, String create) {
    if (!key.containsAll(table.partitionKey())) {
      return ", nor is one possible: it would have to contain the partition key ("
          + String.join(", ", table.partitionKey())
          + "); refer to columns that do";
    }
    for (TableFacts.Index index : table.indexes()) {
      if (!index.unique() || !index.isOn(key)) {
        continue;
      }
      if (!index.valid() && !table.partitioned()) {
        return " ("
            + index.sql()
            + " is not valid); run REINDEX INDEX CONCURRENTLY "
            + index.sql()
            + ";";
      }
      return " ("
          + index.sql()
          + (index.predicate().isPresent()
              ? " is partial"
              : index.immediate() ? " is not valid" : " is deferrable")
          + "); run "
          + create;
    }
    return "; run " + create;
  }

  private String role() {
    return facts.server().roleSql();
  }

  private void add(Rule rule, Side side, String text) {
    problems.add(Level.ERROR, rule, side, text);
  }
}
