package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.model.TableReference;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalogue says of a watched table.
 *
 * @param owned whether we may publish it: only a table's owner may
 * @param columns every column, in the table's order, with how it is generated: {@code ' '} not at
 *     all, {@code s} stored, {@code v} virtual
 * @param ancestors the partitioned tables above it, by their names
 * @param root the table itself
 * @param leaves if it is partitioned, the partitions that hold rows
 */
record TableFacts(
    WatchedTable watched,
    long oid,
    boolean owned,
    Map<String, Character> columns,
    Set<TableReference> ancestors,
    StoredTable root,
    List<StoredTable> leaves) {

  private static final String TABLE =
      """
      select c.oid::int8, pg_has_role(c.relowner, 'usage')
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p', 'v', 'm', 'f')\
      """;

  private static final String COLUMNS =
      """
      select attname, attgenerated::text from pg_attribute
      where attrelid = ?::oid and attnum > 0 and not attisdropped order by attnum\
      """;

  private static final String ANCESTORS =
      """
      select n.nspname, c.relname
      from pg_partition_ancestors(?::oid::regclass) a join pg_class c on c.oid = a.relid
      join pg_namespace n on n.oid = c.relnamespace where c.oid <> ?::oid\
      """;

  private static final String STORED =
      """
      with recursive tree(oid) as (
        select ?::oid
        union all
        select i.inhrelid from pg_inherits i join tree on tree.oid = i.inhparent
        join pg_class above on above.oid = tree.oid
        where above.relkind = 'p' and not i.inhdetachpending),
      stored as (
        select ?::oid as oid, 0 as place
        union all
        select tree.oid, 1 from tree join pg_class leaf on leaf.oid = tree.oid
        where leaf.relkind <> 'p' and tree.oid <> ?::oid)
      select c.oid::int8, n.nspname, c.relname, c.relkind, c.relpersistence = 'p', c.relreplident,
        i.relname, i.indisprimary, i.indisreplident, i.usable, i.all_not_null, i.columns
      from stored join pg_class c on c.oid = stored.oid
      join pg_namespace n on n.oid = c.relnamespace
      left join lateral (
        select ic.relname, x.indisprimary, x.indisreplident, x.indisvalid and x.indimmediate as usable,
          k.all_not_null, k.columns
        from pg_index x join pg_class ic on ic.oid = x.indexrelid
        cross join lateral (
          select array_agg(a.attname::text order by p.place) as columns,
            bool_and(a.attnotnull) as all_not_null
          from unnest(x.indkey::int2[]) with ordinality p(attnum, place)
          join pg_attribute a on a.attrelid = x.indrelid and a.attnum = p.attnum
          where p.place <= x.indnkeyatts) k
        where x.indrelid = c.oid and x.indisunique and x.indislive
          and x.indpred is null and x.indexprs is null) i on true
      order by stored.place, n.nspname, c.relname, i.relname\
      """;

  /** Empty if there is no table, view or the like of that name. */
  static Optional<TableFacts> read(Connection connection, WatchedTable watched)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TABLE)) {
      query.setString(1, watched.table().schema());
      query.setString(2, watched.table().table());
      try (ResultSet result = query.executeQuery()) {
        if (!result.next()) {
          return Optional.empty();
        }
        long oid = result.getLong(1);
        List<StoredTable> stored = stored(connection, oid);
        return Optional.of(
            new TableFacts(
                watched,
                oid,
                result.getBoolean(2),
                columns(connection, oid),
                ancestors(connection, watched, oid),
                stored.getFirst(),
                stored.subList(1, stored.size())));
      }
    }
  }

  boolean partitioned() {
    return root.kind() == 'p';
  }

  /**
   * Whose replica identity counts: the relations that rows are in, and the root that speaks for
   * them.
   */
  List<StoredTable> members() {
    List<StoredTable> members = new ArrayList<>();
    members.add(root);
    members.addAll(leaves);
    return members;
  }

  boolean anyFull() {
    return members().stream().anyMatch(StoredTable::full);
  }

  /**
   * Generated columns that are in no log: virtual ones, and stored ones unless they are published.
   */
  Set<String> generatedColumns(boolean storedArePublished) {
    Set<String> generated = new LinkedHashSet<>();
    columns.forEach(
        (name, kind) -> {
          if (kind == 'v' || (kind == 's' && !storedArePublished)) {
            generated.add(name);
          }
        });
    return generated;
  }

  /**
   * The columns that a publication must carry, in the table's order; empty if it must not have a
   * list of columns: with one, the application's UPDATE and DELETE fail under REPLICA IDENTITY FULL
   * (section 5, fact 5), and before PostgreSQL 15 there is none.
   */
  List<String> columnsToPublish(int version) {
    Set<String> wanted = new LinkedHashSet<>(watched.columns());
    members().forEach(member -> wanted.addAll(member.identityColumns()));
    boolean generated = wanted.stream().anyMatch(name -> columns.getOrDefault(name, ' ') != ' ');
    if (version < 15 || anyFull() || (version < 18 && generated)) {
      return List.of();
    }
    return columns.keySet().stream().filter(wanted::contains).toList();
  }

  private static Map<String, Character> columns(Connection connection, long oid)
      throws SQLException {
    Map<String, Character> columns = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setLong(1, oid);
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          String generated = result.getString(2);
          columns.put(result.getString(1), generated.isEmpty() ? ' ' : generated.charAt(0));
        }
      }
    }
    return columns;
  }

  private static Set<TableReference> ancestors(
      Connection connection, WatchedTable watched, long oid) throws SQLException {
    Set<TableReference> ancestors = new LinkedHashSet<>();
    try (PreparedStatement query = connection.prepareStatement(ANCESTORS)) {
      query.setLong(1, oid);
      query.setLong(2, oid);
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          ancestors.add(
              new TableReference(
                  watched.table().database(), result.getString(1), result.getString(2)));
        }
      }
    }
    return ancestors;
  }

  private static List<StoredTable> stored(Connection connection, long oid) throws SQLException {
    Map<Long, StoredTable> tables = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(STORED)) {
      query.setLong(1, oid);
      query.setLong(2, oid);
      query.setLong(3, oid);
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          StoredTable one = storedTable(result);
          tables.merge(result.getLong(1), one, TableFacts::withIndexesOfBoth);
        }
      }
    }
    return new ArrayList<>(tables.values());
  }

  private static StoredTable storedTable(ResultSet row) throws SQLException {
    List<StoredTable.UniqueIndex> indexes = new ArrayList<>();
    String index = row.getString(7);
    if (index != null) {
      Array columns = row.getArray(12);
      indexes.add(
          new StoredTable.UniqueIndex(
              index,
              row.getBoolean(8),
              row.getBoolean(9),
              row.getBoolean(10),
              row.getBoolean(11),
              List.of((String[]) columns.getArray())));
    }
    return new StoredTable(
        Sql.identifier(row.getString(2)) + '.' + Sql.identifier(row.getString(3)),
        row.getString(4).charAt(0),
        row.getBoolean(5),
        row.getString(6).charAt(0),
        indexes);
  }

  private static StoredTable withIndexesOfBoth(StoredTable one, StoredTable other) {
    List<StoredTable.UniqueIndex> indexes = new ArrayList<>(one.uniqueIndexes());
    indexes.addAll(other.uniqueIndexes());
    return new StoredTable(one.sqlName(), one.kind(), one.logged(), one.replicaIdentity(), indexes);
  }
}
