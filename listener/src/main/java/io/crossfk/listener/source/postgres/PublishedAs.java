package io.crossfk.listener.source.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One way in which a relation's UPDATE and DELETE are published, by anybody's publication.
 *
 * @param publication its name, quoted
 * @param table the relation whose entry decides: this one, or the root that speaks for it
 * @param partitioned whether that is partitioned
 * @param columns the list of columns, if there is one
 * @param filter the row filter as SQL, if there is one
 * @param filterColumns columns that the filter reads
 * @param generated whether stored generated columns are published (PostgreSQL 18)
 */
record PublishedAs(
    String publication,
    String table,
    boolean partitioned,
    Optional<Set<String>> columns,
    Optional<String> filter,
    Set<String> filterColumns,
    boolean generated) {

  /**
   * Names are compared and not cast: a cast wants a schema that we may use.
   *
   * <p>to_jsonb: lists, filters and generated columns came with PostgreSQL 15 and 18.
   */
  private static final String QUERY =
      """
      with own as (
        select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""')) = ?),
      up as (
        select oid from own
        union select relid::oid from own, pg_partition_ancestors(own.oid::regclass))
      select quote_ident(p.pubname),
        quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind = 'p',
        coalesce(to_jsonb(r)->>'prattrs', '') <> '',
        array(select a.attname::text from pg_attribute a
              where a.attrelid = c.oid and to_jsonb(r)->'prattrs' @> to_jsonb(a.attnum)),
        to_jsonb(t)->>'rowfilter',
        array(select a.attname::text from pg_depend d
              join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
              where d.classid = 'pg_publication_rel'::regclass and d.objid = r.oid
                and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
                and d.refobjsubid > 0
                and to_jsonb(t)->>'rowfilter' ~ ('\\m' || quote_ident(a.attname) || '\\M')),
        coalesce(to_jsonb(p)->>'pubgencols' = 's', false)
      from pg_publication p
      join pg_publication_tables t on t.pubname = p.pubname
      join pg_namespace n on n.nspname = t.schemaname
      join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
      join up on up.oid = c.oid
      left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = c.oid
      where p.pubupdate or p.pubdelete
      order by p.pubname\
      """;

  static List<PublishedAs> read(Connection connection, StoredTable table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(QUERY)) {
      query.setString(1, table.sqlName());
      List<PublishedAs> ways = new ArrayList<>();
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          ways.add(
              new PublishedAs(
                  result.getString(1),
                  result.getString(2),
                  result.getBoolean(3),
                  result.getBoolean(4) ? Optional.of(names(result.getArray(5))) : Optional.empty(),
                  Optional.ofNullable(result.getString(6)),
                  names(result.getArray(7)),
                  result.getBoolean(8)));
        }
      }
      return ways;
    }
  }

  private static Set<String> names(Array array) throws SQLException {
    return new TreeSet<>(List.of((String[]) array.getArray()));
  }

  /** Takes the entry out and puts it in again, in one transaction: no change goes unpublished. */
  List<String> republish(Optional<List<String>> listed, boolean filtered) {
    String only = (partitioned ? "" : "ONLY ") + table;
    return List.of(
        "BEGIN;",
        "ALTER PUBLICATION " + publication + " DROP TABLE " + only + ";",
        "ALTER PUBLICATION "
            + publication
            + " ADD TABLE "
            + only
            + listed.map(names -> " " + Sql.columns(names)).orElse("")
            + (filtered ? filter.map(sql -> " WHERE (" + sql + ")").orElse("") : "")
            + ";",
        "COMMIT;");
  }
}
