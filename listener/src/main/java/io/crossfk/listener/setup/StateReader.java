package io.crossfk.listener.setup;

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

/** Reads what set-up needs to know of a database; any role may ask. */
final class StateReader {
  /** For a role that is not there yet: what everybody may, it will. */
  private static final String EVERYBODY = "public";

  private static final String SERVER =
      """
      select current_setting('server_version'), pg_is_in_recovery(), current_user,
        array(select rolname::text from pg_roles
              where rolname in ('rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin')),
        current_setting('wal_level'), (select count(*) from pg_replication_slots),
        current_setting('max_replication_slots')::int, current_setting('max_slot_wal_keep_size'),
        s.system_identifier || ' ' || extract(epoch from pg_postmaster_start_time()),
        current_database()
      from pg_control_system() s\
      """;

  private static final String ROLE =
      """
      select r.rolcanlogin,
        r.rolsuper or r.rolreplication or exists (
          select from pg_roles x where x.rolname = 'rds_replication'
            and pg_has_role(r.oid, x.oid, 'usage')),
        r.rolsuper or r.rolbypassrls,
        coalesce(shobj_description(r.oid, 'pg_authid') = ?, false),
        (select count(*) from pg_stat_activity a
         where a.usesysid = r.oid and a.backend_type = 'walsender')
      from pg_roles r where r.rolname = ?\
      """;

  private static final String CONNECT =
      "select has_database_privilege(?, current_database(), 'connect')";

  private static final String TABLE =
      """
      select c.oid::int8,
        c.relrowsecurity and (c.relforcerowsecurity or not coalesce(
          (select pg_has_role(r.oid, c.relowner, 'usage') from pg_roles r where r.rolname = ?),
          false))
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')\
      """;

  /** As evidence names rows: by the primary key, else by the replica identity. */
  private static final String ROW_IDENTITY =
      """
      select array(select a.attname::text from generate_series(0, i.indnkeyatts - 1) k
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k] order by k)
      from pg_index i where i.indrelid = ?::oid and (i.indisprimary or i.indisreplident)
      order by i.indisprimary desc limit 1\
      """;

  private static final String UNREADABLE =
      """
      select attname::text from pg_attribute
      where attrelid = ?::oid and attname = any (?::text[]) and not attisdropped
        and not has_column_privilege(?, attrelid, attnum, 'SELECT')
      order by attnum < 0, attnum\
      """;

  /** Of the table and of its columns' types, which look-ups name. */
  private static final String CLOSED_SCHEMAS =
      """
      with recursive types(oid) as (
        select atttypid from pg_attribute
        where attrelid = ?::oid and attname = any (?::text[]) and not attisdropped
        union
        select y.typbasetype from types t join pg_type y on y.oid = t.oid and y.typtype = 'd')
      select n.nspname::text from pg_namespace n
      where not has_schema_privilege(?, n.oid, 'USAGE')
        and (n.oid = (select relnamespace from pg_class where oid = ?::oid)
          or n.oid in (select y.typnamespace from types t join pg_type y on y.oid = t.oid
                       where y.typtype <> 'd'))
      order by n.nspname\
      """;

  private static final String SLOT =
      """
      select coalesce(slot_type = 'logical' and plugin = 'pgoutput'
          and database = current_database(), false), active
      from pg_replication_slots where slot_name = ?\
      """;

  private static final String PUBLICATION =
      """
      select coalesce(obj_description(p.oid, 'pg_publication') = ?, false) or r.rolname = ?
      from pg_publication p join pg_roles r on r.oid = p.pubowner where p.pubname = ?\
      """;

  private final Connection connection;
  private final SetupTarget target;

  StateReader(Connection connection, SetupTarget target) {
    this.connection = connection;
    this.target = target;
  }

  DatabaseState read() throws SQLException {
    Optional<DatabaseState.Role> role =
        rows(
                ROLE,
                row ->
                    new DatabaseState.Role(
                        row.getBoolean(1),
                        row.getBoolean(2),
                        row.getBoolean(3),
                        row.getBoolean(4),
                        row.getInt(5)),
                Marks.TEXT,
                target.role())
            .stream()
            .findFirst();
    String grantee = role.isPresent() ? target.role() : EVERYBODY;
    Map<TableReference, DatabaseState.Table> tables = new LinkedHashMap<>();
    for (WatchedTable watched : target.tables()) {
      boolean seesAll = role.map(DatabaseState.Role::seesAllRows).orElse(false);
      table(watched, grantee, seesAll).ifPresent(table -> tables.put(watched.table(), table));
    }
    boolean mayConnect = rows(CONNECT, row -> row.getBoolean(1), grantee).getFirst();
    Optional<DatabaseState.Slot> slot =
        rows(
                SLOT,
                row -> new DatabaseState.Slot(row.getBoolean(1), row.getBoolean(2)),
                target.slot())
            .stream()
            .findFirst();
    Optional<DatabaseState.Publication> publication =
        rows(
                PUBLICATION,
                row -> new DatabaseState.Publication(row.getBoolean(1)),
                Marks.TEXT,
                target.role(),
                target.publication())
            .stream()
            .findFirst();
    return rows(
            SERVER,
            row ->
                new DatabaseState(
                    server(row),
                    row.getString(9),
                    row.getString(10),
                    role,
                    mayConnect,
                    tables,
                    slot,
                    publication))
        .getFirst();
  }

  private static DatabaseState.Server server(ResultSet row) throws SQLException {
    return new DatabaseState.Server(
        row.getString(1),
        row.getBoolean(2),
        row.getString(3),
        Set.copyOf(strings(row.getArray(4))),
        row.getString(5),
        row.getInt(6),
        row.getInt(7),
        row.getString(8));
  }

  private Optional<DatabaseState.Table> table(WatchedTable watched, String grantee, boolean seesAll)
      throws SQLException {
    record Found(long oid, boolean filtered) {}
    Optional<Found> found =
        rows(
                TABLE,
                row -> new Found(row.getLong(1), row.getBoolean(2)),
                target.role(),
                watched.table().schema(),
                watched.table().table())
            .stream()
            .findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    long oid = found.get().oid();
    Set<String> read = new LinkedHashSet<>(watched.columns());
    if (target.children().contains(watched.table())) {
      rows(ROW_IDENTITY, row -> strings(row.getArray(1)), oid).forEach(read::addAll);
      // Two reads of the children prove by a common xmin that a row was there in between (I4).
      read.add("xmin");
      // An audit reads the children page by page.
      read.add("ctid");
    }
    return Optional.of(
        new DatabaseState.Table(
            rows(
                CLOSED_SCHEMAS,
                row -> row.getString(1),
                oid,
                texts(watched.columns()),
                grantee,
                oid),
            rows(UNREADABLE, row -> row.getString(1), oid, texts(read), grantee),
            found.get().filtered() && !seesAll));
  }

  private interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private <T> List<T> rows(String sql, RowMapper<T> mapper, Object... parameters)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setObject(i + 1, parameters[i]);
      }
      List<T> rows = new ArrayList<>();
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          rows.add(mapper.map(result));
        }
      }
      return rows;
    }
  }

  private Array texts(Set<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  private static List<String> strings(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
