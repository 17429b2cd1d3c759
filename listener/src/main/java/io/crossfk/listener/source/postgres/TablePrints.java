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
 * <p>In the print are: the table itself, its replica identity and the unique indexes that may
 * matter to it or to the rules; the rules' columns, their types, and whether we may read them;
 * row-level security as it is for us; its partitions with their files (a TRUNCATE of one makes a
 * new file, and so do CLUSTER and VACUUM FULL, whose audit is in vain); the publication, how it
 * publishes the table, and by which row of the catalogue: a table that was taken out and put back
 * has another. A column's own row of the catalogue is in it unless a list of columns in the
 * publication keeps everybody from changing its type: {@code ALTER COLUMN … TYPE … USING} writes
 * all rows anew, to other values perhaps, and the log has none of it.
 *
 * <p>Not in it is what comes and goes with no consequence, such as other columns, other indexes,
 * and the indexes' numbers, which REINDEX changes.
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
        select n, schema_name, table_name, columns::text[], needs_ctid
        from unnest(?::text[], ?::text[], ?::text[], ?::bool[])
          with ordinality w(schema_name, table_name, columns, needs_ctid, n)),
      published as (
        select t.schemaname, t.tablename, to_jsonb(t) - 'attnames' as how
        from pg_publication_tables t where t.pubname = ?)
      select w.n, md5(concat_ws('|',
        c.oid, c.relkind, c.relpersistence, c.relreplident, row_security_active(c.oid),
        has_schema_privilege(n.oid, 'usage'),
        case when w.needs_ctid then has_column_privilege(c.oid, (-1)::int2, 'select') end,
        (select string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod,
            a.attcollation, a.attgenerated, has_column_privilege(c.oid, a.attnum, 'select'),
            case when to_jsonb(r)->>'prattrs' is null then a.xmin end), ',' order by a.attnum)
          from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and a.attname = any (w.columns)),
        (select string_agg(distinct concat_ws(' ', i.indisprimary, i.indisreplident,
            i.indimmediate, i.indkey, i.indpred is null, i.indexprs is null), ',')
          from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid
            and (i.indisprimary or i.indisreplident or i.indkey::int2[] && array(
              select a.attnum from pg_attribute a
              where a.attrelid = c.oid and a.attname = any (w.columns)))),
        (select string_agg(concat_ws(' ', m.oid, m.relfilenode, m.relreplident,
            (select i.indkey from pg_index i where i.indrelid = m.oid and i.indisreplident)),
            ',' order by m.oid)
          from pg_partition_tree(c.oid) t join pg_class m on m.oid = t.relid
          where c.relkind = 'p'),
        concat_ws(' ', p.oid, p.xmin, to_jsonb(p)), concat_ws(' ', r.oid, r.xmin), {schema},
        published.how)), c.oid::int8
      from wanted w
      left join pg_namespace n on n.nspname = w.schema_name
      left join pg_class c on c.relnamespace = n.oid and c.relname = w.table_name
      left join pg_publication p on p.pubname = ?
      left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid
      left join published on published.schemaname = w.schema_name
        and published.tablename = w.table_name
      order by w.n\
      """;

  /** The schema's row in the publication: since PostgreSQL 15 a publication may name schemas. */
  private static final String SCHEMA =
      """
      (select concat_ws(' ', s.oid, s.xmin) from pg_publication_namespace s
        where s.pnpubid = p.oid and s.pnnspid = n.oid)\
      """;

  private static final int FIRST_WITH_SCHEMAS = 15;

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
    boolean schemas = connection.getMetaData().getDatabaseMajorVersion() >= FIRST_WITH_SCHEMAS;
    String sql = PRINTS.replace("{schema}", schemas ? SCHEMA : "null");
    try (PreparedStatement query = connection.prepareStatement(sql)) {
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
      query.setString(5, publication);
      query.setString(6, publication);
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
