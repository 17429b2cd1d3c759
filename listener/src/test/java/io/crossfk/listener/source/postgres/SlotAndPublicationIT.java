package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.parent;
import static io.crossfk.listener.source.postgres.TestDatabase.table;
import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Set-up on real servers: what it does, what it refuses, and that the application never suffers.
 */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 18})
final class SlotAndPublicationIT {
  private static final String USERS =
      "create table users (id bigint primary key, email text not null unique, name text)";
  private static final String ORDERS =
      "create table orders (id bigint primary key, note text, user_id bigint)";

  @Parameter int version;

  private TestDatabase database;

  @BeforeEach
  void createDatabase() throws SQLException {
    database = TestDatabase.on(Servers.version(version));
  }

  @AfterEach
  void dropDatabase() throws SQLException {
    database.close();
  }

  @Test
  void aFreshDatabaseGetsPublicationAndSlotWithKeyColumnsOnly() throws SQLException {
    database.execute(USERS, ORDERS);
    SetupResult.Ready ready = ready(parent("users", "id"), watched("orders", "user_id"));
    assertThat(ready.publicationCreated()).isTrue();
    assertThat(ready.added()).containsExactlyInAnyOrder(table("users"), table("orders"));
    assertThat(ready.publishedAt()).isPresent();
    assertThat(ready.slot())
        .isInstanceOfSatisfying(
            SlotState.Created.class,
            slot -> assertThat(slot.consistentPoint()).isEqualTo(confirmed()));
    assertThat(published())
        .isEqualTo(version == 14 ? "orders, users" : "orders{id,user_id}, users{id}");
    assertThat(
            database.query(
                "select concat(pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,"
                    + " puballtables) from pg_publication"))
        .isEqualTo("tttttf");
    assertThat(ready.identity().version()).startsWith(String.valueOf(version));
  }

  @Test
  void theSecondTimeChangesNothing() throws SQLException {
    database.execute(USERS, ORDERS);
    ready(parent("users", "id"), watched("orders", "user_id"));
    SetupResult.Ready again = ready(parent("users", "id"), watched("orders", "user_id"));
    assertThat(again.executed()).isEmpty();
    assertThat(again.added()).isEmpty();
    assertThat(again.publishedAt()).isEmpty();
    assertThat(again.publicationCreated()).isFalse();
    assertThat(again.slot())
        .isInstanceOfSatisfying(
            SlotState.Existing.class,
            slot -> {
              assertThat(slot.confirmedFlush()).isEqualTo(confirmed());
              assertThat(slot.walStatus()).isEqualTo("reserved");
              assertThat(slot.active()).isFalse();
              assertThat(slot.lost()).isFalse();
            });
  }

  @Test
  void aSlotThatIsStillBeingMadeHasNoPositionAndIsWaitedFor() throws Exception {
    database.execute(USERS, ORDERS);
    try (Connection writer = database.connect();
        Connection maker = database.connect();
        Statement write = writer.createStatement();
        Statement make = maker.createStatement()) {
      writer.setAutoCommit(false);
      write.execute("insert into users (id, email) values (4711, 'x')");
      CompletableFuture<Boolean> made =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return make.execute(
                      "select pg_create_logical_replication_slot('"
                          + database.slot
                          + "', 'pgoutput')");
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
      await()
          .until(
              () ->
                  "1"
                      .equals(
                          database.query(
                              "select count(*) from pg_replication_slots where slot_name = '"
                                  + database.slot
                                  + "'")));

      assertThatThrownBy(() -> ready(parent("users", "id"), watched("orders", "user_id")))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("is still being made by process");

      writer.rollback();
      made.get(30, TimeUnit.SECONDS);
    }
    assertThat(ready(parent("users", "id"), watched("orders", "user_id")).slot())
        .isInstanceOfSatisfying(
            SlotState.Existing.class,
            slot -> assertThat(slot.confirmedFlush()).isEqualTo(confirmed()));
  }

  @Test
  void aNewRuleAddsItsTableAndItsColumnAndTellsSinceWhen() throws SQLException {
    database.execute(USERS, ORDERS);
    ready(watched("orders", "user_id"));
    SetupResult.Ready more = ready(parent("users", "id"), watched("orders", "user_id", "note"));
    assertThat(more.added())
        .contains(table("users"))
        .doesNotContain(version == 14 ? table("orders") : table("elsewhere"));
    assertThat(more.publishedAt()).isPresent();
    assertThat(published())
        .isEqualTo(version == 14 ? "orders, users" : "orders{id,note,user_id}, users{id}");
  }

  @Test
  void theApplicationGoesOnWhereverSetUpWentAhead() throws SQLException {
    database.execute(
        USERS,
        ORDERS,
        "create table whole (a int, b text)",
        "alter table whole replica identity full",
        "create table by_email (email text not null unique, n int)",
        "alter table by_email replica identity using index by_email_email_key",
        "create table parts (id int, region text, n int, primary key (id, region))"
            + " partition by list (region)",
        "create table parts_eu partition of parts for values in ('eu')",
        "create table parts_us partition of parts for values in ('us')",
        "alter table parts_us replica identity full");
    List<String> tables = List.of("users", "orders", "whole", "by_email", "parts");
    List<WatchedTable> watch =
        List.of(
            parent("users", "id"),
            watched("orders", "user_id"),
            parent("whole", "a"),
            watched("by_email", "n"),
            watched("parts", "n"));
    ready(watch.toArray(WatchedTable[]::new));
    database.execute(
        "insert into users values (1, 'a', 'b')",
        "insert into orders values (1, 'a', 1)",
        "insert into whole values (1, 'a')",
        "insert into by_email values ('a', 1)",
        "insert into parts values (1, 'eu', 1), (2, 'us', 1)",
        "update users set name = 'c'",
        "update orders set user_id = 2",
        "update whole set b = 'c'",
        "update by_email set n = 2",
        "update parts set region = case region when 'eu' then 'us' else 'eu' end");
    for (String table : tables) {
      database.execute("delete from " + table);
    }
    assertThat(published())
        .isEqualTo(
            version == 14
                ? "by_email, orders, parts, users, whole"
                : "by_email{email,n}, orders{id,user_id}, parts, users{id}, whole");
  }

  @Test
  void aTableWithoutReplicaIdentityIsRefusedWithItsCureAndStaysAlive() throws SQLException {
    database.execute(
        ORDERS,
        "create table keyless (n int, user_id int)",
        "create table unique_only (code text not null unique, user_id int)",
        "create table nothing (id int primary key, user_id int)",
        "alter table nothing replica identity nothing",
        "create table deferred (id int primary key deferrable, user_id int)");
    List<Refusal> refusals =
        refused(
            watched("orders", "user_id"),
            watched("keyless", "user_id"),
            watched("unique_only", "user_id"),
            watched("nothing", "user_id"),
            watched("deferred", "user_id"));
    assertThat(refusals)
        .extracting(Refusal::place)
        .containsExactly(
            "shop:public.keyless",
            "shop:public.unique_only",
            "shop:public.nothing",
            "shop:public.deferred");
    assertThat(refusals).allSatisfy(r -> assertThat(r.message()).contains("own UPDATE and DELETE"));
    assertThat(refusals)
        .extracting(Refusal::cureSql)
        .containsExactly(
            List.of("ALTER TABLE \"public\".\"keyless\" REPLICA IDENTITY FULL;"),
            List.of(
                "ALTER TABLE \"public\".\"unique_only\" REPLICA IDENTITY USING INDEX"
                    + " \"unique_only_code_key\";"),
            List.of("ALTER TABLE \"public\".\"nothing\" REPLICA IDENTITY DEFAULT;"),
            List.of("ALTER TABLE \"public\".\"deferred\" REPLICA IDENTITY FULL;"));
    assertThat(database.query("select count(*) from pg_publication")).isEqualTo("0");
    assertThat(slots()).isEqualTo("0");
    database.execute(
        "insert into keyless values (1, 1)",
        "update keyless set n = 2",
        "delete from keyless",
        "insert into nothing values (1, 1)",
        "update nothing set user_id = 2");
    for (Refusal refusal : refusals) {
      database.execute(refusal.cureSql().toArray(String[]::new));
    }
    ready(
        watched("orders", "user_id"),
        watched("keyless", "user_id"),
        watched("unique_only", "user_id"),
        watched("nothing", "user_id"),
        watched("deferred", "user_id"));
    database.execute(
        "insert into keyless values (1, 1)",
        "update keyless set n = 2",
        "delete from keyless",
        "update nothing set user_id = 3");
  }

  @Test
  void aParentKeyOutsideTheReplicaIdentityIsRefusedWithAConcreteIndex() throws SQLException {
    database.execute(
        USERS,
        "create table codes (id int primary key, code text unique)",
        "create table plain (id int primary key, code text)");
    List<Refusal> refusals =
        refused(parent("users", "email"), parent("codes", "code"), parent("plain", "code"));
    assertThat(refusals)
        .extracting(Refusal::cureSql)
        .containsExactly(
            List.of(
                "ALTER TABLE \"public\".\"users\" REPLICA IDENTITY USING INDEX"
                    + " \"users_email_key\";"),
            List.of(
                "ALTER TABLE \"public\".\"codes\" ALTER COLUMN \"code\" SET NOT NULL;",
                "ALTER TABLE \"public\".\"codes\" REPLICA IDENTITY USING INDEX"
                    + " \"codes_code_key\";"),
            List.of("ALTER TABLE \"public\".\"plain\" REPLICA IDENTITY FULL;"));
    assertThat(refusals.getFirst().message())
        .contains("the parent's key [email] not in the replica identity [id]");
    for (Refusal refusal : refusals) {
      database.execute(refusal.cureSql().toArray(String[]::new));
    }
    ready(parent("users", "email"), parent("codes", "code"), parent("plain", "code"));
  }

  @Test
  void aFullTableWithGeneratedColumnsIsRefusedWhereItsOwnUpdateWouldBe() throws SQLException {
    database.execute(
        "create table sums (a int primary key, code int,"
            + " b int generated always as (a * 2) stored)",
        "alter table sums replica identity full");
    if (version >= 18) {
      List<Refusal> refusals = refused(watched("sums", "a"));
      assertThat(refusals)
          .singleElement()
          .satisfies(
              refusal -> {
                assertThat(refusal.message())
                    .startsWith("has REPLICA IDENTITY FULL and generated columns [b]");
                assertThat(refusal.cureSql())
                    .containsExactly("ALTER TABLE \"public\".\"sums\" REPLICA IDENTITY DEFAULT;");
              });
      // FULL would be the cure of a parent's key elsewhere, and is none here.
      assertThat(refused(parent("sums", "code")))
          .flatExtracting(Refusal::cureSql)
          .noneMatch(sql -> sql.contains("FULL"));
      database.execute(refusals.getFirst().cureSql().toArray(String[]::new));
    }
    ready(watched("sums", "a"));
    database.execute("insert into sums values (1)", "update sums set a = 2", "delete from sums");
  }

  @Test
  void everyPartitionsReplicaIdentityCounts() throws SQLException {
    database.execute(
        "create table parts (id int, region text, n int, primary key (id, region))"
            + " partition by list (region)",
        "create table parts_eu partition of parts for values in ('eu')",
        "create table parts_us partition of parts for values in ('us')",
        "alter table parts_us replica identity nothing");
    List<Refusal> refusals = refused(watched("parts", "n"));
    assertThat(refusals)
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.message())
                  .startsWith("partition \"public\".\"parts_us\" has no replica");
              assertThat(refusal.cureSql())
                  .containsExactly("ALTER TABLE \"public\".\"parts_us\" REPLICA IDENTITY DEFAULT;");
            });
    database.execute(
        "alter table parts_us replica identity default", "alter table parts replica identity full");
    assertThat(refused(watched("parts", "n")))
        .singleElement()
        .satisfies(refusal -> assertThat(refusal.cureSql()).hasSize(2));
    database.execute("alter table parts replica identity default");
    ready(watched("parts", "n"));
    database.execute("insert into parts values (1, 'eu', 1)", "update parts set region = 'us'");
  }

  @Test
  void aPartitionAndItsRootAreNotWatchedTogether() throws SQLException {
    database.execute(
        "create table parts (id int, region text, n int, primary key (id, region))"
            + " partition by list (region)",
        "create table parts_eu partition of parts for values in ('eu')");
    assertThat(refused(watched("parts", "n"), watched("parts_eu", "n")))
        .singleElement()
        .satisfies(
            refusal -> assertThat(refusal.message()).contains("is a partition of public.parts"));
    ready(watched("parts_eu", "n"));
    database.execute("insert into parts values (1, 'eu', 1)", "delete from parts");
  }

  @Test
  void whatIsNoLoggedTableIsRefusedAndSoAreMissingColumnsAllAtOnce() throws SQLException {
    database.execute(
        USERS,
        "create unlogged table fast (id int primary key)",
        "create view seen as select * from users");
    assertThat(
            refused(
                parent("users", "idd"),
                watched("fast", "id"),
                watched("seen", "id"),
                watched("gone", "id")))
        .extracting(refusal -> refusal.place() + " " + refusal.message().split("[:;]")[0])
        .containsExactly(
            "shop:public.users has no column \"idd\"",
            "shop:public.fast is unlogged or temporary",
            "shop:public.seen is no table but a view",
            "shop:public.gone does not exist");
  }

  @Test
  void aGeneratedColumnNeedsVersion18() throws SQLException {
    database.execute(
        "create table orders (id int primary key, text_id text,"
            + " user_id int generated always as (length(text_id)) stored)");
    if (version < 18) {
      assertThat(refused(watched("orders", "user_id")))
          .singleElement()
          .satisfies(refusal -> assertThat(refusal.message()).contains("is generated"));
    } else {
      ready(watched("orders", "user_id"));
      assertThat(published()).isEqualTo("orders{id,user_id}");
    }
  }

  @Test
  void aPublicationMadeByOthersIsMended() throws SQLException {
    database.execute(
        USERS,
        ORDERS,
        "create table parts (id int primary key) partition by range (id)",
        "create table parts_1 partition of parts for values from (1) to (9)",
        "create publication "
            + database.slot
            + " for table orders, parts with (publish = 'insert')");
    if (version >= 15) {
      database.execute(
          "alter publication " + database.slot + " set table orders where (id > 5), parts");
    }
    SetupResult.Ready ready =
        ready(parent("users", "id"), watched("orders", "user_id"), watched("parts", "id"));
    assertThat(ready.publicationCreated()).isFalse();
    assertThat(ready.added()).hasSize(3);
    assertThat(published())
        .isEqualTo(version == 14 ? "orders, parts, users" : "orders{id,user_id}, parts, users{id}");
    assertThat(
            database.query(
                "select concat(pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot)"
                    + " from pg_publication"))
        .isEqualTo("ttttt");
  }

  @Test
  void tablesOfOthersInThePublicationAreNotPutAtRisk() throws SQLException {
    database.execute(
        ORDERS,
        "create table keyless (n int)",
        "insert into keyless values (1)",
        "create publication "
            + database.slot
            + " for table orders, keyless with (publish = 'insert')");
    assertThat(refused(watched("orders", "user_id")))
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.message()).contains("keyless");
              assertThat(refusal.cureSql()).hasSize(1);
            });
    database.execute("update keyless set n = 2");
  }

  @Test
  void aListOfColumnsOnAFullTableIsTakenAway() throws SQLException {
    assumeTrue(version >= 15);
    database.execute(
        ORDERS,
        "create publication " + database.slot + " for table orders (id, user_id, note)",
        "insert into orders values (1, 'a', 1)",
        "alter table orders replica identity full");
    ready(watched("orders", "user_id"));
    database.execute("update orders set user_id = 2", "delete from orders");
    assertThat(published()).isEqualTo("orders");
  }

  @Test
  void anAllTablesPublicationOfOthersIsGoodEnough() throws SQLException {
    database.execute(
        ORDERS,
        "create table parts (id int primary key) partition by range (id)",
        "create table parts_1 partition of parts for values from (1) to (9)",
        "create publication " + database.slot + " for all tables");
    SetupResult.Ready ready = ready(watched("orders", "user_id"), watched("parts", "id"));
    assertThat(ready.executed()).hasSize(2).first().asString().contains("via_partition_root");
  }

  @Test
  void aRoleThatMayNotIsToldTheSqlForThoseWhoMay() throws SQLException {
    database.execute(USERS, ORDERS);
    String role = "reader_" + database.name;
    database.execute("create role " + role + " login password 'secret'");
    SlotAndPublication setup =
        new SlotAndPublication(database.addressAs(role, "secret"), database.slot, database.slot);
    List<Refusal> refusals =
        ((SetupResult.Refused) setup.prepare(List.of(watched("orders", "user_id")))).refusals();
    assertThat(refusals).hasSize(2);
    assertThat(refusals.get(0).cureSql())
        .containsExactly("ALTER ROLE \"" + role + "\" REPLICATION;");
    assertThat(refusals.get(1).message())
        .contains("may not create one in this database")
        .contains("only an owner of public.orders");
    for (Refusal refusal : refusals) {
      database.execute(refusal.cureSql().toArray(String[]::new));
    }
    assertThat(setup.prepare(List.of(watched("orders", "user_id"))))
        .isInstanceOf(SetupResult.Ready.class);
    SetupResult more = setup.prepare(List.of(watched("orders", "user_id"), parent("users", "id")));
    Refusal owner = ((SetupResult.Refused) more).refusals().getFirst();
    assertThat(owner.message()).contains("does not own it").contains("public.users");
    database.execute(owner.cureSql().toArray(String[]::new));
    assertThat(setup.prepare(List.of(watched("orders", "user_id"), parent("users", "id"))))
        .isInstanceOf(SetupResult.Ready.class);

    RecordingSink sink = new RecordingSink();
    try (PostgresSource source =
        new PostgresSource(
            database.settings(
                database.addressAs(role, "secret"),
                confirmed(),
                StreamLimits.DEFAULT,
                watched("orders", "user_id")),
            sink)) {
      source.start();
      database.execute("insert into orders values (1, 'a', 42)");
      assertThat(sink.storyOf(1)).contains("insert orders(user_id=42)");
    }
  }

  @Test
  void aForeignSlotOfOurNameIsNeverTouched() throws SQLException {
    database.execute(
        ORDERS,
        "select pg_create_logical_replication_slot('" + database.slot + "', 'test_decoding')");
    assertThat(refused(watched("orders", "user_id")))
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.message()).contains("\"test_decoding\"");
              assertThat(refusal.cureSql().getFirst()).contains("pg_drop_replication_slot");
            });
    assertThat(slots()).isEqualTo("1");
  }

  @Test
  void aTransactionThatRunsForEverIsNamedAndNotWaitedForForEver() throws SQLException {
    database.execute(ORDERS);
    SlotAndPublication setup =
        new SlotAndPublication(
            database.address(), database.slot, database.slot, Duration.ofMillis(500));
    try (Connection writer = database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("set application_name = 'the old report'");
      statement.execute("insert into orders values (1)");
      assertThat(setup.prepare(List.of(watched("orders", "user_id"))))
          .isInstanceOfSatisfying(
              SetupResult.Refused.class,
              refused ->
                  assertThat(refused.refusals().getFirst().message()).contains("the old report"));
      assertThat(slots()).isEqualTo("0");
      writer.rollback();
    }
    assertThat(setup.prepare(List.of(watched("orders", "user_id"))))
        .isInstanceOf(SetupResult.Ready.class);
  }

  @Test
  void aLockedTableIsNotWaitedForForEver() throws SQLException {
    database.execute(ORDERS);
    try (Connection writer = database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("lock table orders");
      assertThat(refused(watched("orders", "user_id")))
          .singleElement()
          .satisfies(refusal -> assertThat(refusal.message()).contains("lock timeout"));
      writer.rollback();
    }
  }

  @Test
  void thePlanOnlyReads() throws SQLException {
    database.execute(ORDERS);
    SlotAndPublication.Plan plan = setup().plan(List.of(watched("orders", "user_id")));
    assertThat(plan.refusals()).isEmpty();
    assertThat(plan.statements()).hasSize(2);
    assertThat(slots()).isEqualTo("0");
    database.execute(plan.statements().toArray(String[]::new));
    assertThat(ready(watched("orders", "user_id")).executed()).isEmpty();
  }

  @Test
  void strangeNamesAreQuoted() throws SQLException {
    database.execute("create table \"Ürün \"\" order\" (\"Id\" int primary key, \"user id\" int)");
    ready(watched("Ürün \" order", "Id", "user id"));
    assertThat(published())
        .isEqualTo(version == 14 ? "Ürün \" order" : "Ürün \" order{Id,user id}");
  }

  private SlotAndPublication setup() {
    return new SlotAndPublication(database.address(), database.slot, database.slot);
  }

  private SetupResult.Ready ready(WatchedTable... tables) throws SQLException {
    SetupResult result = setup().prepare(List.of(tables));
    assertThat(result).isInstanceOf(SetupResult.Ready.class);
    return (SetupResult.Ready) result;
  }

  private List<Refusal> refused(WatchedTable... tables) throws SQLException {
    SetupResult result = setup().prepare(List.of(tables));
    assertThat(result).isInstanceOf(SetupResult.Refused.class);
    return ((SetupResult.Refused) result).refusals();
  }

  private Position confirmed() {
    try {
      return database.confirmed();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private String slots() throws SQLException {
    return String.valueOf(
        database.query(
            "select count(*) from pg_replication_slots where database = current_database()"));
  }

  /** Tables with their lists of columns, if they have one. */
  private String published() throws SQLException {
    return String.valueOf(
        database.query(
            version == 14
                ? "select string_agg(tablename, ', ' order by tablename) from pg_publication_tables"
                : "select string_agg(c.relname || coalesce((select '{' || string_agg(a.attname, ','"
                    + " order by a.attname) || '}' from pg_attribute a where a.attrelid = c.oid"
                    + " and a.attnum = any (r.prattrs::int2[])), ''), ', ' order by c.relname)"
                    + " from pg_publication_rel r join pg_class c on c.oid = r.prrelid"));
  }
}
