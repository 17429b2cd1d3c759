package io.crossfk.listener.cli;

import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * All that set-up could leave behind in a database and its server. A list of privileges that was
 * never written and the default written out are the same.
 */
final class ServerPicture {
  private static final List<String> QUERIES =
      List.of(
          "select 'publication', to_jsonb(p) - 'oid' from pg_publication p",
          "select 'published', pubname, schemaname, tablename from pg_publication_tables",
          "select 'slot', slot_name, plugin, database from pg_replication_slots",
          "select 'role', to_jsonb(r) - 'oid' from pg_roles r",
          "select 'member', roleid::regrole, member::regrole from pg_auth_members",
          "select 'depends', datname, classid::regclass, objid, refobjid::regrole, deptype"
              + " from pg_shdepend s left join pg_database d on d.oid = s.dbid"
              + " where refclassid = 'pg_authid'::regclass",
          "select 'database', datname, acls(coalesce(datacl, acldefault('d', datdba)))"
              + " from pg_database",
          "select 'schema', nspname, acls(coalesce(nspacl, acldefault('n', nspowner)))"
              + " from pg_namespace where nspname !~ '^pg_'",
          "select 'table', c.oid::regclass, relreplident, acls(coalesce(relacl,"
              + " acldefault('r', relowner)))"
              + " from pg_class c where relkind in ('r', 'p')",
          "select 'column', attrelid::regclass, attname, acls(attacl) from pg_attribute"
              + " where attacl is not null",
          "select 'comment', classoid::regclass, objoid, description from pg_shdescription"
              + " where classoid = 'pg_authid'::regclass",
          "select 'comment', objoid, description from pg_description"
              + " where classoid = 'pg_publication'::regclass");

  private ServerPicture() {}

  static List<String> of(PostgresServer server, String database) throws SQLException {
    List<String> picture = new ArrayList<>();
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create or replace function pg_temp.acls(aclitem[]) returns text language sql as"
              + " $$ select string_agg(x::text, ' ' order by x::text) from unnest($1) x $$");
      for (String query : QUERIES) {
        try (ResultSet rows =
            statement.executeQuery(
                "select q::text from ("
                    + query.replace("acls(", "pg_temp.acls(")
                    + ") q order by 1")) {
          while (rows.next()) {
            picture.add(rows.getString(1));
          }
        }
      }
    }
    return picture;
  }
}
