package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.parent;
import static io.crossfk.listener.source.postgres.TestDatabase.table;
import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What differs in a table's print, and what does not; read by a role that may read the key columns
 * and nothing else.
 */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 15, 18})
final class TablePrintsIT {
  private static final String SCHEMA =
      """
      create table users (id bigint primary key, email text not null unique, name text);
      create table orders (id bigint primary key, user_id bigint, other_id bigint, note text);
      create table parts (id bigint, region text, user_id bigint, primary key (id, region))
        partition by list (region);
      create table parts_eu partition of parts for values in ('eu');
      create table parts_us partition of parts for values in ('us') partition by range (id);
      create table parts_us1 partition of parts_us for values from (0) to (1000);
      create table parts_asia (like parts including all);
      insert into orders select g, g, g from generate_series(1, 10) g;
      insert into parts select g, 'eu', g from generate_series(1, 10) g;
      create table elsewhere (id bigint primary key);
      """;

  @Parameter int version;

  private TestDatabase database;
  private String role;
  private SlotAndPublication catalogue;
  private final List<WatchedTable> tables =
      List.of(
          parent("users", "id"),
          watched("orders", "user_id", "other_id"),
          watched("parts", "user_id"));

  @BeforeEach
  void createDatabase() throws SQLException {
    database = TestDatabase.on(Servers.version(version));
    role = "prober_" + database.name;
    database.execute(
        SCHEMA,
        "create role " + role + " login password 'p'",
        "grant select (id, email) on users to " + role,
        "grant select (id, user_id, other_id) on orders to " + role,
        "grant select (id, user_id) on parts to " + role);
    catalogue = new SlotAndPublication(database.addressAs(role, "p"), database.slot, database.slot);
  }

  @AfterEach
  void dropDatabase() throws SQLException {
    database.execute("drop owned by " + role);
    database.close();
    database.server.execute("postgres", "drop role " + role);
  }

  private Map<TableReference, String> prints() throws SQLException {
    return catalogue.prints(tables).prints();
  }

  /** Column lists from PostgreSQL 15 on, as crossfk writes them. */
  private void publishKeys() throws SQLException {
    String tables =
        version < 15
            ? "users, orders, parts"
            : "users (id), orders (id, user_id, other_id), parts (id, region, user_id)";
    database.execute(
        "create publication "
            + database.slot
            + " for table "
            + tables
            + " with (publish_via_partition_root = true)");
  }

  /**
   * The statements change the prints of these tables and of no other; a few together are what
   * happened between two readings.
   */
  private void changes(String tables, String... statements) throws SQLException {
    Set<TableReference> expected = new LinkedHashSet<>();
    for (String name : tables.isEmpty() ? new String[0] : tables.split(" ", -1)) {
      expected.add(table(name));
    }
    Map<TableReference, String> before = prints();
    database.execute(statements);
    Map<TableReference, String> after = prints();
    assertThat(after.keySet()).isEqualTo(before.keySet());
    Set<TableReference> changed = new LinkedHashSet<>(after.keySet());
    changed.removeIf(table -> Objects.equals(after.get(table), before.get(table)));
    assertThat(changed).as(String.join("; ", statements)).isEqualTo(expected);
  }

  @Test
  void partitionsThatComeOrGoOrAreWrittenAnewDiffer() throws SQLException {
    publishKeys();
    changes("parts", "truncate parts_eu");
    changes("parts", "truncate parts_us1");
    changes("parts", "alter table parts detach partition parts_eu");
    changes("", "truncate parts_eu");
    changes("parts", "alter table parts attach partition parts_eu for values in ('eu')");
    changes(
        "parts",
        "alter table parts detach partition parts_eu",
        "insert into parts_eu values (99, 'eu', 99)",
        "truncate parts_asia",
        "alter table parts attach partition parts_asia for values in ('eu')");
    changes("parts", "create table parts_africa partition of parts for values in ('africa')");
    changes("parts", "drop table parts_us");
    changes("parts", "alter table parts_africa replica identity full");
    changes(
        "parts",
        "alter table parts_africa alter user_id set not null",
        "create unique index parts_africa_other on parts_africa (id, region, user_id)",
        "alter table parts_africa replica identity using index parts_africa_other");
    changes("parts", "alter table parts_africa replica identity using index parts_africa_pkey");
  }

  @Test
  void tablesThatAreAnotherOrGoneDiffer() throws SQLException {
    publishKeys();
    changes("orders", "alter table orders rename to purchases");
    changes("orders", "alter table purchases rename to orders");
    changes(
        "", // The log tells what is written meanwhile, by the table's oid.
        "alter table orders rename to purchases",
        "insert into purchases values (77, 77)",
        "alter table purchases rename to orders");
    changes(
        "orders",
        "alter table orders rename to purchases",
        "create table orders (like purchases including all)");
    changes("orders", "drop table orders");
    changes("users", "create schema away", "alter table users set schema away");
  }

  @Test
  void whatThePublicationTellsDiffers() throws SQLException {
    publishKeys();
    String publication = "alter publication " + database.slot;
    changes("orders", publication + " drop table orders");
    changes("orders", publication + " add table orders");
    changes("orders", publication + " drop table orders", publication + " add table orders");
    if (version >= 15) {
      changes(
          "orders",
          publication
              + " set table users (id), parts (id, region, user_id), orders where (id > 5)");
      changes(
          "orders",
          publication + " set table users (id), parts (id, region, user_id), orders (id, user_id)");
      changes(
          "orders",
          publication
              + " set table users (id), parts (id, region, user_id), orders (id, other_id)");
    }
    changes("users orders parts", publication + " set (publish = 'insert')");
    changes(
        "users orders parts",
        publication + " set table users, orders, parts",
        publication + " set (publish = 'insert, update, delete, truncate')",
        publication + " set (publish_via_partition_root = false)");
    changes("users orders parts", "drop publication " + database.slot);
    publishKeys();
    changes(
        "users orders parts",
        "drop publication " + database.slot,
        "create publication " + database.slot + " for table users, orders, parts");
    changes(
        "users orders parts",
        "drop publication " + database.slot,
        "create publication " + database.slot + " for all tables");
    if (version >= 15) {
      changes(
          "users orders parts",
          "drop publication " + database.slot,
          "create publication " + database.slot + " for tables in schema public");
      changes(
          "users orders parts",
          publication + " drop tables in schema public",
          publication + " add tables in schema public");
    }
  }

  @Test
  void columnsThatMeanSomethingElseDiffer() throws SQLException {
    // No list of columns keeps anybody from changing them.
    database.execute(
        "create publication "
            + database.slot
            + " for all tables with (publish_via_partition_root = true)");
    changes("orders", "alter table orders rename user_id to owner_id");
    changes("orders", "alter table orders rename owner_id to user_id");
    changes(
        "orders",
        "alter table orders rename user_id to between_names",
        "alter table orders rename other_id to user_id",
        "alter table orders rename between_names to other_id");
    changes("orders", "alter table orders alter user_id type integer");
    changes("orders", "alter table orders alter user_id type text");
    changes("orders", "alter table orders alter user_id type text collate \"C\"");
    changes("orders", "alter table orders alter user_id type varchar(10)");
    changes("orders", "alter table orders alter user_id type varchar(10) using '7'");
    changes(
        "orders", "alter table orders drop user_id", "alter table orders add user_id varchar(10)");
    changes("orders", "alter table orders drop user_id");
  }

  @Test
  void whatTheLogTellsOfOldRowsDiffers() throws SQLException {
    publishKeys();
    changes("users", "alter table users replica identity nothing");
    changes("users", "alter table users replica identity full");
    changes("users", "alter table users replica identity using index users_pkey");
    changes("users", "alter table users replica identity using index users_email_key");
    changes("users", "alter table users replica identity default");
    changes("users", "alter table users drop constraint users_pkey");
  }

  @Test
  void whatWeMayReadDiffers() throws SQLException {
    publishKeys();
    changes("orders", "revoke select (user_id) on orders from " + role);
    changes("orders", "grant select (user_id) on orders to " + role);
    changes(
        "orders", "revoke select (id) on orders from " + role, "grant select on orders to " + role);
    changes("orders", "revoke select on orders from " + role);
    changes("orders", "grant select (user_id, other_id) on orders to " + role);
    changes("orders", "grant select on orders to " + role);
    changes("users", "alter table users enable row level security");
    changes("users", "alter table users disable row level security");
    changes(
        "users orders parts",
        "revoke usage on schema public from public",
        "create table made_meanwhile (n int)");
  }

  @Test
  void whatDoesNotConcernTheRulesDoesNotDiffer() throws SQLException {
    publishKeys();
    noHarm();
    String publication = "alter publication " + database.slot;
    changes("", publication + " add table elsewhere");
    changes("", publication + " drop table elsewhere");
    if (version >= 15) {
      // A list of columns keeps these as they are; what another role may read is its own affair.
      changes("", "grant select (user_id) on orders to pg_monitor");
      changes("", "alter table orders alter user_id set statistics 500");
    }
  }

  @Test
  void norDoesItWhereAllIsPublished() throws SQLException {
    database.execute(
        "alter table orders replica identity full",
        "create publication "
            + database.slot
            + " for all tables with (publish_via_partition_root = true)");
    noHarm();
  }

  private void noHarm() throws SQLException {
    changes("");
    changes(
        "",
        "insert into users select g, g from generate_series(1, 1000) g",
        "update orders set user_id = 7",
        "delete from orders where id < 5",
        "insert into parts select g, 'eu', g from generate_series(1000, 2000) g");
    changes("", "truncate users, orders");
    changes("", "vacuum users", "vacuum full orders", "vacuum freeze parts", "analyze");
    changes("", "cluster orders using orders_pkey");
    changes("", "alter table orders add column more text default gen_random_uuid()::text");
    changes("", "alter table orders rename column more to less");
    changes("", "alter table orders drop column less");
    changes("", "alter table users alter name type varchar(100)");
    changes("", "alter table parts add column more int");
    changes("", "create index on orders (user_id)", "create index on parts (user_id)");
    changes("", "create unique index orders_note on orders (note)", "drop index orders_note");
    changes("", "reindex table concurrently users");
    changes("", "alter table orders add constraint positive check (id > 0)");
    changes(
        "",
        "create trigger t before update on users for each row execute function"
            + " suppress_redundant_updates_trigger()");
    changes("", "comment on table users is 'people'", "comment on column users.id is 'number'");
    changes("", "grant select on users to pg_monitor", "alter table users set (fillfactor = 50)");
    changes("", "create publication another_" + database.slot + " for table users, orders");
    changes("", "create statistics s on user_id, other_id from orders", "analyze orders");
    changes(
        "",
        "vacuum full pg_publication_rel",
        "vacuum full pg_publication",
        "vacuum full pg_class",
        "vacuum full pg_attribute",
        "vacuum freeze pg_publication_rel",
        "vacuum freeze pg_publication");
  }

  @Test
  void theEndOfTheLogIsReadAfterTheCatalogue() throws SQLException {
    Position before = database.position("select pg_current_wal_insert_lsn()");
    TablePrints prints = catalogue.prints(tables);
    Position after = database.position("select pg_current_wal_insert_lsn()");
    assertThat(prints.logEnd()).isBetween(before, after);
    assertThat(prints.prints()).containsOnlyKeys(table("users"), table("orders"), table("parts"));
  }
}
