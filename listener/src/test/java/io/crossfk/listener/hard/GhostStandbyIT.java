package io.crossfk.listener.hard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.endtoend.AntiJoin;
import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.RunningListener;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.rules.change.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Commits that are in the log and that no query sees, since they wait for a standby that does not
 * exist (I1). While it lasts, also over a restart of the listener, there is no verdict on what
 * nobody sees; once it is over, none is missed. Each story has keys of its own.
 */
class GhostStandbyIT {
  private static final String RULE =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)",
          parent: "users:public.users(id)", grace: 100ms }
      """;

  private static Arena arena;
  private static Stage stage;
  private static FeedLog feed;
  private static Configuration configuration;
  private static AntiJoin antiJoin;
  private static RunningListener listener;

  private int publishedBefore;

  @BeforeAll
  static void startServersAndListener() throws Exception {
    arena = Arena.with(Map.of("users", 18, "orders", 17));
    stage = arena.stage();
    stage.sql(
        "users", "create table users (id bigint primary key)", "create table noise (id bigint)");
    stage.sql(
        "orders",
        "create table orders (id bigint generated always as identity primary key, user_id bigint)",
        "create table noise (id bigint)",
        "create index on orders (user_id)");
    feed = FeedLog.of(stage);
    configuration = stage.configuration(RULE);
    antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    listener = RunningListener.start(configuration);
    listener.awaitWatching();
  }

  @AfterAll
  static void closeAll() {
    try {
      listener.close();
      feed.assertLawful();
    } finally {
      feed.close();
      arena.close();
    }
  }

  @BeforeEach
  void begin() throws SQLException {
    stage.sql("users", "insert into users values (1), (2) on conflict do nothing");
    stage.sql("orders", "delete from orders", "insert into orders (user_id) values (1), (2)");
    settle();
  }

  @AfterEach
  void openViolationsAreTheAntiJoin() throws SQLException {
    antiJoin.awaitEqual(feed, Duration.ofSeconds(30));
    assertThat(listener.status().tally().unseenTransactions()).isZero();
    feed.assertLawful();
  }

  @Test
  void anOrderThatNobodySeesIsNoViolationUntilItIsSeen() throws Exception {
    try (GhostStandby ghost = appears("orders")) {
      ghost.commit("insert into orders (user_id) values (10)");
      assertNoVerdict("orders");
      ghost.vanishes();
      assertThat(feed.awaitOpened("orders-user|[10]").text("cause")).isEqualTo("child-insert");
    }
  }

  @Test
  void aUserWhoseDeletionNobodySeesIsThereUntilItIsSeen() throws Exception {
    try (GhostStandby ghost = appears("users")) {
      ghost.commit("delete from users where id = 1");
      assertNoVerdict("users");
      ghost.vanishes();
      assertThat(feed.awaitOpened("orders-user|[1]").text("cause")).isEqualTo("parent-delete");
    }
  }

  @Test
  void aUserThatNobodySeesResolvesNothingUntilItIsSeen() throws Exception {
    stage.sql("orders", "insert into orders (user_id) values (20)");
    feed.awaitOpened("orders-user|[20]");
    settle();
    try (GhostStandby ghost = appears("users")) {
      ghost.commit("insert into users values (20)");
      assertNoVerdict("users");
      ghost.vanishes();
      assertThat(feed.awaitResolved("orders-user|[20]").text("resolution"))
          .isEqualTo("parent-arrived");
    }
  }

  @Test
  void anOrderWhoseDeletionNobodySeesIsThereUntilItIsSeen() throws Exception {
    stage.sql("orders", "insert into orders (user_id) values (30)");
    feed.awaitOpened("orders-user|[30]");
    settle();
    try (GhostStandby ghost = appears("orders")) {
      ghost.commit("delete from orders where user_id = 30");
      assertNoVerdict("orders");
      ghost.vanishes();
      assertThat(feed.awaitResolved("orders-user|[30]").text("resolution")).isEqualTo("no-orphans");
    }
  }

  @Test
  void whatNobodySeesInBothDatabasesIsJudgedByWhatIsThereInTheEnd() throws Exception {
    try (GhostStandby there = appears("users");
        GhostStandby here = appears("orders")) {
      // In the logs: user 40 comes, then its order; user 2 goes, then its order.
      there.commit("insert into users values (40)");
      here.commit("insert into orders (user_id) values (40)");
      there.commit("delete from users where id = 2");
      here.commit("delete from orders where user_id = 2");
      here.commit("insert into orders (user_id) values (41)");
      assertNoVerdict("users");
      here.vanishes();
      there.vanishes();
      feed.awaitOpened("orders-user|[41]");
    }
    // Where the order went first, as queries see it, nothing was ever broken.
    assertThat(feed.history("orders-user|[2]")).isEmpty();
  }

  @Test
  void aClientThatIsEndedMakesItsCommitVisibleAndThatIsNoticed() throws Exception {
    try (GhostStandby ghost = appears("users")) {
      GhostStandby.Client client = ghost.commit("delete from users where id = 2");
      assertSilence("users", logEnd("users"));
      client.terminate();
      feed.await(
          "orders-user|[2]",
          each -> each.text("cause").equals("parent-delete"),
          "opens, though the ghost is still there");
    }
  }

  private static GhostStandby appears(String database) throws SQLException {
    return GhostStandby.appears(arena.server(database), stage.name());
  }

  private void settle() throws SQLException {
    antiJoin.awaitEqual(feed, Duration.ofSeconds(30));
    listener.awaitDrained(stage.logEnds());
    publishedBefore = feed.size();
  }

  /** Silence, then the listener is started again, and silence. */
  private void assertNoVerdict(String database) throws SQLException {
    Position hanging = logEnd(database);
    assertSilence(database, hanging);
    listener.close();
    listener = RunningListener.start(configuration);
    listener.awaitWatching();
    assertSilence(database, hanging);
  }

  /**
   * The listener asks and does not believe the answers; nothing is published, and the slot stays
   * before the commit (I5), however much is written behind it.
   */
  private void assertSilence(String database, Position hanging) {
    long before = listener.status().tally().askedAgain();
    await("answers are set aside")
        .atMost(Duration.ofSeconds(30))
        .until(() -> listener.status().tally().askedAgain() >= before + 5);
    await("silence while the commit hangs")
        .during(Duration.ofMillis(700))
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              stage.sql(
                  database, "set local synchronous_commit = local", "insert into noise values (1)");
              return feed.size() == publishedBefore && confirmed(database).isBefore(hanging);
            });
    assertThat(listener.status().tally().unseenTransactions()).isPositive();
  }

  private static Position logEnd(String database) throws SQLException {
    return Position.parse(stage.row(database, "select pg_current_wal_insert_lsn()").getFirst());
  }

  private static Position confirmed(String database) throws SQLException {
    return Position.parse(
        stage
            .row(
                database,
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                    + stage.name()
                    + "'")
            .getFirst());
  }
}
