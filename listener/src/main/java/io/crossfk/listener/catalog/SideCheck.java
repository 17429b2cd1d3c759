package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Can one table of a rule be read and compared? What concerns both sides alike. */
final class SideCheck {
  private final Side side;
  private final Findings findings;

  SideCheck(Side side, Findings findings) {
    this.side = side;
    this.findings = findings;
  }

  /** The table and all of the rule's columns in it, or empty with findings. */
  Optional<TableFacts> find() {
    TableReference table = side.key().table();
    @Nullable TableFacts facts = side.database().tables().get(table);
    if (facts == null) {
      missingTable(table);
      return Optional.empty();
    }
    if (!isTable(facts)) {
      return Optional.empty();
    }
    boolean complete = true;
    for (String column : side.key().columns()) {
      TableFacts.@Nullable Column found = facts.columns().get(column);
      if (found == null) {
        missingColumn(column, facts);
        complete = false;
      } else {
        complete &= checkType(found);
        checkGenerated(found, facts);
      }
    }
    return complete ? Optional.of(facts) : Optional.empty();
  }

  private void missingTable(TableReference table) {
    Map<String, ? extends SortedSet<String>> names = side.database().names();
    @Nullable SortedSet<String> tables = names.get(table.schema());
    if (tables == null) {
      error(
          side.role()
              + " schema \""
              + table.schema()
              + "\" does not exist in "
              + table.database()
              + didYouMean(table.schema(), names.keySet()));
      return;
    }
    String missing =
        side.role()
            + " table \""
            + table.table()
            + "\" does not exist in "
            + table.database()
            + ":"
            + table.schema();
    Optional<String> near = NearestName.of(table.table(), tables);
    if (near.isPresent()) {
      error(missing + "; did you mean \"" + near.get() + "\"?");
      return;
    }
    List<String> elsewhere =
        names.entrySet().stream()
            .filter(schema -> schema.getValue().contains(table.table()))
            .map(schema -> "\"" + schema.getKey() + "." + table.table() + "\"")
            .toList();
    error(
        missing
            + (elsewhere.isEmpty()
                ? "; correct the rule, or create the table"
                : "; did you mean " + String.join(" or ", elsewhere) + "?"));
  }

  private static String didYouMean(String wrong, Collection<String> names) {
    return NearestName.of(wrong, names)
        .map(name -> "; did you mean \"" + name + "\"?")
        .orElse(
            names.isEmpty()
                ? "; correct the rule, or create it"
                : "; there are \"" + String.join("\", \"", names) + "\"");
  }

  private boolean isTable(TableFacts facts) {
    String what =
        switch (facts.kind()) {
          case 'r', 'p' ->
              switch (facts.persistence()) {
                case 'u' ->
                    "is unlogged: its changes are not in the log; run: ALTER TABLE "
                        + side.sqlName()
                        + " SET LOGGED";
                case 't' -> "is temporary; name a permanent table";
                default -> "";
              };
          case 'v' -> "is a view; name the table beneath it";
          case 'm' -> "is a materialized view; name the table beneath it";
          case 'f' ->
              "is a foreign table: its changes are in another server's log; name the table"
                  + " there";
          default -> "is not a table; name a table";
        };
    if (!what.isEmpty()) {
      error(side.place() + " " + what);
    }
    return what.isEmpty();
  }

  private void missingColumn(String column, TableFacts facts) {
    error(
        side.role()
            + " column \""
            + column
            + "\" does not exist in "
            + side.key().table()
            + didYouMean(column, facts.columns().keySet()));
  }

  private boolean checkType(TableFacts.Column column) {
    if (column.type().isEmpty()) {
      error(
          side.role()
              + " column "
              + column(column)
              + " is of type "
              + column.typeName()
              + ", which crossfk cannot compare; it compares boolean, integers, numeric, floats,"
              + " texts, uuid, dates, timestamps, bytea, enums and citext");
    }
    return column.type().isPresent();
  }

  private void checkGenerated(TableFacts.Column column, TableFacts facts) {
    if (column.generated() == ' ') {
      return;
    }
    String place = side.role() + " column " + column(column) + " is a generated column";
    if (column.generated() == 'v') {
      error(place + " that is not stored, so the log never tells it; make it STORED");
    } else if (side.database().server().major() < 18) {
      error(
          place
              + ", which PostgreSQL "
              + side.database().server().major()
              + " leaves out of the log (18 and later do not); name the columns that it is made"
              + " of");
    } else if (facts.identities().stream().anyMatch(TableFacts.Identity::isWhole)) {
      findings.rule(
          Level.WARNING,
          side.rule(),
          place
              + ", and under REPLICA IDENTITY FULL the publication cannot list it; publish with"
              + " (publish_generated_columns = stored)");
    }
  }

  /**
   * Whether our role may read what look-ups read, and all of it.
   *
   * @param versions whether xmin is read (I4)
   * @return the columns by which rows are named to people: none if our role may not read them
   */
  List<String> checkAccess(TableFacts facts, boolean versions) {
    Set<String> needed = new LinkedHashSet<>();
    for (String column : side.key().columns()) {
      if (!mayRead(facts, column)) {
        needed.add(side.name(column));
      }
    }
    if (versions && !facts.mayReadVersions()) {
      // A grant by column does not cover the system's columns.
      needed.add("xmin");
    }
    String role = side.database().server().role();
    String sqlRole = side.name(role);
    List<String> cures = new ArrayList<>();
    List<String> lacks = new ArrayList<>();
    if (!facts.mayUseSchema()) {
      lacks.add("USAGE on its schema");
      cures.add("GRANT USAGE ON SCHEMA " + side.name(facts.table().schema()) + " TO " + sqlRole);
    }
    if (!needed.isEmpty()) {
      lacks.add("SELECT on " + String.join(", ", needed));
      cures.add(grant(needed, sqlRole));
    }
    if (!lacks.isEmpty()) {
      error(
          "role \""
              + role
              + "\" lacks "
              + String.join(" and ", lacks)
              + " of "
              + side.place()
              + "; run: "
              + String.join("; ", cures));
    }
    if (facts.rowsHidden()) {
      error(
          "row-level security of "
              + side.place()
              + " hides rows from role \""
              + role
              + "\", which would look like orphans; run: ALTER ROLE "
              + sqlRole
              + " BYPASSRLS");
    }
    return readableIdentity(facts, sqlRole);
  }

  private List<String> readableIdentity(TableFacts facts, String sqlRole) {
    if (!side.role().equals("child")) {
      return facts.rowIdentity();
    }
    List<String> hidden =
        facts.rowIdentity().stream().filter(column -> !mayRead(facts, column)).toList();
    // What is an error already needs no warning.
    List<String> notInKey =
        hidden.stream()
            .filter(column -> !side.key().columns().contains(column))
            .map(side::name)
            .toList();
    if (!notInKey.isEmpty()) {
      findings.rule(
          Level.WARNING,
          side.rule(),
          "role \""
              + side.database().server().role()
              + "\" may not read "
              + String.join(", ", notInKey)
              + " of "
              + side.place()
              + ", so violations cannot say which rows they are; run: "
              + grant(notInKey, sqlRole));
    }
    return hidden.isEmpty() ? facts.rowIdentity() : List.of();
  }

  private String grant(Collection<String> columns, String sqlRole) {
    return "GRANT SELECT ("
        + String.join(", ", columns)
        + ") ON "
        + side.sqlName()
        + " TO "
        + sqlRole;
  }

  private static boolean mayRead(TableFacts facts, String column) {
    TableFacts.@Nullable Column found = facts.columns().get(column);
    return found != null && found.mayRead();
  }

  /** What judging and reading need of the table; all columns are known and comparable. */
  TableDescription describe(TableFacts facts, List<String> rowIdentity) {
    Map<String, ColumnType> types = new HashMap<>();
    for (String name : side.key().columns()) {
      TableFacts.@Nullable Column column = facts.columns().get(name);
      if (column != null) {
        column.type().ifPresent(type -> types.put(name, type));
      }
    }
    return new TableDescription(facts.table(), types, rowIdentity);
  }

  private String column(TableFacts.Column column) {
    return side.key().table() + "(" + column.name() + ")";
  }

  private void error(String text) {
    findings.rule(Level.ERROR, side.rule(), text);
  }
}
