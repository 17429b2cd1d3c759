package io.crossfk.listener.catalog;

/**
 * The questions to a catalogue, for PostgreSQL 14 to 18. None but {@link #SIZES} waits for a lock
 * on a table; a predicate of a partial index may since PostgreSQL 17.
 */
final class CatalogSql {
  /** Before anything else: all that follows runs in the same read-only transaction. */
  static final String SESSION =
      """
      select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),
        pg_catalog.set_config('statement_timeout', ?, true),
        pg_catalog.set_config('lock_timeout', ?, true)\
      """;

  static final String VERSION =
      "select current_setting('server_version_num')::int, current_setting('server_version')";

  static final String SERVER =
      """
      select s.system_identifier || ' ' || extract(epoch from pg_postmaster_start_time()) instance,
        current_database() database,
        pg_is_in_recovery() in_recovery,
        current_setting('wal_level') wal_level,
        quote_ident(current_user) role_sql,
        r.rolsuper or r.rolreplication replication,
        (select pg_has_role(rds.oid, 'MEMBER') from pg_roles rds
          where rds.rolname = 'rds_replication') rds_replication,
        current_setting('max_replication_slots')::int most_slots,
        current_setting('max_wal_senders')::int most_senders,
        (select count(*)::int from pg_stat_replication) senders
      from pg_control_system() s, pg_roles r
      where r.rolname = current_user\
      """;

  static final String SLOTS =
      """
      select slot_name::text name, database::text database, active,
        slot_name = ? ours
      from pg_replication_slots order by slot_name\
      """;

  static final String SCHEMAS =
      """
      select nspname::text from pg_namespace
      where nspname not in ('pg_catalog', 'information_schema')
        and nspname !~ '^pg_(toast|temp_|toast_temp_)'\
      """;

  /** Two arrays: schemas and tables. */
  static final String TABLES =
      """
      select c.oid, n.nspname::text schema_name, c.relname::text table_name,
        quote_ident(n.nspname) schema_sql,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) sql,
        c.relkind::text kind, c.relpersistence::text persistence,
        has_schema_privilege(n.oid, 'USAGE') schema_usable,
        case when c.relkind in ('r', 'p')
          then has_column_privilege(c.oid, 'xmin', 'SELECT') else false end version_readable,
        case when c.relkind in ('r', 'p')
          then has_column_privilege(c.oid, 'ctid', 'SELECT') else false end place_readable,
        row_security_active(c.oid) filtered,
        array(select coalesce(a.attname::text, '')
          from pg_partitioned_table p,
            unnest(p.partattrs::int2[]) with ordinality k(attnum, i)
            left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
          where p.partrelid = c.oid order by k.i) partition_key
      from unnest(?::text[], ?::text[]) w(schema_name, table_name)
      join pg_namespace n on n.nspname = w.schema_name
      join pg_class c on c.relnamespace = n.oid and c.relname = w.table_name
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')\
      """;

  static final String COLUMNS =
      """
      with recursive a as (
        select * from pg_attribute
        where attrelid = any (?::oid[]) and attnum > 0 and not attisdropped
      ), t(own, base) as (
        select distinct atttypid, atttypid from a
        union all
        select t.own, y.typbasetype from t join pg_type y on y.oid = t.base and y.typtype = 'd'
      )
      select a.attrelid, a.attname::text column_name, quote_ident(a.attname) sql,
        has_column_privilege(a.attrelid, a.attnum, 'SELECT') readable,
        a.attgenerated::text generated,
        format_type(a.atttypid, a.atttypmod) shown,
        n.nspname::text type_schema, y.typname::text type_name, y.typtype::text type_kind,
        quote_ident(n.nspname) type_schema_sql,
        has_schema_privilege(n.oid, 'USAGE') type_schema_usable,
        y.typname = 'citext' and exists (
          select from pg_depend d join pg_extension x on x.oid = d.refobjid
          where d.classid = 'pg_type'::regclass and d.objid = y.oid
            and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
            and x.extname = 'citext') citext,
        coalesce(l.collisdeterministic, true) deterministic
      from a
      join t on t.own = a.atttypid
      join pg_type y on y.oid = t.base and y.typtype <> 'd'
      join pg_namespace n on n.oid = y.typnamespace
      left join pg_collation l on l.oid = a.attcollation
      order by a.attrelid, a.attnum\
      """;

  static final String INDEXES =
      """
      select i.indrelid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) sql,
        i.indisunique, i.indimmediate, i.indisprimary, i.indisreplident,
        i.indisvalid and i.indisready and i.indislive valid,
        pg_get_expr(i.indpred, i.indrelid) predicate,
        m.amname::text method,
        array(select coalesce(a.attname::text, '')
          from generate_series(0, i.indnkeyatts - 1) k
          left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k]
          order by k) columns,
        not exists (select from generate_series(0, i.indnkeyatts - 1) k
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k]
          where a.attcollation <> i.indcollation[k]) collated
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_am m on m.oid = c.relam
      where i.indrelid = any (?::oid[])
      order by i.indrelid, c.relname\
      """;

  static final String MEMBERS =
      """
      with recursive m(root, member) as (
        select inhparent, inhrelid from pg_inherits where inhparent = any (?::oid[])
        union
        select m.root, i.inhrelid from m join pg_inherits i on i.inhparent = m.member
      )
      select m.root, quote_ident(n.nspname) || '.' || quote_ident(c.relname) sql,
        c.relkind::text kind, c.relpersistence::text persistence
      from m join pg_class c on c.oid = m.member join pg_namespace n on n.oid = c.relnamespace
      order by m.root, n.nspname, c.relname\
      """;

  static final String ANCESTORS =
      """
      with recursive p(leaf, ancestor) as (
        select i.inhrelid, i.inhparent from pg_inherits i
        join pg_class c on c.oid = i.inhrelid and c.relispartition
        where i.inhrelid = any (?::oid[])
        union
        select p.leaf, i.inhparent from p join pg_inherits i on i.inhrelid = p.ancestor
      )
      select p.leaf, n.nspname::text schema_name, c.relname::text table_name
      from p join pg_class c on c.oid = p.ancestor join pg_namespace n on n.oid = c.relnamespace
      order by p.leaf, n.nspname, c.relname\
      """;

  /** Two arrays: schemas whose tables are wanted, and tables' names wanted in any schema. */
  static final String NEIGHBOURS =
      """
      select n.nspname::text schema_name, c.relname::text table_name
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p')
        and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
        and (n.nspname = any (?::text[]) or c.relname = any (?::text[]))\
      """;

  static final String SIZES =
      """
      with recursive m(root, member) as (
        select o, o from unnest(?::oid[]) o
        union
        select m.root, i.inhrelid from m join pg_inherits i on i.inhparent = m.member
      )
      select root, pg_size_pretty(sum(pg_table_size(member))) size from m group by root\
      """;

  private CatalogSql() {}
}
