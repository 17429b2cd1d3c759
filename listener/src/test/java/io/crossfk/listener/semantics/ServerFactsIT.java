package io.crossfk.listener.semantics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.hard.GhostStandby;
import io.crossfk.sandbox.PostgresServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * What docs/protocol.md takes for granted of PostgreSQL, seen on a real one. Nothing of crossfk
 * runs here: if one of these fails under a new version, the protocol has to be thought through.
 */
class ServerFactsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static PostgresServer server;

  /** A message of the log, as pgoutput writes it. */
  private record Message(char type, int xid, String text) {}

  @BeforeAll
  static void start() {
    server =
        PostgresServer.builder()
            .name("facts")
            // Nothing but a commit that waits for it shall bring the log to the disk.
            .setting("wal_writer_delay", "10s")
            .setting("autovacuum", "off")
            .start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A database, its publication and its slot of one name. */
  private static void open(String name, String publication, String... tables) throws SQLException {
    server.createDatabase(name);
    for (String each : tables) {
      server.execute(name, each);
    }
    server.execute(name, "create publication " + name + " " + publication);
    text(name, "select pg_create_logical_replication_slot('" + name + "', 'pgoutput')");
  }

  private static String text(String database, String sql) throws SQLException {
    try (Connection connection = server.connect(database)) {
      return text(connection, sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "nothing";
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** All that the slot has to tell; it stays there. */
  private static List<Message> messages(String name) throws SQLException {
    List<Message> messages = new ArrayList<>();
    try (Connection connection = server.connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select xid, data from pg_logical_slot_peek_binary_changes('%s', null, null,"
                        .formatted(name)
                    + " 'proto_version', '1', 'publication_names', '%s')".formatted(name))) {
      while (rows.next()) {
        byte[] data = rows.getBytes(2);
        String text = new String(data, StandardCharsets.ISO_8859_1).replace('\0', ' ');
        // Begin: the final position and the time stand before the transaction's id.
        int xid = data[0] == 'B' ? ByteBuffer.wrap(data).getInt(1 + 8 + 8) : 0;
        messages.add(new Message((char) data[0], xid, text));
      }
    }
    return messages;
  }

  private static String types(String name) throws SQLException {
    StringBuilder types = new StringBuilder();
    messages(name).forEach(each -> types.append(each.type()));
    return types.toString();
  }

  @Test
  void theLogHandsOutACommitThatNoQuerySees() throws Exception {
    open("ghost", "for table users", "create table users (id int primary key)");
    try (GhostStandby ghost = GhostStandby.appears(server, "ghost")) {
      ghost.commit("insert into users values (1)");

      List<Message> told = messages("ghost");
      int written = told.getFirst().xid();
      assertThat(types("ghost")).isEqualTo("BRIC");
      assertThat(text("ghost", "select count(*) from users")).isEqualTo("0");
      assertThat(text("ghost", "select pg_current_snapshot()"))
          .isEqualTo(written + ":" + written + ":");
    }
    assertThat(text("ghost", "select count(*) from users")).isEqualTo("1");
  }

  @Test
  void aDeleteCarriesTheParentsSpellingAndNotTheChilds() throws Exception {
    open(
        "spelling",
        "for table people",
        "create extension citext",
        "create table people (name citext primary key)",
        "insert into people values ('Alice')");
    server.execute("spelling", "delete from people where name = 'ALICE'");
    assertThat(messages("spelling"))
        .filteredOn(each -> each.type() == 'D')
        .singleElement()
        .satisfies(each -> assertThat(each.text()).contains("Alice").doesNotContain("ALICE"));
  }

  @Test
  void aTableThatIsPublishedInTheMiddleOfATransactionLosesItsBeginning() throws Exception {
    open("middle", "for table other", "create table other (id int)", "create table late (id int)");
    try (Connection writer = server.connect("middle")) {
      writer.setAutoCommit(false);
      execute(writer, "insert into late values (1111)");
      server.execute("middle", "alter publication middle add table late");
      execute(writer, "insert into late values (2222)");
      writer.commit();
    }
    assertThat(messages("middle"))
        .filteredOn(each -> each.type() == 'I')
        .singleElement()
        .satisfies(each -> assertThat(each.text()).contains("2222"));
  }

  @Test
  void aTruncatedPartitionIsSilentIfItsRootIsPublished() throws Exception {
    String[] tables = {
      "create table orders (id int primary key) partition by range (id)",
      "create table low partition of orders for values from (0) to (9)",
      "insert into orders values (1)"
    };
    open("roots", "for table orders with (publish_via_partition_root = true)", tables);
    open("leaves", "for table orders", tables);
    for (String name : List.of("roots", "leaves")) {
      server.execute(name, "truncate low");
    }
    assertThat(types("roots")).doesNotContain("T");
    assertThat(types("leaves")).contains("T");
    server.execute("roots", "truncate orders");
    assertThat(types("roots")).contains("T");
  }

  @Test
  void aVisibleCommitMayVanishInACrashWithoutATrace() throws Exception {
    open("crash", "for table users", "create table users (id int primary key)");
    String reset = "select stats_reset from pg_stat_wal";
    String timeline = "select timeline_id from pg_control_checkpoint()";
    server.stop();
    server.startAgain();
    String first = text("crash", reset);
    server.stop();
    server.startAgain();
    String before = text("crash", reset);
    assertThat(before).as("a clean restart keeps it").isEqualTo(first);
    String timelineBefore = text("crash", timeline);
    server.execute("crash", "set synchronous_commit = off; insert into users values (1)");
    assertThat(text("crash", "select count(*) from users")).as("it was seen").isEqualTo("1");
    server.kill();
    server.startAgain();

    assertThat(text("crash", "select count(*) from users")).as("and is gone").isEqualTo("0");
    assertThat(types("crash")).as("the log tells of nothing").isEmpty();
    assertThat(text("crash", timeline)).isEqualTo(timelineBefore);
    assertThat(text("crash", reset)).as("but a crash has left its mark").isNotEqualTo(before);
  }

  @Test
  void aSlotThatIsAskedForWhatItHasPassedBeginsLaterAndDoesNotSaySo() throws Exception {
    open("passed", "for table users", "create table users (id int primary key)");
    LogSequenceNumber asked =
        LogSequenceNumber.valueOf(text("passed", "select pg_current_wal_lsn()"));
    server.execute("passed", "insert into users values (1111)");
    text("passed", "select pg_replication_slot_advance('passed', pg_current_wal_lsn())");
    server.execute("passed", "insert into users values (2222)");

    StringBuilder told = new StringBuilder();
    Properties properties = new Properties();
    properties.putAll(Map.of("user", server.user(), "password", server.password()));
    properties.putAll(Map.of("replication", "database", "preferQueryMode", "simple"));
    properties.setProperty("assumeMinServerVersion", "10");
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl("passed"), properties);
        PGReplicationStream stream =
            connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName("passed")
                .withStartPosition(asked)
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "passed")
                .start()) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                for (ByteBuffer next = stream.readPending();
                    next != null;
                    next = stream.readPending()) {
                  told.append(StandardCharsets.ISO_8859_1.decode(next));
                }
                return told.indexOf("2222") >= 0;
              });
    }
    assertThat(told).doesNotContain("1111");
  }

  @Test
  void beginCarriesTheTopLevelTransactionAndTheRowItsSubtransaction() throws Exception {
    open("nested", "for table users", "create table users (id int primary key)");
    try (Connection writer = server.connect("nested")) {
      writer.setAutoCommit(false);
      int top = Integer.parseInt(text(writer, "select pg_current_xact_id()"));
      execute(writer, "savepoint s; insert into users values (1); release s");
      writer.commit();
      assertThat(messages("nested").getFirst().xid()).isEqualTo(top);
      assertThat(text("nested", "select xmin from users")).isEqualTo(String.valueOf(top + 1));
    }
  }

  @Test
  void beginOfAPreparedTransactionCarriesItsOwnId() throws Exception {
    open("prepared", "for table users", "create table users (id int primary key)");
    try (Connection writer = server.connect("prepared")) {
      execute(writer, "begin; insert into users values (1)");
      int prepared = Integer.parseInt(text(writer, "select pg_current_xact_id()"));
      execute(writer, "prepare transaction 'first'");
      execute(writer, "insert into users values (2)");
      assertThat(types("prepared")).as("not before it is committed").isEqualTo("BRIC");
      execute(writer, "commit prepared 'first'");
      assertThat(messages("prepared"))
          .filteredOn(each -> each.type() == 'B')
          .extracting(Message::xid)
          .containsExactly(prepared + 1, prepared);
    }
  }

  @Test
  void xminSurvivesFreezingAndNoUpdate() throws Exception {
    open("versions", "for table users", "create table users (id int primary key, note text)");
    server.execute("versions", "insert into users values (1, 'a')");
    String written = text("versions", "select xmin from users");
    server.execute("versions", "vacuum freeze users");
    String frozen = text("versions", "select relfrozenxid from pg_class where relname = 'users'");
    assertThat(Long.parseLong(frozen)).isGreaterThan(Long.parseLong(written));
    assertThat(text("versions", "select xmin from users")).isEqualTo(written);

    server.execute("versions", "update users set note = 'b'");
    String hot = "select pg_stat_get_xact_tuples_hot_updated('users'::regclass)";
    assertThat(text("versions", "select xmin from users")).isNotEqualTo(written);
    try (Connection writer = server.connect("versions")) {
      writer.setAutoCommit(false);
      execute(writer, "update users set note = 'c'");
      assertThat(text(writer, hot)).as("no index is touched").isEqualTo("1");
      assertThat(text(writer, "select xmin from users"))
          .isEqualTo(text(writer, "select pg_current_xact_id()"));
    }
  }

  @Test
  void aStandbyListsNobodyInProgressAndHidesHisRowsAllTheSame() throws Exception {
    server.execute("postgres", "create table seen (id int primary key)");
    try (PostgresServer standby = StandbyServer.of(server);
        Connection open = server.connect("postgres")) {
      open.setAutoCommit(false);
      execute(open, "insert into seen values (1)");
      long first = Long.parseLong(text(open, "select pg_current_xact_id()"));
      server.execute("postgres", "insert into seen values (2)");
      assertThat(text("postgres", "select pg_current_snapshot()"))
          .isEqualTo("%d:%d:%d".formatted(first, first + 2, first));
      try (Connection reader = standby.connect("postgres")) {
        String rows = "select string_agg(id::text, ',') from seen";
        await().atMost(PATIENCE).until(() -> text(reader, rows).equals("2"));
        assertThat(text(reader, "select pg_is_in_recovery()")).isEqualTo("t");
        assertThat(text(reader, "select pg_current_snapshot()"))
            .isEqualTo("%d:%d:".formatted(first, first + 2));
      }
    }
  }
}
