package io.crossfk.listener.source.postgres;

import io.crossfk.rules.model.TableReference;
import java.util.Collection;
import java.util.stream.Collectors;

/** Names as they stand in SQL. */
final class Sql {
  private Sql() {}

  /** Always quoted: a name that needs no quotes means the same with them. */
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String table(TableReference table) {
    return identifier(table.schema()) + '.' + identifier(table.table());
  }

  static String columns(Collection<String> columns) {
    return columns.stream().map(Sql::identifier).collect(Collectors.joining(", ", "(", ")"));
  }
}
