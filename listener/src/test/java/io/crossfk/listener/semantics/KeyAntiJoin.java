package io.crossfk.listener.semantics;

import io.crossfk.listener.semantics.OracleCase.Reference;
import io.crossfk.listener.semantics.OracleCase.Side;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An anti-join over two databases, as simple as can be: the keys of both are brought to one place,
 * and PostgreSQL's own {@code =} compares them there.
 */
final class KeyAntiJoin {
  private static final String TYPES =
      """
      select a.attrelid::regclass::text || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
        case when a.attcollation not in (0, 100)
          then ' collate ' || quote_ident(n.nspname) || '.' || quote_ident(l.collname)
          else '' end
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
      left join pg_collation l on l.oid = a.attcollation
      left join pg_namespace n on n.oid = l.collnamespace
      where a.attnum > 0 and not a.attisdropped
        and c.relnamespace::regnamespace::text ~ '^s[0-9]+$'
      """;
  private static final Set<String> TEXTS = Set.of("text", "bpchar", "citext");

  private final Connection place;
  private final Map<Side, Connection> databases;
  private final Map<Side, Map<String, Type>> types = new EnumMap<>(Side.class);

  /** Of the databases as they are now. */
  KeyAntiJoin(Connection children, Connection parents, Connection place) throws SQLException {
    this.place = place;
    this.databases = Map.of(Side.CHILD, children, Side.PARENT, parents);
    for (Connection each : List.of(place, children, parents)) {
      // As keys are written.
      try (Statement statement = each.createStatement()) {
        statement.execute("set timezone = 'UTC'");
      }
    }
    for (Map.Entry<Side, Connection> database : databases.entrySet()) {
      Map<String, Type> found = new HashMap<>();
      try (Statement statement = database.getValue().createStatement();
          ResultSet rows = statement.executeQuery(TYPES)) {
        for (@Nullable String[] row : rows(rows, 3)) {
          found.put(
              String.valueOf(row[0]), new Type(String.valueOf(row[1]), String.valueOf(row[2])));
        }
      }
      types.put(database.getKey(), found);
    }
  }

  private record Type(String name, String collation) {
    /** Without a length. */
    String family() {
      return name.startsWith("character varying")
          ? "text"
          : name.startsWith("character") ? "bpchar" : name;
    }
  }

  private record Keys(List<Type> types, List<@Nullable String[]> rows) {
    /** One array for each column. */
    String columns(String prefix) {
      return IntStream.range(0, types.size())
          .mapToObj(
              i ->
                  "%s%d::%s%s as %s%d"
                      .formatted(prefix, i, types.get(i).name, types.get(i).collation, prefix, i))
          .collect(Collectors.joining(", "));
    }
  }

  /** The keys that children of this reference hold and no parent has, as texts behind a name. */
  Set<List<@Nullable String>> broken(String name, String schema, Reference reference)
      throws SQLException {
    Keys child = keys(reference.child(), schema, reference.columns());
    Keys parent = keys(reference.parent(), schema, reference.referenced());
    int width = child.types().size();
    List<String> equal = new ArrayList<>();
    List<String> written = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      String ours = child.types().get(i).family();
      String theirs = parent.types().get(i).family();
      // As a foreign key does: in the parent's type, where texts of several types meet.
      boolean cast = !ours.equals(theirs) && TEXTS.contains(ours) && TEXTS.contains(theirs);
      equal.add("p%d = c%d%s".formatted(i, i, cast ? "::" + theirs : ""));
      // A date is written as the timestamp that it refers to.
      written.add("c%d%s::text".formatted(i, ours.equals("date") ? "::" + theirs : ""));
    }
    List<String> filled =
        IntStream.range(0, width).mapToObj(i -> "c" + i + " is not null").toList();
    String sql =
        "select %s from (select %s from unnest(%s) c(%s)) c where (%s and not exists (select from"
                .formatted(
                    String.join(", ", written),
                    child.columns("c"),
                    parameters(width),
                    names("c", width, ""),
                    String.join(" and ", filled))
            + " (select %s from unnest(%s) p(%s)) p where %s))"
                .formatted(
                    parent.columns("p"),
                    parameters(width),
                    names("p", width, ""),
                    String.join(" and ", equal));
    if (reference.full()) {
      sql +=
          " or (not (%s) and (%s))"
              .formatted(String.join(" and ", filled), String.join(" or ", filled));
    }
    try (PreparedStatement statement = place.prepareStatement(sql)) {
      for (int i = 0; i < width; i++) {
        statement.setArray(i + 1, array(child, i));
        statement.setArray(width + i + 1, array(parent, i));
      }
      Set<List<@Nullable String>> broken = new LinkedHashSet<>();
      for (@Nullable String[] row : rows(statement, width)) {
        broken.add(named(name, Arrays.asList(row)));
      }
      return broken;
    }
  }

  static List<@Nullable String> named(String name, List<@Nullable String> key) {
    List<@Nullable String> named = new ArrayList<>();
    named.add(name);
    named.addAll(key);
    return named;
  }

  private static String names(String prefix, int width, String suffix) {
    return IntStream.range(0, width)
        .mapToObj(i -> prefix + i + suffix)
        .collect(Collectors.joining(", "));
  }

  private static String parameters(int width) {
    return String.join(", ", Collections.nCopies(width, "?::text[]"));
  }

  private Array array(Keys keys, int column) throws SQLException {
    return place.createArrayOf(
        "text", keys.rows().stream().map(row -> row[column]).toArray(String[]::new));
  }

  private Keys keys(String table, String schema, List<String> columns) throws SQLException {
    Side side = Side.of(table);
    String qualified = schema + "." + table;
    List<Type> typed = new ArrayList<>();
    for (String column : columns) {
      typed.add(present(present(types, side), qualified + "." + column));
    }
    String texts = columns.stream().map(each -> each + "::text").collect(Collectors.joining(", "));
    try (Statement statement = present(databases, side).createStatement();
        ResultSet rows = statement.executeQuery("select " + texts + " from " + qualified)) {
      return new Keys(typed, rows(rows, columns.size()));
    }
  }

  private static <K, V> V present(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key), () -> "no " + key);
  }

  private static List<@Nullable String[]> rows(PreparedStatement statement, int width)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows(rows, width);
    }
  }

  private static List<@Nullable String[]> rows(ResultSet result, int width) throws SQLException {
    List<@Nullable String[]> rows = new ArrayList<>();
    while (result.next()) {
      @Nullable String[] row = new @Nullable String[width];
      for (int i = 0; i < width; i++) {
        row[i] = result.getString(i + 1);
      }
      rows.add(row);
    }
    return rows;
  }
}
