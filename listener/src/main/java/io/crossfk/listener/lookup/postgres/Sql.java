package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.model.TableReference;

/** Pieces of SQL that need care: names, operators, and the text of a value. */
final class Sql {
  /**
   * One row: what the statement sees and whether the server is a standby (I1). OFFSET keeps the
   * planner from evaluating it again for each row.
   */
  static final String ONE =
      "(select pg_catalog.pg_current_snapshot()::text s, pg_catalog.pg_is_in_recovery() r offset 0)"
          + " one";

  private Sql() {}

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String quoted(TableReference table) {
    return quoted(table.schema()) + "." + quoted(table.table());
  }

  /**
   * The type's own equality. The search path is pinned to pg_catalog, where citext's is not found:
   * PostgreSQL would fall back on text's, silently.
   */
  static String equals(ColumnType type) {
    if (type.kind() != ColumnType.Kind.CITEXT) {
      return "operator(pg_catalog.=)";
    }
    String name = type.sqlName();
    // The end of the schema's quoted name: a quote inside it is doubled.
    int end = 1;
    while (end < name.length() && (name.charAt(end) != '"' || name.startsWith("\"\"", end))) {
      end += name.charAt(end) == '"' ? 2 : 1;
    }
    if (name.charAt(0) != '"' || !name.startsWith("\".", end)) {
      throw new IllegalArgumentException("the type name " + name + " has no quoted schema");
    }
    return "operator(" + name.substring(0, end + 1) + ".=)";
  }

  /** A column's value as the type's output function prints it. */
  static String text(String column, ColumnType type) {
    return type.kind() == ColumnType.Kind.BOOLEAN
        ? "case " + column + " when true then 't' when false then 'f' end"
        : column + "::text";
  }

  /**
   * The oids of a table and, if it is partitioned, of all below it; one parameter, its name. From
   * the catalogue alone: {@code pg_partition_tree} locks one partition after the other, and may end
   * in a deadlock with the application's own DDL, which may be the one that fails.
   */
  static final String MEMBERS =
      "(with recursive tree(oid) as ("
          + "select ?::pg_catalog.regclass::pg_catalog.oid"
          + " union all select i.inhrelid from pg_catalog.pg_inherits i"
          + " join tree on tree.oid operator(pg_catalog.=) i.inhparent"
          + " join pg_catalog.pg_class above on above.oid operator(pg_catalog.=) tree.oid"
          + " where above.relkind operator(pg_catalog.=) 'p' and not i.inhdetachpending)"
          + " select tree.oid from tree)";

  /** Compares spellings: under a nondeterministic collation different texts are equal. */
  static String spelling(String expression) {
    return expression + "::text collate pg_catalog.\"C\"";
  }
}
