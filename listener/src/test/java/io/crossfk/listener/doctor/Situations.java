package io.crossfk.listener.doctor;

import static io.crossfk.listener.doctor.Situation.in;

import io.crossfk.listener.finding.Subject;
import java.util.List;
import java.util.stream.Stream;

/** One for each finding, and one for each way to it that has a cure of its own. */
final class Situations {
  private static final String FILL_LOG =
      "do $$ begin for i in 1..4 loop perform pg_logical_emit_message(false, 'x', 'y');"
          + " perform pg_switch_wal(); end loop; end $$";
  private static final String OWN_SLOT =
      "select pg_create_logical_replication_slot('%slot%', 'pgoutput')";
  private static final String UNLISTED = "alter publication crossfk set table only orders";

  private Situations() {}

  static Stream<Situation> all() {
    return Stream.of(ofServers(), ofTables(), ofColumns(), ofRights(), ofPartitions(), ofWrites())
        .flatMap(List::stream);
  }

  private static List<Situation> ofServers() {
    return List.of(
        in("users", "a role that may not read the log", "alter role %role% noreplication")
            .error(Subject.LOG_ACCESS, "does not let role patient_"),
        in(
                "orders",
                "a slot of another kind has our name",
                "select pg_create_logical_replication_slot('%slot%', 'pgoutput', false, true)")
            .error(Subject.SLOT, "exists and cannot serve crossfk"),
        in("orders", "a slot that nobody reads", OWN_SLOT, FILL_LOG)
            .warning(Subject.SLOT, "of log, and nobody reads it: the disk fills"),
        in(
                "orders",
                "a slot that is about to be lost",
                OWN_SLOT,
                "alter system set max_slot_wal_keep_size = '16MB'",
                "select pg_reload_conf()",
                FILL_LOG)
            .warning(Subject.SLOT, "is lost at the next checkpoint"),
        in(
                "orders",
                "a slot that is lost",
                OWN_SLOT,
                "alter system set max_slot_wal_keep_size = '16MB'",
                "select pg_reload_conf()",
                FILL_LOG,
                "checkpoint")
            .warning(Subject.SLOT, "is lost (wal_removed)"),
        in(
                "users",
                "slots may hold back log without end",
                "alter system set max_slot_wal_keep_size = -1",
                "select pg_reload_conf()")
            .warning(Subject.WAL_KEEP, "lets a slot hold back log without end"),
        in("users", "no publication, and we may not make one", "drop publication crossfk")
            .error(Subject.PUBLICATION, "does not exist, and role"),
        in(
                "users",
                "a publication without deletes that is not ours",
                "alter publication crossfk set (publish = 'insert')")
            .error(Subject.PUBLICATION, "lacks what the rules need, and role"),
        in(
                "orders",
                "a publication that hides rows",
                "alter publication crossfk set table orders (id, user_id) where (id > 5)")
            .error(Subject.PUBLICATION, "lacks what the rules need"),
        in(
                "orders",
                "a publication without the table",
                "alter publication crossfk drop table orders")
            .version(14)
            .error(Subject.PUBLICATION, "lacks what the rules need"),
        in("users", "a role with few connections", "alter role %role% connection limit 4")
            .error(Subject.CONNECTIONS, "has a connection limit below the 6"),
        in(
                "users",
                "a database with few connections",
                "alter database %database% connection limit 4")
            .error(Subject.CONNECTIONS, "has a connection limit below the 6"),
        in(
                "users",
                "a transaction that was prepared and forgotten",
                "begin",
                "insert into users values (7)",
                "prepare transaction 'it''s open'")
            .warning(Subject.PREPARED_TRANSACTIONS, "neither committed nor rolled back"));
  }

  private static List<Situation> ofTables() {
    return List.of(
        in("users", "a table that is not there", "alter table users rename to userz")
            .error(Subject.TABLE, "did you mean \"userz\"?")
            .curedBy("alter table userz rename to users"),
        in(
                "users",
                "a view",
                "alter table users rename to people",
                "create view users as select * from people")
            .error(Subject.TABLE, "is a view, and the log has changes of")
            .curedBy("drop view users", "alter table people rename to users"),
        in(
                "users",
                "a foreign table",
                "alter table users rename to people",
                "create extension postgres_fdw",
                "create server far foreign data wrapper postgres_fdw",
                "create foreign table users (id int8) server far")
            .error(Subject.TABLE, "name the table in its own database")
            .curedBy("drop foreign table users", "alter table people rename to users"),
        in(
                "orders",
                "an unlogged table",
                "alter publication crossfk drop table orders",
                "alter table orders set unlogged")
            .error(Subject.LOGGED, "is unlogged, so its changes are not in the log"),
        in(
                "users",
                "a parent's key that is not unique",
                "alter publication crossfk set table only users",
                "alter table users replica identity full",
                "alter table users drop constraint users_pkey")
            .error(Subject.PARENT_UNIQUE, "no unique index, so several rows may have one key"),
        in(
                "orders",
                "a child's key without index",
                "drop index orders_user_id_idx",
                "insert into orders select g, g from generate_series(2, 20000) g",
                "analyze orders")
            .warning(Subject.CHILD_INDEX, "the planner puts each at a cost of 3"));
  }

  private static List<Situation> ofColumns() {
    return List.of(
        in("users", "a column that is not there", "alter table users rename column id to idd")
            .error(Subject.COLUMN, "did you mean \"idd\"?")
            .curedBy("alter table users rename column idd to id"),
        in(
                "orders",
                "a type that cannot be a key",
                UNLISTED,
                "alter table orders alter user_id type int8[] using array[user_id]")
            .error(Subject.KEY_TYPE, "which cannot be a key")
            .curedBy("alter table orders alter user_id type int8 using user_id[1]"),
        in(
                "orders",
                "types that do not compare",
                UNLISTED,
                "alter table orders alter user_id type uuid using null")
            .error(Subject.TYPES, "uuid and bigint do not compare; give both columns one type")
            .curedBy("alter table orders alter user_id type int8 using null"),
        in(
                "orders",
                "a column that is generated as it is read",
                "alter table orders drop column user_id cascade",
                "alter table orders add user_id int8 generated always as (id)")
            .error(Subject.GENERATED, "is generated as it is read, and never in the log")
            .curedBy(
                "alter table orders drop column user_id",
                "alter table orders add user_id int8 generated always as (id) stored",
                "create index on orders (user_id)"),
        in(
                "orders",
                "a generated column before PostgreSQL 18",
                "alter table orders drop column user_id",
                "alter table orders add user_id int8 generated always as (id) stored",
                "create index on orders (user_id)")
            .version(14)
            .error(Subject.GENERATED, "publishes no generated columns"));
  }

  private static List<Situation> ofRights() {
    return List.of(
        in("users", "columns that may not be read", "revoke select on users from %role%")
            .error(Subject.PRIVILEGES, "does not let role patient_"),
        in("orders", "a schema that may not be used", "revoke usage on schema public from public")
            .error(Subject.PRIVILEGES, "is in a schema that role patient_"),
        in("users", "row-level security", "alter table users enable row level security")
            .error(Subject.ROW_SECURITY, "may hide rows from role patient_"));
  }

  private static List<Situation> ofPartitions() {
    return List.of(
        in("orders", "a table that inherits", "create table old_orders () inherits (orders)")
            .error(Subject.PARTITIONS, "inherits from it and is published under its own name"),
        in(
                "orders",
                "a foreign partition",
                "drop table orders",
                "create table orders (id int8, user_id int8) partition by range (id)",
                "create table orders_1 partition of orders for values from (0) to (9)",
                "create index on orders (user_id)",
                "create extension postgres_fdw",
                "create server far foreign data wrapper postgres_fdw",
                "create foreign table orders_2 partition of orders for values from (9) to (99)"
                    + " server far",
                "alter table orders_1 replica identity full",
                "alter table orders replica identity full")
            .error(Subject.PARTITIONS, "has the foreign table public.orders_2 for a partition"),
        in(
                "orders",
                "an unlogged partition",
                "drop table orders",
                "create table orders (id int8 primary key, user_id int8) partition by range (id)",
                "create index on orders (user_id)",
                "create unlogged table orders_1 partition of orders for values from (0) to (9)")
            .error(Subject.PARTITIONS, "has the unlogged partition public.orders_1"),
        in(
                "orders",
                "partitions whose replica identity is not their table's",
                "drop table orders",
                "create table orders (id int8, user_id int8) partition by range (id)",
                "create index on orders (user_id)",
                "create table orders_1 partition of orders for values from (0) to (9)",
                "alter table orders replica identity full")
            .error(Subject.APPLICATION_WRITES, "has no replica identity")
            .and(Subject.REPLICA_IDENTITY));
  }

  /** What makes, or would make, the application's own statements fail. */
  private static List<Situation> ofWrites() {
    return List.of(
        in(
                "users",
                "a parent's key that is not in the log",
                "drop publication crossfk",
                "alter table users drop constraint users_pkey",
                "alter table users add serial_number int8 generated always as identity primary key",
                "create unique index users_id on users (id)")
            .error(Subject.REPLICA_IDENTITY, "the log of a DELETE would not tell which key went"),
        in(
                "orders",
                "a published table that lost its primary key",
                "alter table orders drop constraint orders_pkey")
            .error(Subject.APPLICATION_WRITES, "has no replica identity, so PostgreSQL refuses")
            .harmsTheApplication(),
        in(
                "orders",
                "a published table that lost its primary key",
                "alter table orders drop constraint orders_pkey")
            .version(14)
            .error(Subject.APPLICATION_WRITES, "has no replica identity, so PostgreSQL refuses")
            .harmsTheApplication(),
        in(
                "orders",
                "a list of columns beside REPLICA IDENTITY FULL",
                "alter table orders replica identity full")
            .error(Subject.APPLICATION_WRITES, "is published with a list of columns")
            .and(Subject.PUBLICATION)
            .harmsTheApplication(),
        in(
                "orders",
                "somebody's list of columns without the primary key",
                "create publication theirs for table orders (note)")
            .error(Subject.APPLICATION_WRITES, "lacks some of its replica identity [id]")
            .harmsTheApplication(),
        in(
                "orders",
                "somebody's row filter beyond the primary key",
                "create publication theirs for table orders where (user_id > 0)")
            .error(Subject.APPLICATION_WRITES, "a row filter on columns that are not in its")
            .harmsTheApplication(),
        in(
                "orders",
                "somebody's publication of all tables",
                "alter table orders replica identity nothing",
                "drop publication crossfk",
                "create publication theirs for all tables")
            .error(Subject.APPLICATION_WRITES, "(publication theirs)")
            .harmsTheApplication(),
        in(
                "orders",
                "FULL and a stored generated column that is not published",
                UNLISTED,
                "alter table orders add twice int8 generated always as (id * 2) stored",
                "alter table orders replica identity full")
            .error(Subject.APPLICATION_WRITES, "generated columns in its replica identity")
            .harmsTheApplication(),
        in(
                "orders",
                "FULL and a virtual generated column",
                UNLISTED,
                "alter table orders add twice int8 generated always as (id * 2)",
                "alter table orders replica identity full")
            .error(Subject.APPLICATION_WRITES, "generated columns in its replica identity")
            .harmsTheApplication(),
        in(
                "orders",
                "no replica identity, and not published yet",
                "drop publication crossfk",
                "alter table orders replica identity nothing")
            .error(Subject.APPLICATION_WRITES, "once its changes are published, PostgreSQL"),
        in(
                "orders",
                "FULL and a virtual generated column, not published yet",
                "drop publication crossfk",
                "alter table orders add twice int8 generated always as (id * 2)",
                "alter table orders replica identity full")
            .error(Subject.APPLICATION_WRITES, "once its changes are published, PostgreSQL"));
  }
}
