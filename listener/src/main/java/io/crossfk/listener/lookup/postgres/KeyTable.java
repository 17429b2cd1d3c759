package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.key.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Keys as a table {@code k} that SQL can join: one array parameter a column, values {@code k.v1,
 * k.v2, …} and the number {@code k.i} of the key, from 1.
 *
 * <p>Integers go as bigint whatever the column is: btree compares across integer types, so the
 * index is used, and no value is out of range. Labels of enums go as text and are looked for among
 * the type's labels: one that the type lacks matches nothing instead of failing the batch.
 */
final class KeyTable {
  private final List<ColumnType> types = new ArrayList<>();

  /** Adds a column; its name. */
  String add(ColumnType type) {
    types.add(type);
    return "k.v" + types.size();
  }

  /** For FROM. */
  String sql() {
    String arrays =
        types.stream()
            .map(type -> "?::" + elementType(type) + "[]")
            .collect(Collectors.joining(", ", "unnest(", ") with ordinality "));
    String columns = names("v").collect(Collectors.joining(", ", "(", ", i)"));
    if (types.stream().noneMatch(type -> type.kind() == ColumnType.Kind.ENUM)) {
      return arrays + "k" + columns;
    }
    // OFFSET: a label is looked for once a key, not once a row.
    return IntStream.rangeClosed(1, types.size())
        .mapToObj(column -> value(types.get(column - 1), "u.v" + column) + " v" + column)
        .collect(
            Collectors.joining(
                ", ", "(select u.i, ", " from " + arrays + "u" + columns + " offset 0) k"));
  }

  private static String elementType(ColumnType type) {
    return switch (type.kind()) {
      case INT2, INT4, INT8 -> "int8";
      case ENUM -> "text";
      default -> type.sqlName();
    };
  }

  private static String value(ColumnType type, String text) {
    return type.kind() == ColumnType.Kind.ENUM
        ? "(select e.label from unnest(pg_catalog.enum_range(null::"
            + type.sqlName()
            + ")) e(label) where e.label::text = "
            + text
            + ")"
        : text;
  }

  private java.util.stream.Stream<String> names(String prefix) {
    return IntStream.rangeClosed(1, types.size()).mapToObj(column -> prefix + column);
  }
}
