package io.crossfk.rules.model;

import java.util.List;

/**
 * Columns of one table, in the order in which a rule pairs them; written {@code
 * users:public.users(id)}.
 */
public record TableKey(TableReference table, List<String> columns) {
  public TableKey {
    columns = List.copyOf(columns);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a key of " + table + " needs at least one column");
    }
  }

  public String database() {
    return table.database();
  }

  @Override
  public String toString() {
    return table + "(" + String.join(", ", columns) + ")";
  }
}
