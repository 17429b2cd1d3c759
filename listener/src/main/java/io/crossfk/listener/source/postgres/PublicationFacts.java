package io.crossfk.listener.source.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A publication as it is.
 *
 * @param owned whether we may alter it
 * @param allTables FOR ALL TABLES
 * @param everyAction inserts, updates, deletes and truncates
 * @param viaRoot whether partitions are published as their root
 * @param generated whether stored generated columns are published (PostgreSQL 18)
 * @param entries the tables that it names or publishes in effect, by {@link Sql#table}
 */
record PublicationFacts(
    boolean owned,
    boolean allTables,
    boolean everyAction,
    boolean viaRoot,
    boolean generated,
    Map<String, Entry> entries) {

  /**
   * @param named whether the publication names this very table, and not its schema or all tables
   * @param effective whether changes come under this table's name; a partitioned table's do not
   *     unless {@link #viaRoot}
   * @param listed whether it has a list of columns; never before PostgreSQL 15
   * @param columns the list
   * @param filtered whether a row filter hides rows
   */
  record Entry(
      boolean named, boolean effective, boolean listed, Set<String> columns, boolean filtered) {}

  private static final String PUBLICATION =
      """
      select pg_has_role(pubowner, 'usage'), puballtables,
        pubinsert and pubupdate and pubdelete and pubtruncate, pubviaroot,
        coalesce(to_jsonb(p)->>'pubgencols' = 's', false)
      from pg_publication p where pubname = ?\
      """;

  /** to_jsonb: lists and filters came with PostgreSQL 15. */
  private static final String ENTRIES =
      """
      with named as (
        select n.nspname as schemaname, c.relname as tablename, r.prrelid, to_jsonb(r) as r
        from pg_publication p join pg_publication_rel r on r.prpubid = p.oid
        join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace
        where p.pubname = ?)
      select schemaname, tablename, named.r is not null, t.pubname is not null,
        named.r->>'prattrs' is not null,
        array(select a.attname::text from pg_attribute a
              where a.attrelid = named.prrelid
                and named.r->'prattrs' @> to_jsonb(a.attnum)),
        named.r->>'prqual' is not null
      from named full join (select * from pg_publication_tables where pubname = ?) t
        using (schemaname, tablename)\
      """;

  static Optional<PublicationFacts> read(Connection connection, String publication)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(PUBLICATION)) {
      query.setString(1, publication);
      try (ResultSet result = query.executeQuery()) {
        if (!result.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new PublicationFacts(
                result.getBoolean(1),
                result.getBoolean(2),
                result.getBoolean(3),
                result.getBoolean(4),
                result.getBoolean(5),
                entries(connection, publication)));
      }
    }
  }

  private static Map<String, Entry> entries(Connection connection, String publication)
      throws SQLException {
    Map<String, Entry> entries = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(ENTRIES)) {
      query.setString(1, publication);
      query.setString(2, publication);
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          Array columns = result.getArray(6);
          entries.put(
              Sql.identifier(result.getString(1)) + '.' + Sql.identifier(result.getString(2)),
              new Entry(
                  result.getBoolean(3),
                  result.getBoolean(4),
                  result.getBoolean(5),
                  Set.of((String[]) columns.getArray()),
                  result.getBoolean(7)));
        }
      }
    }
    return entries;
  }
}
