package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.SourceStatus.State;
import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.ChangeBatch;
import io.crossfk.rules.change.Position;
import io.crossfk.sandbox.FaultyProxy;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source does when things go wrong around it, and what it never does. */
@Order(6) // Long: it begins first.
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 18})
final class PostgresSourceIT {
  private static final StreamLimits QUICK =
      new StreamLimits(
          512,
          256 * 1024,
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(2),
          Duration.ofMillis(500));

  @Parameter int version;

  private final RecordingSink sink = new RecordingSink();
  private final List<AutoCloseable> open = new ArrayList<>();
  private TestDatabase database;
  private Position beginning;

  @BeforeEach
  void publish() throws SQLException {
    database = TestDatabase.on(Servers.version(version));
    open.add(database);
    database.execute("create table orders (id bigint primary key, user_id bigint)");
    beginning = database.publish("orders");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    assertThat(sink.faults).isEmpty();
  }

  @Test
  void nothingButAnAcknowledgementMovesTheSlot() throws SQLException {
    PostgresSource source = start(QUICK);
    database.execute("insert into orders values (1, 1)", "insert into orders values (2, 2)");
    sink.storyOf(2);
    database.execute("select pg_logical_emit_message(false, 'crossfk', 'more log')");
    eventually().until(() -> sink.changes().getLast() instanceof Change.Progress);
    assertThat(database.confirmed()).isEqualTo(beginning);
    Position firstCommit = ((Change.Commit) sink.changes().get(2)).end();
    source.acknowledge(firstCommit);
    eventually().until(() -> database.confirmed().equals(firstCommit));
    source.acknowledge(beginning);
    source.acknowledge(firstCommit);
    assertThat(source.status().acknowledged()).isEqualTo(firstCommit);
    source.close();
    assertThat(database.confirmed()).isEqualTo(firstCommit);

    RecordingSink next = new RecordingSink();
    PostgresSource second = new PostgresSource(quickFrom(firstCommit), next);
    open.add(second);
    second.start();
    assertThat(next.storyOf(1))
        .containsExactly("begin", "insert orders(id=2, user_id=2)", "commit");
  }

  @Test
  void whatWasNotDeliveredCannotBeAcknowledged() {
    PostgresSource source = start(QUICK);
    assertThatThrownBy(() -> source.acknowledge(new Position(beginning.value() + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shop: position")
        .hasMessageContaining("nothing beyond " + beginning);
  }

  @Test
  void theLastAcknowledgementIsSentOnClosing() throws SQLException {
    PostgresSource source = start(QUICK);
    database.execute("insert into orders values (1, 1)");
    sink.storyOf(1);
    Position end = sink.end();
    source.acknowledge(end);
    source.close();
    eventually().until(() -> database.confirmed().equals(end));
    assertThat(source.status().state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aCutConnectionComesBackAtTheAcknowledgedPosition() throws SQLException {
    PostgresSource source = start(QUICK);
    database.execute("insert into orders values (1, 1)", "insert into orders values (2, 2)");
    sink.storyOf(2);
    Position acknowledged = ((Change.Commit) sink.changes().get(2)).end();
    source.acknowledge(acknowledged);
    terminate();
    eventually().until(() -> sink.started.size() == 2);
    assertThat(sink.lost).hasSize(1);
    assertThat(sink.startedFrom).containsExactly(beginning, acknowledged);
    assertThat(sink.started.get(1)).isEqualTo(sink.started.get(0));
    database.execute("insert into orders values (3, 3)");
    assertThat(sink.storyOf(4).stream().filter(line -> line.startsWith("insert")))
        .containsExactly(
            "insert orders(id=1, user_id=1)",
            "insert orders(id=2, user_id=2)",
            "insert orders(id=2, user_id=2)",
            "insert orders(id=3, user_id=3)");
    assertThat(source.status().connections()).isEqualTo(2);
  }

  @Test
  void aServerThatIsStoppedIsWaitedForAndToldOnce() throws SQLException {
    try (PostgresServer own = PostgresServer.builder().version(version).name("stopped").start()) {
      TestDatabase shop = TestDatabase.on(own);
      shop.execute("create table orders (id bigint primary key, user_id bigint)");
      PostgresSource source =
          new PostgresSource(
              shop.settings(shop.address(), shop.publish("orders"), QUICK, watched("orders", "id")),
              sink);
      open.add(source);
      source.start();
      shop.execute("insert into orders values (1)");
      sink.storyOf(1);
      acknowledgeAll(source);
      own.stop();
      eventually().until(() -> !sink.lost.isEmpty());
      assertThat(sink.commits()).isEqualTo(1);
      own.startAgain();
      shop.execute("insert into orders values (2)");
      assertThat(sink.storyOf(2)).contains("insert orders(id=2)");
      assertThat(sink.lost).hasSize(1);
      assertThat(sink.started.get(1).mayHaveLostCommits(sink.started.get(0))).isFalse();
      Position before = source.status().acknowledged();

      own.kill();
      eventually().until(() -> sink.lost.size() == 2);
      own.startAgain();
      shop.execute("insert into orders values (3)");
      eventually().until(() -> sink.story().contains("insert orders(id=3)"));
      assertThat(sink.startedFrom.getLast()).isEqualTo(before);
      assertThat(sink.started.getLast().mayHaveLostCommits(sink.started.get(1))).isTrue();
      source.close();
    }
  }

  @Test
  void aServerThatIsDownAtFirstIsWaitedForToo() throws IOException, SQLException {
    FaultyProxy proxy = FaultyProxy.to(database.server.port());
    open.add(proxy);
    proxy.refuse();
    PostgresSource source =
        new PostgresSource(
            database.settings(
                database.addressAt(proxy.port()), beginning, QUICK, watched("orders", "id")),
            sink);
    open.add(source);
    source.start();
    eventually().until(() -> !sink.lost.isEmpty());
    assertThat(sink.lost.getFirst()).contains("refused");
    assertThat(sink.started).isEmpty();
    proxy.resume();
    database.execute("insert into orders values (1)");
    sink.storyOf(1);
    assertThat(sink.lost).hasSize(1);
  }

  @Test
  void aLineThatIsSilentIsGivenUpAndMadeAnew() throws IOException, SQLException {
    FaultyProxy proxy = FaultyProxy.to(database.server.port());
    open.add(proxy);
    PostgresSource source =
        new PostgresSource(
            database.settings(
                database.addressAt(proxy.port()), beginning, QUICK, watched("orders", "id")),
            sink);
    open.add(source);
    source.start();
    eventually().until(() -> !sink.started.isEmpty());
    proxy.stall();
    eventually().until(() -> !sink.lost.isEmpty());
    assertThat(sink.lost.getFirst()).contains("silent");
    terminate();
    proxy.resume();
    database.execute("insert into orders values (1)");
    sink.storyOf(1);
  }

  @Test
  void anIdleLineIsNotGivenUp() throws SQLException {
    PostgresSource source = start(QUICK);
    eventually().until(() -> !sink.started.isEmpty());
    await()
        .during(QUICK.silence().plusSeconds(1))
        .atMost(Duration.ofSeconds(20))
        .until(() -> source.status().state() == State.STREAMING);
    assertThat(sink.lost).isEmpty();
    assertThat(source.status().connections()).isEqualTo(1);
  }

  @Test
  void aFullSinkKeepsTheConnectionBeyondTheServersPatience() throws SQLException {
    database.execute("alter database " + database.name + " set wal_sender_timeout = '1s'");
    PostgresSource source = start(StreamLimits.DEFAULT);
    sink.fill();
    database.execute("insert into orders select n, n from generate_series(1, 200000) n");
    eventually().until(() -> source.status().waitingForRoom());
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                source.status().state() == State.STREAMING
                    && source.status().changesDelivered() == 0);
    sink.makeRoom();
    assertThat(sink.storyOf(1)).hasSize(200_002);
    assertThat(sink.lost).isEmpty();
    assertThat(source.status().connections()).isEqualTo(1);
    assertThat(source.status().waitingForRoom()).isFalse();
  }

  @Test
  void anIdleDatabaseBesideABusyOneGetsItsSlotMoved() throws SQLException {
    PostgresSource source = start(QUICK);
    TestDatabase busy = TestDatabase.on(database.server);
    open.add(busy);
    busy.execute("create table noise as select n from generate_series(1, 100000) n");
    Position noise = database.position("select pg_current_wal_lsn()");
    eventually().until(() -> !sink.end().isBefore(noise));
    assertThat(sink.changes()).allMatch(Change.Progress.class::isInstance);
    assertThat(database.confirmed()).isEqualTo(beginning);
    eventually()
        .until(
            () -> {
              acknowledgeAll(source);
              return !database.confirmed().isBefore(noise);
            });
  }

  @Test
  void progressComesAtAModestRateAndNeverInsideATransaction() throws SQLException {
    PostgresSource source = start(QUICK);
    TestDatabase busy = TestDatabase.on(database.server);
    open.add(busy);
    busy.execute("create table noise (n int)");
    try (Connection noise = busy.connect();
        Statement disturb = noise.createStatement();
        Connection shop = database.connect();
        Statement order = shop.createStatement()) {
      for (int i = 0; i < 600; i++) {
        disturb.execute("insert into noise values (1)");
        if (i % 3 == 0) {
          order.execute("insert into orders values (" + i + ", 1)");
        }
      }
    }
    sink.storyOf(200);
    boolean inside = false;
    Position last = beginning;
    for (Change change : sink.changes()) {
      switch (change) {
        case Change.Begin begin -> inside = true;
        case Change.Commit commit -> {
          inside = false;
          assertThat(commit.end()).isGreaterThan(last);
          last = commit.end();
        }
        case Change.Progress progress -> {
          assertThat(inside).isFalse();
          assertThat(progress.position()).isGreaterThan(last);
          last = progress.position();
        }
        default -> assertThat(inside).isTrue();
      }
    }
    assertThat(source.status().received()).isEqualTo(last);
  }

  @Test
  void aSecondReaderWaitsForTheSlotAndTakesItOver() throws SQLException {
    PostgresSource first = start(QUICK);
    database.execute("insert into orders values (1, 1)");
    sink.storyOf(1);
    RecordingSink waiting = new RecordingSink();
    PostgresSource second = new PostgresSource(quickFrom(beginning), waiting);
    open.add(second);
    second.start();
    eventually().until(() -> second.status().state() == State.WAITING_FOR_SLOT);
    assertThat(waiting.lost).isEmpty();
    first.close();
    assertThat(waiting.storyOf(1)).contains("insert orders(id=1, user_id=1)");
    assertThat(waiting.gaps).isEmpty();
  }

  @Test
  void aMissingSlotIsAGap() throws SQLException {
    database.execute("select pg_drop_replication_slot('" + database.slot + "')");
    PostgresSource source = start(QUICK);
    eventually().until(() -> !sink.gaps.isEmpty());
    assertThat(sink.gaps).containsExactly(new Gap.SlotMissing(database.slot));
    assertThat(source.status().state()).isEqualTo(State.GAP);
  }

  @Test
  void aSlotThatWentOnWithoutUsIsAGap() throws SQLException {
    database.execute(
        "insert into orders values (1)",
        "select pg_replication_slot_advance('" + database.slot + "', pg_current_wal_lsn())");
    start(QUICK);
    eventually().until(() -> !sink.gaps.isEmpty());
    assertThat(sink.gaps)
        .containsExactly(new Gap.SlotAhead(database.slot, database.confirmed(), beginning));
  }

  @Test
  void aLogThatEndsBeforeOurPositionIsAGap() throws SQLException {
    Position beyond =
        new Position(database.position("select pg_current_wal_lsn()").value() + (1L << 30));
    PostgresSource source = new PostgresSource(quickFrom(beyond), sink);
    open.add(source);
    source.start();
    eventually().until(() -> !sink.gaps.isEmpty());
    assertThat(sink.gaps.getFirst())
        .isInstanceOfSatisfying(
            Gap.LogBehind.class,
            gap -> {
              assertThat(gap.ours()).isEqualTo(beyond);
              assertThat(gap.end()).isBetween(beginning, beyond);
            });
  }

  @Test
  void anotherServerOrTimelineIsAGap() {
    SourceIdentity journaled = new SourceIdentity("42", 1, "", "18");
    PostgresSource source =
        new PostgresSource(
            new PostgresSourceSettings(
                database.address(),
                database.slot,
                database.slot,
                beginning,
                Optional.of(journaled),
                List.of(watched("orders", "id")),
                Map.of(),
                QUICK),
            sink);
    open.add(source);
    source.start();
    eventually().until(() -> !sink.gaps.isEmpty());
    assertThat(sink.gaps.getFirst())
        .isInstanceOfSatisfying(
            Gap.IdentityChanged.class,
            gap -> {
              assertThat(gap.expected()).isEqualTo(journaled);
              assertThat(gap.found().timeline()).isEqualTo(1);
              assertThat(gap.found().systemIdentifier()).isNotEqualTo("42");
            });
  }

  @Test
  void aSlotThatLostItsLogIsAGap() throws SQLException {
    try (PostgresServer own =
        PostgresServer.builder()
            .version(version)
            .name("small")
            .setting("max_slot_wal_keep_size", "1MB")
            .setting("min_wal_size", "32MB")
            .setting("max_wal_size", "32MB")
            .start()) {
      TestDatabase shop = TestDatabase.on(own);
      shop.execute("create table orders (id bigint primary key)");
      Position from = shop.publish("orders");
      shop.execute("create table noise (n int)");
      eventually()
          .until(
              () -> {
                shop.execute(
                    "insert into noise values (1)", "select pg_switch_wal()", "checkpoint");
                return "lost".equals(shop.query("select wal_status from pg_replication_slots"));
              });
      PostgresSource source =
          new PostgresSource(
              shop.settings(shop.address(), from, QUICK, watched("orders", "id")), sink);
      open.add(source);
      source.start();
      eventually().until(() -> !sink.gaps.isEmpty());
      assertThat(sink.gaps).containsExactly(new Gap.SlotInvalidated(shop.slot, "wal_removed"));
      source.close();
    }
  }

  @Test
  void aPublicationThatIsGoneIsAGap() throws SQLException {
    database.execute("drop publication " + database.slot);
    start(QUICK);
    eventually().until(() -> !sink.gaps.isEmpty());
    assertThat(sink.gaps).containsExactly(new Gap.PublicationMissing(database.slot, database.slot));
  }

  @Test
  void aPublicationYoungerThanTheSlotIsAGapWhereTheServerCannotDecode() throws SQLException {
    database.execute(
        "insert into orders values (1)",
        "drop publication " + database.slot,
        "insert into orders values (2)",
        "create publication " + database.slot + " for table orders",
        "insert into orders values (3)");
    start(QUICK);
    if (version < 18) {
      eventually().until(() -> !sink.gaps.isEmpty());
      assertThat(sink.gaps)
          .containsExactly(new Gap.PublicationMissing(database.slot, database.slot));
    } else {
      eventually().until(() -> sink.story().contains("insert orders(id=3, user_id=null)"));
      assertThat(sink.story()).doesNotContain("insert orders(id=2, user_id=null)");
    }
  }

  @Test
  void closingIsPromptWhateverTheSourceDoes() throws IOException, SQLException {
    PostgresSource idle = start(QUICK);
    eventually().until(() -> !sink.started.isEmpty());
    assertClosesPromptly(idle);
    assertThat(idle.status().state()).isEqualTo(State.CLOSED);

    RecordingSink full = new RecordingSink();
    full.fill();
    PostgresSource blocked = new PostgresSource(quickFrom(beginning), full);
    open.add(blocked);
    blocked.start();
    database.execute("insert into orders select n from generate_series(1, 100000) n");
    eventually().until(() -> blocked.status().waitingForRoom());
    assertClosesPromptly(blocked);

    FaultyProxy proxy = FaultyProxy.to(database.server.port());
    open.add(proxy);
    proxy.stall();
    PostgresSource connecting =
        new PostgresSource(
            database.settings(
                database.addressAt(proxy.port()), beginning, QUICK, watched("orders", "id")),
            new RecordingSink());
    open.add(connecting);
    connecting.start();
    eventually().until(() -> proxy.connections() > 0);
    assertClosesPromptly(connecting);

    PostgresSource never = new PostgresSource(quickFrom(beginning), new RecordingSink());
    never.close();
    assertThatThrownBy(never::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFaultOfTheSinkEndsTheSourceAndIsTold() throws SQLException {
    RecordingSink broken =
        new RecordingSink() {
          @Override
          public boolean offer(ChangeBatch batch, Duration patience) {
            throw new IllegalStateException("broken");
          }
        };
    PostgresSource source = new PostgresSource(quickFrom(beginning), broken);
    open.add(source);
    source.start();
    database.execute("insert into orders values (1)");
    eventually().until(() -> !broken.faults.isEmpty());
    assertThat(source.status().state()).isEqualTo(State.FAILED);
  }

  private static void assertClosesPromptly(PostgresSource source) {
    long before = System.nanoTime();
    source.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
  }

  private PostgresSource start(StreamLimits limits) {
    PostgresSource source =
        new PostgresSource(
            database.settings(
                database.address(), beginning, limits, watched("orders", "id", "user_id")),
            sink);
    open.add(source);
    source.start();
    return source;
  }

  private PostgresSourceSettings quickFrom(Position from) {
    return database.settings(database.address(), from, QUICK, watched("orders", "id", "user_id"));
  }

  private void acknowledgeAll(PostgresSource source) {
    Position end = sink.end();
    if (end.isAfter(source.status().acknowledged())) {
      source.acknowledge(end);
    }
  }

  private void terminate() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(active_pid) from pg_replication_slots"
              + " where active and slot_name = '"
              + database.slot
              + "'");
    }
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
  }
}
