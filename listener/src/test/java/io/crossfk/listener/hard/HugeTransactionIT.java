package io.crossfk.listener.hard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.listener.endtoend.Transition;
import io.crossfk.rules.change.Position;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * One transaction of millions of child rows, checked in a small heap: nothing holds a transaction
 * as a whole (section 5, fact 4), and a source that waits for its judge still answers its server
 * (fact 2). {@code -Dcrossfk.test.rows} makes it larger or smaller.
 */
@Order(5) // Long: it begins first.
class HugeTransactionIT {
  private static final long ROWS = Long.getLong("crossfk.test.rows", 5_000_000);
  private static final int USERS = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** From the collector's log: {@code Pause Young (Normal) … 145M->92M(256M) 3.1ms}. */
  private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\(\\d+M\\)");

  private static Arena arena;

  @BeforeAll
  static void startServers() throws SQLException {
    arena = Arena.with(Map.of("users", 18, "orders", 18));
    // Most of the time would be the server's own: full pages after each checkpoint, and a vacuum.
    PostgresServer orders = arena.server("orders");
    orders.execute("postgres", "alter system set max_wal_size = '8GB'");
    orders.execute("postgres", "alter system set autovacuum = off");
    orders.execute("postgres", "select pg_reload_conf()");
  }

  @AfterAll
  static void closeServers() {
    arena.close();
  }

  @Test
  void aTransactionOfMillionsOfRowsIsCheckedInASmallHeap(TestReporter reporter) throws Exception {
    Stage stage = arena.stage();
    stage.sql(
        "users",
        "create table users (id bigint primary key)",
        "insert into users select g from generate_series(0, %d) g where g not in (500, 999)"
            .formatted(USERS - 1));
    stage.sql(
        "orders",
        "create table orders (id bigint primary key, user_id bigint)",
        "create index on orders (user_id)");
    Path configuration =
        stage.configure(
            """
            - { name: orders-user, child: "orders:public.orders(user_id)",
                parent: "users:public.users(id)", grace: 1s }
            """);
    Path collections = stage.folder().resolve("gc.log");
    try (FeedLog feed = FeedLog.of(stage);
        CrossfkProcess crossfk =
            CrossfkProcess.start(
                stage.folder(),
                List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-Xlog:gc:file=" + collections),
                "run",
                "-c",
                configuration.toString())) {
      crossfk.awaitSaying("rule is in state watching");

      long begin = System.nanoTime();
      // The first row, one in the middle and the last one refer to nobody.
      stage.sql(
          "orders",
          """
          insert into orders select g,
            case g when 1 then 5001 when %d then 5002 when %d then 5003 else g %% %d end
          from generate_series(1, %d) g
          """
              .formatted(ROWS / 2, ROWS, USERS, ROWS));
      long committed = System.nanoTime();
      Position end = Position.parse(stage.row("orders", "select pg_current_wal_lsn()").getFirst());
      await("the slot is past the transaction")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !crossfk.isAlive() || !confirmed(stage).isBefore(end));
      assertThat(crossfk.isAlive()).withFailMessage(crossfk::err).isTrue();
      double seconds = (System.nanoTime() - committed) / 1e9;

      Set<String> missing = new TreeSet<>();
      for (int user : new int[] {500, 999, 5001, 5002, 5003}) {
        missing.add("orders-user|[" + user + "]");
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> feed.open().equals(missing));
      assertThat(feed.transitions()).hasSize(missing.size());
      Transition many = feed.awaitOpened("orders-user|[999]");
      assertThat(many.value().orElseThrow().at("/orphans/sample").size()).isEqualTo(10);
      Transition one = feed.awaitOpened("orders-user|[5003]");
      assertThat(one.value().orElseThrow().at("/orphans/count").intValue()).isEqualTo(1);
      reporter.publishEntry(
          "one transaction",
          "%,d rows inserted in %.1f s, checked within %.1f s of the commit: %,.0f rows/s; %s; peak"
                  .formatted(
                      ROWS, (committed - begin) / 1e9, seconds, ROWS / seconds, heap(collections))
              + " resident %d MB".formatted(crossfk.peakResidentBytes() >> 20));
      assertThat(crossfk.terminate().exitCode()).isZero();
    }
  }

  private static Position confirmed(Stage stage) throws SQLException {
    return Position.parse(
        stage
            .row(
                "orders",
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '"
                    + stage.name()
                    + "'")
            .getFirst());
  }

  private static String heap(Path collections) throws Exception {
    long before = 0;
    long after = 0;
    for (String line : Files.readAllLines(collections)) {
      Matcher found = COLLECTION.matcher(line);
      if (found.find()) {
        before = Math.max(before, Long.parseLong(found.group(1)));
        after = Math.max(after, Long.parseLong(found.group(2)));
      }
    }
    return "peak heap %d MB, after a collection %d MB".formatted(before, after);
  }
}
