package io.crossfk.listener.catalog;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads relations, their columns, indexes and replica identities. */
final class TableReader {
  private static final String RELATIONS =
      """
      select n.nspname, c.relname, c.oid::int8, c.relkind, c.relpersistence,
        row_security_active(c.oid), has_schema_privilege(n.oid, 'USAGE'),
        case when c.relkind in ('r', 'p') then has_column_privilege(c.oid, 'xmin', 'SELECT') end,
        case when c.relkind in ('r', 'p') then pg_size_pretty(coalesce(
          (select sum(pg_relation_size(t.relid)) from pg_partition_tree(c.oid) t),
          pg_relation_size(c.oid))::int8) end
      from unnest(?::text[], ?::text[]) w(nspname, relname)
      join pg_namespace n on n.nspname = w.nspname
      join pg_class c on c.relnamespace = n.oid and c.relname = w.relname
      """;

  private static final String COLUMNS =
      """
      with recursive base(relid, attnum, typid) as (
        select a.attrelid, a.attnum, a.atttypid from pg_attribute a
        where a.attrelid = any (?::oid[]) and a.attnum > 0 and not a.attisdropped
        union all
        select b.relid, b.attnum, t.typbasetype
        from base b join pg_type t on t.oid = b.typid where t.typtype = 'd')
      select a.attrelid::int8, a.attname, format_type(a.atttypid, a.atttypmod), t.typname,
        t.typtype, tn.nspname, a.attnotnull, a.attgenerated,
        case when o.collisdeterministic = false then concat_ws(' ', o.collprovider::text,
          coalesce(to_jsonb(o) ->> 'colllocale', to_jsonb(o) ->> 'colliculocale',
            to_jsonb(o) ->> 'collcollate'),
          coalesce(to_jsonb(o) ->> 'collicurules', '')) end,
        has_column_privilege(a.attrelid, a.attnum, 'SELECT')
      from base b
      join pg_attribute a on a.attrelid = b.relid and a.attnum = b.attnum
      join pg_type t on t.oid = b.typid and t.typtype <> 'd'
      join pg_namespace tn on tn.oid = t.typnamespace
      left join pg_collation o on o.oid = a.attcollation
      order by a.attrelid, a.attnum
      """;

  private static final String INDEXES =
      """
      select i.indrelid::int8, c.relname, m.amname, i.indisunique, i.indisprimary, i.indimmediate,
        i.indisvalid, i.indisreplident, pg_get_expr(i.indpred, i.indrelid),
        array(
          select coalesce(a.attname::text, '')
          from unnest(i.indkey::int2[]) with ordinality k(attnum, place)
          left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
            and k.attnum > 0
          where k.place <= i.indnkeyatts order by k.place),
        pg_get_indexdef(i.indexrelid)
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_am m on m.oid = c.relam
      where i.indrelid = any (?::oid[])
      order by i.indrelid, c.relname
      """;

  /** Each partition has a replica identity of its own; the root's is not asked for. */
  private static final String IDENTITIES =
      """
      select w.oid::int8, n.nspname || '.' || c.relname, c.relreplident,
        array(
          select a.attname::text from pg_index i
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
          where i.indrelid = c.oid and i.indisvalid and i.indimmediate
            and (c.relreplident = 'd' and i.indisprimary
              or c.relreplident = 'i' and i.indisreplident))
      from unnest(?::oid[]) w(oid)
      cross join lateral (
        select t.relid::oid relid from pg_partition_tree(w.oid) t where t.isleaf
        union
        select w.oid where not exists (select from pg_partition_tree(w.oid))) l
      join pg_class c on c.oid = l.relid
      join pg_namespace n on n.oid = c.relnamespace
      order by 1, 2
      """;

  private static final String NAMES =
      """
      select n.nspname, c.relname from pg_namespace n
      left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
      where n.nspname <> 'information_schema' and left(n.nspname, 3) <> 'pg_'
      """;

  private static final Map<String, Kind> BUILT_IN = new HashMap<>();

  static {
    BUILT_IN.put("bool", Kind.BOOLEAN);
    BUILT_IN.put("int2", Kind.INT2);
    BUILT_IN.put("int4", Kind.INT4);
    BUILT_IN.put("int8", Kind.INT8);
    BUILT_IN.put("numeric", Kind.NUMERIC);
    BUILT_IN.put("float4", Kind.FLOAT4);
    BUILT_IN.put("float8", Kind.FLOAT8);
    BUILT_IN.put("text", Kind.TEXT);
    BUILT_IN.put("varchar", Kind.TEXT);
    BUILT_IN.put("bpchar", Kind.CHAR);
    BUILT_IN.put("uuid", Kind.UUID);
    BUILT_IN.put("date", Kind.DATE);
    BUILT_IN.put("timestamp", Kind.TIMESTAMP);
    BUILT_IN.put("timestamptz", Kind.TIMESTAMPTZ);
    BUILT_IN.put("bytea", Kind.BYTEA);
  }

  private final Connection connection;

  TableReader(Connection connection) {
    this.connection = connection;
  }

  /** Those of the tables that exist, of whatever kind. */
  Map<TableReference, TableFacts> read(Collection<TableReference> tables) throws SQLException {
    Map<Long, Relation> relations = relations(tables);
    Map<Long, Map<String, TableFacts.Column>> columns = new HashMap<>();
    Map<Long, List<TableFacts.Index>> indexes = new HashMap<>();
    Map<Long, List<TableFacts.Identity>> identities = new HashMap<>();
    query(
        COLUMNS,
        relations.keySet(),
        row ->
            columns
                .computeIfAbsent(row.getLong(1), oid -> new LinkedHashMap<>())
                .put(row.getString(2), column(row)));
    query(
        INDEXES,
        relations.keySet(),
        row -> indexes.computeIfAbsent(row.getLong(1), oid -> new ArrayList<>()).add(index(row)));
    query(
        IDENTITIES,
        relations.keySet(),
        row ->
            identities
                .computeIfAbsent(row.getLong(1), oid -> new ArrayList<>())
                .add(
                    new TableFacts.Identity(
                        row.getString(2), row.getString(3).charAt(0), strings(row, 4))));
    Map<TableReference, TableFacts> facts = new HashMap<>();
    relations.forEach(
        (oid, relation) ->
            facts.put(
                relation.table,
                new TableFacts(
                    relation.table,
                    relation.kind,
                    relation.persistence,
                    relation.rowsHidden,
                    relation.mayUseSchema,
                    relation.mayReadVersions,
                    relation.size,
                    Collections.unmodifiableMap(columns.getOrDefault(oid, Map.of())),
                    List.copyOf(indexes.getOrDefault(oid, List.of())),
                    List.copyOf(identities.getOrDefault(oid, List.of())))));
    return facts;
  }

  /** All tables that a rule could name, by schema. */
  Map<String, SortedSet<String>> names() throws SQLException {
    Map<String, SortedSet<String>> names = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(NAMES)) {
      while (rows.next()) {
        SortedSet<String> tables =
            names.computeIfAbsent(rows.getString(1), schema -> new TreeSet<>());
        @Nullable String table = rows.getString(2);
        if (table != null) {
          tables.add(table);
        }
      }
    }
    return names;
  }

  private record Relation(
      TableReference table,
      char kind,
      char persistence,
      boolean rowsHidden,
      boolean mayUseSchema,
      boolean mayReadVersions,
      String size) {}

  private Map<Long, Relation> relations(Collection<TableReference> tables) throws SQLException {
    Map<Long, Relation> relations = new LinkedHashMap<>();
    if (tables.isEmpty()) {
      return relations;
    }
    String database = tables.iterator().next().database();
    try (PreparedStatement statement = connection.prepareStatement(RELATIONS)) {
      statement.setArray(1, array(tables.stream().map(TableReference::schema).toArray()));
      statement.setArray(2, array(tables.stream().map(TableReference::table).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          relations.put(
              row.getLong(3),
              new Relation(
                  new TableReference(database, row.getString(1), row.getString(2)),
                  row.getString(4).charAt(0),
                  row.getString(5).charAt(0),
                  row.getBoolean(6),
                  row.getBoolean(7),
                  row.getBoolean(8),
                  String.valueOf(row.getString(9))));
        }
      }
    }
    return relations;
  }

  private java.sql.Array array(Object[] values) throws SQLException {
    return connection.createArrayOf("text", values);
  }

  /** Takes one row. */
  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  private void query(String sql, Collection<Long> oids, RowReader reader) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, array(oids.stream().map(String::valueOf).toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    }
  }

  private static TableFacts.Column column(ResultSet row) throws SQLException {
    String generated = row.getString(8);
    Optional<String> collation = Optional.ofNullable(row.getString(9));
    return new TableFacts.Column(
        row.getString(2),
        row.getString(3),
        type(row.getString(4), row.getString(5).charAt(0), row.getString(6), collation.isEmpty()),
        row.getBoolean(7),
        generated.isEmpty() ? ' ' : generated.charAt(0),
        collation,
        row.getBoolean(10));
  }

  private static Optional<ColumnType> type(
      String name, char typeKind, String schema, boolean deterministic) {
    String qualified = quoted(schema) + "." + quoted(name);
    if (typeKind == 'e') {
      return Optional.of(new ColumnType(Kind.ENUM, qualified, true));
    }
    if (name.equals("citext") && !schema.equals("pg_catalog")) {
      return Optional.of(new ColumnType(Kind.CITEXT, qualified, false));
    }
    return schema.equals("pg_catalog")
        ? Optional.ofNullable(BUILT_IN.get(name))
            .map(kind -> new ColumnType(kind, name, deterministic))
        : Optional.empty();
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static TableFacts.Index index(ResultSet row) throws SQLException {
    return new TableFacts.Index(
        row.getString(2),
        row.getString(3),
        row.getBoolean(4),
        row.getBoolean(5),
        row.getBoolean(6),
        row.getBoolean(7),
        row.getBoolean(8),
        Optional.ofNullable(row.getString(9)),
        strings(row, 10),
        row.getString(11));
  }

  private static List<String> strings(ResultSet row, int column) throws SQLException {
    return List.copyOf(Arrays.asList((String[]) row.getArray(column).getArray()));
  }
}
