package io.crossfk.listener.hard;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.endtoend.AntiJoin;
import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.RunningListener;
import io.crossfk.listener.endtoend.Stage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A listener that is far behind reads of states that are long gone. What is over is not published:
 * only what the databases say now counts (I0). With no grace at all, so that nothing but the
 * look-ups stands between an old change and a false alarm.
 */
class LateStartIT {
  private static final String RULE =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)",
          parent: "users:public.users(id)", grace: 0s }
      """;

  /** The history that is missed takes at least as much of the log as this. */
  private static final long BEHIND = 4L << 20;

  private static Arena arena;

  @BeforeAll
  static void startServers() {
    arena = Arena.with(Map.of("users", 18, "orders", 18));
  }

  @AfterAll
  static void closeServers() {
    arena.close();
  }

  @Test
  void whatWasBrokenAndMendedBeforeTheStartIsNotPublished() throws Exception {
    Stage stage = arena.stage();
    stage.sql("users", "create table users (id bigint primary key)");
    stage.sql(
        "orders",
        "create table orders (id bigint primary key, user_id bigint, note text)",
        "create index on orders (user_id)");
    stage.sql("users", "insert into users select g from generate_series(1, 2000) g");
    stage.sql("orders", "insert into orders select g, g from generate_series(1, 2000) g");
    Configuration configuration = stage.configuration(RULE);
    AntiJoin antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    try (FeedLog feed = FeedLog.of(stage)) {
      try (RunningListener listener = RunningListener.start(configuration)) {
        listener.awaitWatching();
        listener.awaitDrained(stage.logEnds());
      }
      Map<String, String> slotsBefore =
          Map.of("users", slotBehind(stage, "users"), "orders", slotBehind(stage, "orders"));

      breakAndMend(stage);

      for (String database : slotsBefore.keySet()) {
        assertThat(Long.parseLong(slotBehind(stage, database)))
            .as("bytes of the log of %s that the listener has missed", database)
            .isGreaterThan(BEHIND);
      }
      try (RunningListener listener = RunningListener.start(configuration)) {
        listener.awaitWatching();
        listener.awaitDrained(stage.logEnds());
        assertThat(listener.status().tally().checked()).isGreaterThan(10_000);
        assertThat(feed.transitions()).isEmpty();
        // It is not silent because it is dead.
        stage.sql("orders", "insert into orders values (1000000, 1000000)");
        feed.awaitOpened("orders-user|[1000000]");
        antiJoin.awaitEqual(feed, Duration.ofSeconds(20));
        assertThat(feed.transitions()).hasSize(1);
      }
    }
  }

  /** A history full of orphans, at the end of which there is none. */
  private static void breakAndMend(Stage stage) throws SQLException {
    // Users who are deleted first and their orders afterwards, with much else in between.
    stage.sql("users", "delete from users where id <= 500");
    // Orders for users who come later, of which some go again.
    stage.sql(
        "orders",
        "insert into orders select g, g, repeat('x', 300) from generate_series(10001, 20000) g");
    stage.sql("users", "insert into users select g from generate_series(10001, 20000) g");
    stage.sql("orders", "delete from orders where user_id <= 500");
    // Orders for nobody that are gone, moved to a user, or set free.
    stage.sql("orders", "insert into orders select g, g from generate_series(30001, 33000) g");
    stage.sql("orders", "delete from orders where id between 30001 and 31000");
    stage.sql("orders", "update orders set user_id = 600 where id between 31001 and 32000");
    stage.sql("orders", "update orders set user_id = null where id between 32001 and 33000");
    // Users whose keys change, and change back.
    stage.sql("users", "update users set id = id + 1000000 where id between 600 and 1000");
    for (int round = 0; round < 20; round++) {
      stage.sql("users", "update users set id = -id where id between 10001 and 11000");
      stage.sql("users", "update users set id = -id where id < 0");
    }
    stage.sql("users", "update users set id = id - 1000000 where id > 1000000");
    // A key that goes and comes in one transaction.
    stage.sql(
        "users",
        "delete from users where id between 1001 and 1500",
        "insert into users select g from generate_series(1001, 1500) g");
    // The last user of many goes last, after its order.
    stage.sql("orders", "delete from orders where user_id = 2000");
    stage.sql("users", "delete from users where id = 2000");
  }

  private static String slotBehind(Stage stage, String database) throws SQLException {
    return stage
        .row(
            database,
            "select pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint"
                + " from pg_replication_slots where slot_name = '"
                + stage.name()
                + "'")
        .getFirst();
  }
}
