package io.crossfk.listener.source.postgres;

import io.crossfk.rules.model.TableReference;
import java.util.Collection;
import java.util.stream.Collectors;

/** Names and texts as they stand in SQL. */
public final class Sql {
  private Sql() {}

  /** Always quoted: a name that needs no quotes means the same with them. */
  public static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  public static String table(TableReference table) {
    return identifier(table.schema()) + '.' + identifier(table.table());
  }

  public static String columns(Collection<String> columns) {
    return columns.stream().map(Sql::identifier).collect(Collectors.joining(", ", "(", ")"));
  }

  /** As the server reads it with standard_conforming_strings, which is on by default. */
  public static String literal(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }
}
