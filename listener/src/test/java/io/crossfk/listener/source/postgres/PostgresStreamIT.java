package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Change;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL, then what the log says of it. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 18})
final class PostgresStreamIT {
  private static final String ORDERS =
      "create table orders (id bigint primary key, note text, user_id bigint)";

  @Parameter int version;

  private final RecordingSink sink = new RecordingSink();
  private @Nullable PostgresSource source;
  private TestDatabase database;

  @BeforeEach
  void createDatabase() throws SQLException {
    database = TestDatabase.on(Servers.version(version));
  }

  @AfterEach
  void close() throws SQLException {
    if (source != null) {
      source.close();
    }
    database.close();
    assertThat(sink.faults).isEmpty();
  }

  @Test
  void insertsUpdatesAndDeletesComeInTheirTransactions() throws SQLException {
    stream(ORDERS, "orders", watched("orders", "id", "user_id"));
    Instant before = Instant.now().minusSeconds(5);
    database.execute(
        "insert into orders values (1, 'a', 42), (2, 'b', null)",
        "begin; update orders set note = 'c' where id = 1;"
            + " update orders set id = 3, user_id = 43 where id = 1;"
            + " delete from orders where id = 2; commit");
    assertThat(sink.storyOf(2))
        .containsExactly(
            "begin",
            "insert orders(id=1, user_id=42)",
            "insert orders(id=2, user_id=null)",
            "commit",
            "begin",
            "update orders(id=1, user_id=42)",
            "update orders(id=1, user_id=null) -> orders(id=3, user_id=43)",
            "delete orders(id=2, user_id=null)",
            "commit");
    Change.Begin begin = (Change.Begin) sink.changes().getFirst();
    assertThat(begin.committedAt()).isBetween(before, Instant.now().plusSeconds(5));
    Change.Commit commit = (Change.Commit) sink.changes().get(3);
    assertThat(commit.end()).isGreaterThan(begin.finalPosition());
    assertThat(commit.end()).isLessThanOrEqualTo(database.position("select pg_current_wal_lsn()"));
  }

  @Test
  void aWholeOldRowComesUnderReplicaIdentityFull() throws SQLException {
    stream(
        ORDERS + "; alter table orders replica identity full",
        "orders",
        watched("orders", "id", "user_id"));
    database.execute(
        "insert into orders values (1, 'a', 42)",
        "update orders set user_id = 43",
        "delete from orders");
    assertThat(sink.storyOf(3))
        .contains(
            "update orders(id=1, user_id=42) -> orders(id=1, user_id=43)",
            "delete orders(id=1, user_id=43) whole");
  }

  @Test
  void whatIsRolledBackNeverComesAndSavepointsCountNet() throws SQLException {
    stream(ORDERS, "orders", watched("orders", "id"));
    database.execute(
        "begin; insert into orders values (1); rollback",
        "begin; insert into orders values (2); savepoint s; insert into orders values (3);"
            + " rollback to s; insert into orders values (4); commit");
    assertThat(sink.storyOf(1))
        .containsExactly("begin", "insert orders(id=2)", "insert orders(id=4)", "commit");
  }

  @Test
  void aSubtransactionIsToldByItsTopLevelXid() throws SQLException {
    stream(ORDERS + "; create table xids (xid text)", "orders", watched("orders", "id"));
    database.execute(
        "begin; insert into xids select pg_current_xact_id(); savepoint s;"
            + " insert into orders values (1); release s; commit");
    sink.storyOf(1);
    assertThat(((Change.Begin) sink.changes().getFirst()).transaction().toString())
        .isEqualTo(database.query("select xid from xids"));
  }

  @Test
  void aPreparedTransactionComesWhenItIsCommitted() throws SQLException {
    stream(ORDERS, "orders", watched("orders", "id"));
    String name = "'" + database.name + "'";
    database.execute(
        "begin; insert into orders values (1); prepare transaction " + name,
        "insert into orders values (2)",
        "commit prepared " + name);
    assertThat(sink.storyOf(2))
        .containsExactly(
            "begin", "insert orders(id=2)", "commit", "begin", "insert orders(id=1)", "commit");
  }

  @Test
  void aTruncateNamesItsTablesAndThoseThatItCascadesTo() throws SQLException {
    stream(
        ORDERS
            + "; create table lines (order_id bigint references orders, line int,"
            + " primary key (order_id, line)); create table other (id int primary key)",
        "orders, lines, other",
        watched("orders", "id"),
        watched("lines", "order_id", "line"));
    database.execute("insert into orders values (1)", "truncate other", "truncate orders cascade");
    assertThat(sink.storyOf(2).getLast()).isEqualTo("commit");
    assertThat(sink.story()).contains("truncate orders, lines");
  }

  @Test
  void aRowThatMovesBetweenPartitionsLeavesAndArrivesAtTheRoot() throws SQLException {
    stream(
        "create table orders (id bigint, region text, user_id bigint, primary key (id, region))"
            + " partition by list (region);"
            + " create table orders_eu partition of orders for values in ('eu');"
            // Other column order, and a dropped column before the key.
            + " create table orders_us (gone int, user_id bigint, region text not null,"
            + " id bigint not null, primary key (id, region));"
            + " alter table orders_us drop column gone;"
            + " alter table orders attach partition orders_us for values in ('us')",
        "orders",
        watched("orders", "id", "user_id"));
    database.execute(
        "insert into orders values (1, 'eu', 42)",
        "update orders set region = 'us'",
        "delete from orders",
        "truncate orders");
    assertThat(sink.storyOf(4))
        .containsExactly(
            "begin",
            "insert orders(id=1, user_id=42)",
            "commit",
            "begin",
            "delete orders(id=1, user_id=null)",
            "insert orders(id=1, user_id=42)",
            "commit",
            "begin",
            "delete orders(id=1, user_id=null)",
            "commit",
            "begin",
            "truncate orders",
            "commit");
  }

  @Test
  void anUnchangedToastedValueIsUnchangedAndNeverNull() throws SQLException {
    stream(
        "create table documents (id bigint primary key, code text, n int);"
            + " alter table documents alter code set storage external",
        "documents",
        watched("documents", "id", "code"));
    database.execute(
        "insert into documents values (1, repeat('x', 5000), 1)",
        "update documents set n = 2",
        "update documents set code = null");
    List<String> story = sink.storyOf(3);
    assertThat(story.get(1)).isEqualTo("insert documents(id=1, code=" + "x".repeat(5000) + ")");
    assertThat(story.get(4)).isEqualTo("update documents(id=1, code=<unchanged>)");
    assertThat(story.get(7)).isEqualTo("update documents(id=1, code=null)");
  }

  @Test
  void originsLogicalMessagesAndUserDefinedTypesDoNoHarm() throws SQLException {
    stream(
        "create type mood as enum ('happy', 'çok mutlu');"
            + " create table orders (id bigint primary key, mood mood)",
        "orders",
        watched("orders", "id", "mood"));
    String origin = "'origin_" + database.name + "'";
    database.execute(
        "select pg_replication_origin_create(" + origin + ")",
        "select pg_replication_origin_session_setup(" + origin + ")",
        "begin; select pg_replication_origin_xact_setup('0/1234', now());"
            + " select pg_logical_emit_message(true, 'crossfk', 'hello');"
            + " insert into orders values (1, 'çok mutlu'); commit",
        "select pg_logical_emit_message(false, 'crossfk', 'hello')",
        "insert into orders values (2, 'happy')");
    assertThat(sink.storyOf(2))
        .contains("insert orders(id=1, mood=çok mutlu)", "insert orders(id=2, mood=happy)");
  }

  @Test
  void aChangedColumnTypeIsANewDescriptionAndNothingElseIs() throws SQLException {
    stream(
        "create table orders (id int primary key, note text, user_id int)",
        "orders",
        watched("orders", "id", "user_id"));
    database.execute(
        "insert into orders values (1, 'a', 42)",
        "alter table orders drop column note",
        "insert into orders values (2, 43)",
        "alter table orders alter user_id type bigint",
        "insert into orders values (3, 5000000000)");
    assertThat(sink.storyOf(3)).contains("insert orders(id=3, user_id=5000000000)");
    List<Change.Insert> inserts =
        sink.changes().stream()
            .filter(Change.Insert.class::isInstance)
            .map(Change.Insert.class::cast)
            .toList();
    assertThat(inserts.get(1).table()).isSameAs(inserts.get(0).table());
    assertThat(inserts.getLast().table()).isNotSameAs(inserts.get(0).table());
    assertThat(inserts.getLast().table().columns().get(1).typeOid()).isEqualTo(20);
  }

  @Test
  void aRenamedColumnMakesTheTableUnfit() throws SQLException {
    stream(ORDERS, "orders", watched("orders", "id", "user_id"));
    database.execute(
        "insert into orders values (1, 'a', 42)",
        "alter table orders rename user_id to customer_id",
        "insert into orders values (2, 'a', 42)");
    assertThat(sink.storyOf(2)).contains("insert orders(id=2)");
    assertThat(sink.unfit).singleElement().asString().contains("[user_id]");
  }

  @Test
  void valuesComeInOneFormWhateverTheServersAndTheJvmsSettingsAre() throws SQLException {
    for (String setting :
        List.of(
            "datestyle = 'German, DMY'",
            "timezone = 'Asia/Kathmandu'",
            "bytea_output = 'escape'",
            "intervalstyle = 'sql_standard'",
            "extra_float_digits = 0")) {
      database.execute("alter database " + database.name + " set " + setting);
    }
    database.execute(
        "create table things (id int primary key, at timestamptz, day date, moment timestamp,"
            + " raw bytea, ratio float8, span interval)");
    start("things", watched("things", "id", "at", "day", "moment", "raw", "ratio", "span"));
    database.execute(
        "set timezone = 'UTC'; insert into things values (1, '2026-02-03 04:05:06.5+00',"
            + " '2026-02-03', '2026-02-03 04:05:06', '\\x00ff', 0.1::float8 + 0.2::float8,"
            + " '1 day 02:03:04')");
    assertThat(sink.storyOf(1).get(1))
        .isEqualTo(
            "insert things(id=1, at=2026-02-03 04:05:06.5+00, day=2026-02-03,"
                + " moment=2026-02-03 04:05:06, raw=\\x00ff, ratio=0.30000000000000004,"
                + " span=1 day 02:03:04)");
  }

  @Test
  void transactionsOfOtherTablesLeaveNoTraceButProgress() throws SQLException {
    stream(ORDERS + "; create table other (id int primary key)", "orders", watched("orders", "id"));
    database.execute("insert into other values (1)", "insert into other values (2)");
    await().atMost(Duration.ofSeconds(10)).until(() -> !sink.changes().isEmpty());
    database.execute("insert into orders values (1)");
    assertThat(sink.storyOf(1)).containsExactly("begin", "insert orders(id=1)", "commit");
  }

  @Test
  void aPublishedTableThatNobodyWatchesIsIgnored() throws SQLException {
    stream(
        ORDERS + "; create table other (id int primary key)",
        "orders, other",
        watched("orders", "id"));
    database.execute("begin; insert into other values (1); insert into orders values (1); commit");
    assertThat(sink.storyOf(1)).containsExactly("begin", "insert orders(id=1)", "commit");
  }

  private void stream(String schema, String published, WatchedTable... tables) throws SQLException {
    database.execute(schema);
    start(published, tables);
  }

  private void start(String published, WatchedTable... tables) throws SQLException {
    source = new PostgresSource(database.settings(database.publish(published), tables), sink);
    source.start();
  }
}
