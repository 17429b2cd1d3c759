package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How watched tables stand in the catalogue: a print of each, that differs if between two readings
 * rows may have come or gone without a word in the log, or the log may have told less than the
 * rules need (section 5, facts 6 and 11). One query for all tables, on the catalogue alone.
 *
 * <p>In the print are: the table itself, its replica identity and unique indexes; the rules'
 * columns, their types, and whether we may read them; row-level security as it is for us; its
 * partitions with their files (a TRUNCATE of one makes a new file, and so do CLUSTER and VACUUM
 * FULL, whose audit is in vain); the publication, how it publishes the table, and by which row of
 * the catalogue: a table that was taken out and put back has another.
 *
 * @param prints by table; of a table that does not exist, too
 * @param oids of those that exist
 * @param logEnd read after the prints: what they show happened before it
 */
public record TablePrints(
    Map<TableReference, String> prints, Map<Long, TableReference> oids, Position logEnd) {

  private static final String PRINTS =
      """
      with wanted as (
        select n, schema_name, table_name, columns, needs_ctid
        from unnest(?::text[], ?::text[], ?::text[], ?::bool[])
          with ordinality w(schema_name, table_name, columns, needs_ctid, n)),
      published as (
        select t.schemaname, t.tablename, to_jsonb(t)::text as how
        from pg_publication_tables t where t.pubname = ?)
      select w.n, md5(concat_ws('|',
        c.oid, c.relkind, c.relpersistence, c.relreplident, row_security_active(c.oid),
        has_schema_privilege(n.oid, 'usage'),
        case when w.needs_ctid then has_column_privilege(c.oid, (-1)::int2, 'select') end,
        (select string_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod, a.attcollation,
            a.attgenerated, has_column_privilege(c.oid, a.attnum, 'select')), ',' order by a.attnum)
          from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and a.attname = any (w.columns::text[])),
        (select string_agg(concat_ws(' ', i.indexrelid, i.indisprimary, i.indisreplident,
            i.indisvalid, i.indimmediate, i.indkey), ',' order by i.indexrelid)
          from pg_index i where i.indrelid = c.oid and i.indisunique),
        (select string_agg(concat_ws(' ', m.oid, m.relfilenode, m.relreplident), ',' order by m.oid)
          from pg_partition_tree(c.oid) t join pg_class m on m.oid = t.relid
          where c.relkind = 'p'),
        (select concat_ws(' ', p.oid, p.xmin, to_jsonb(p)) from pg_publication p
          where p.pubname = ?),
        (select string_agg(concat_ws(' ', r.oid, r.xmin), ',' order by r.oid)
          from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
          where p.pubname = ? and r.prrelid = c.oid),
        published.how)), c.oid::int8
      from wanted w
      left join pg_namespace n on n.nspname = w.schema_name
      left join pg_class c on c.relnamespace = n.oid and c.relname = w.table_name
      left join published on published.schemaname = w.schema_name
        and published.tablename = w.table_name
      order by w.n\
      """;

  public TablePrints {
    prints = Map.copyOf(prints);
    oids = Map.copyOf(oids);
  }

  /**
   * @param tables at least one
   */
  static TablePrints read(Connection connection, String publication, List<WatchedTable> tables)
      throws SQLException {
    Map<TableReference, String> prints = new LinkedHashMap<>();
    Map<Long, TableReference> oids = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(PRINTS)) {
      List<String> columns = new ArrayList<>();
      List<Boolean> needsCtid = new ArrayList<>();
      for (WatchedTable table : tables) {
        columns.add(
            connection.createArrayOf("text", table.columns().toArray(String[]::new)).toString());
        needsCtid.add(!table.oldKeyColumns().equals(table.columns()));
      }
      query.setArray(
          1, texts(connection, tables.stream().map(table -> table.table().schema()).toList()));
      query.setArray(
          2, texts(connection, tables.stream().map(table -> table.table().table()).toList()));
      query.setArray(3, texts(connection, columns));
      query.setArray(4, connection.createArrayOf("bool", needsCtid.toArray(Boolean[]::new)));
      for (int parameter = 5; parameter <= 7; parameter++) {
        query.setString(parameter, publication);
      }
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          TableReference table = tables.get(result.getInt(1) - 1).table();
          prints.put(table, result.getString(2));
          long oid = result.getLong(3);
          if (!result.wasNull()) {
            oids.put(oid, table);
          }
        }
      }
    }
    return new TablePrints(prints, oids, logEnd(connection));
  }

  private static Array texts(Connection connection, List<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray(String[]::new));
  }

  private static Position logEnd(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select pg_current_wal_insert_lsn()::text")) {
      result.next();
      return Position.parse(result.getString(1));
    }
  }
}
