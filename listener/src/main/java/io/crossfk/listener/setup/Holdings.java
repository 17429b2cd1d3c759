package io.crossfk.listener.setup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a role holds.
 *
 * @param revokes statements that take its privileges in this database back
 * @param others what else depends on it in this database, for people
 * @param elsewhere other databases of the server in which it holds something
 */
record Holdings(List<String> revokes, List<String> others, List<String> elsewhere) {
  Holdings {
    revokes = List.copyOf(revokes);
    others = List.copyOf(others);
    elsewhere = List.copyOf(elsewhere);
  }

  private static final String REVOKES =
      """
      with me as (select oid, rolname from pg_roles where rolname = ?),
      held(place, what, name, privilege, ord) as (
        select 1, case c.relkind when 'S' then 'SEQUENCE' else 'TABLE' end,
          format('%I.%I', n.nspname, c.relname),
          x.privilege_type || ' ('
            || string_agg(quote_ident(a.attname), ', ' order by a.attnum < 0, a.attnum) || ')',
          x.privilege_type
        from me, pg_attribute a join pg_class c on c.oid = a.attrelid
          join pg_namespace n on n.oid = c.relnamespace, aclexplode(a.attacl) x
        where x.grantee = me.oid and x.grantee <> c.relowner
        group by c.relkind, n.nspname, c.relname, x.privilege_type
        union all
        select 1, case c.relkind when 'S' then 'SEQUENCE' else 'TABLE' end,
          format('%I.%I', n.nspname, c.relname), x.privilege_type, x.privilege_type
        from me, pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) x
        where x.grantee = me.oid and x.grantee <> c.relowner
        union all
        select 2, 'SCHEMA', quote_ident(n.nspname), x.privilege_type, x.privilege_type
        from me, pg_namespace n, aclexplode(n.nspacl) x
        where x.grantee = me.oid and x.grantee <> n.nspowner
        union all
        select 3, 'DATABASE', quote_ident(d.datname), x.privilege_type, x.privilege_type
        from me, pg_database d, aclexplode(d.datacl) x
        where x.grantee = me.oid and x.grantee <> d.datdba and d.datname = current_database())
      select format('REVOKE %s ON %s %s FROM %I;',
        string_agg(privilege, ', ' order by ord), what, name, (select rolname from me))
      from held group by place, what, name order by place, name\
      """;

  private static final String OTHERS =
      """
      select distinct pg_describe_object(s.classid, s.objid, 0)
      from pg_shdepend s join pg_database d on d.oid = s.dbid and d.datname = current_database()
      where s.refclassid = 'pg_authid'::regclass
        and s.refobjid = (select oid from pg_roles where rolname = ?)
        and not (s.deptype = 'a' and s.classid in ('pg_class'::regclass, 'pg_namespace'::regclass))
        and not (s.classid = 'pg_publication'::regclass
          and s.objid = (select oid from pg_publication where pubname = ?))
      order by 1\
      """;

  private static final String ELSEWHERE =
      """
      select distinct d.datname::text
      from pg_shdepend s join pg_database d
        on d.oid = case when s.dbid <> 0 then s.dbid
                        when s.classid = 'pg_database'::regclass then s.objid end
      where s.refclassid = 'pg_authid'::regclass
        and s.refobjid = (select oid from pg_roles where rolname = ?)
        and d.datname <> current_database()
      order by 1\
      """;

  static Holdings read(Connection connection, String role, String publication) throws SQLException {
    return new Holdings(
        texts(connection, REVOKES, role),
        texts(connection, OTHERS, role, publication),
        texts(connection, ELSEWHERE, role));
  }

  private static List<String> texts(Connection connection, String sql, String... parameters)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        query.setString(i + 1, parameters[i]);
      }
      List<String> texts = new ArrayList<>();
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          texts.add(result.getString(1));
        }
      }
      return texts;
    }
  }
}
