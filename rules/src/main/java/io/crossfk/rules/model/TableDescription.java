package io.crossfk.rules.model;

import io.crossfk.rules.key.ColumnType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a database's catalogue says of one table of a rule, as far as reading and judging need it.
 *
 * @param columnTypes the types of the columns that a rule names, by name
 * @param rowIdentity the columns that tell people which row it is: the primary key, else the
 *     replica identity's index; empty if there is neither
 */
public record TableDescription(
    TableReference table, Map<String, ColumnType> columnTypes, List<String> rowIdentity) {
  public TableDescription {
    columnTypes = Map.copyOf(columnTypes);
    rowIdentity = List.copyOf(rowIdentity);
  }

  public Optional<ColumnType> typeOf(String column) {
    return Optional.ofNullable(columnTypes.get(column));
  }
}
