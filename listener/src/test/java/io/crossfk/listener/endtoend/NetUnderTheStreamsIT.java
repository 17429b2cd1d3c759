package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.config.OnGap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What people decide: what is older than a rule, audits on a schedule, what follows a gap. */
@Order(20)
class NetUnderTheStreamsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String RULE =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms%s }
      """;

  private static Arena arena;
  private Stage stage;
  private FeedLog feed;
  private AlertLog alerts;

  @BeforeAll
  static void startServers() {
    arena = Arena.with(Map.of("users", 17, "orders", 14));
  }

  @AfterAll
  static void closeServers() {
    arena.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    stage = arena.stage();
    feed = stage.follow();
    alerts = stage.followAlerts();
    stage.sql(
        "users",
        "create table users (id bigint primary key) partition by range (id)",
        "create table users_low partition of users for values from (0) to (100)",
        "create table users_high partition of users for values from (100) to (200)",
        "insert into users values (1), (101)");
    stage.sql(
        "orders",
        "create table orders (id serial primary key, user_id bigint)",
        "create index on orders (user_id)",
        "insert into orders (user_id) values (1), (101)");
  }

  @AfterEach
  void theFeedIsLawful() {
    feed.assertLawful();
    alerts.assertLawful();
  }

  private void refer(long key) throws Exception {
    stage.sql("orders", "insert into orders (user_id) values (" + key + ")");
  }

  private static String id(long key) {
    return "orders-user|[" + key + "]";
  }

  private static void awaitIgnored(RunningListener listener, int count) {
    Awaitility.await(count + " are ignored")
        .atMost(PATIENCE)
        .until(() -> listener.status().tally().ignored() == count);
  }

  @Test
  void whatIsOlderThanARuleThatIgnoresItIsToldOnceItIsTouched() throws Exception {
    refer(7);
    refer(8);
    refer(9);
    Configuration configuration = stage.configuration(RULE.formatted(", existing: ignore"));
    RunningListener listener = stage.run(configuration);
    listener.awaitWatching();
    awaitIgnored(listener, 3);
    refer(7);
    assertThat(feed.awaitOpened(id(7)).text("cause")).isEqualTo("child-insert");
    awaitIgnored(listener, 2);
    listener.close();
    listener = stage.run(configuration);
    listener.awaitWatching();
    awaitIgnored(listener, 2);
    stage.sql("users", "insert into users values (8)");
    awaitIgnored(listener, 1);
    stage.sql("users", "delete from users where id = 8");
    assertThat(feed.awaitOpened(id(8)).text("cause")).isEqualTo("parent-delete");
    listener.awaitDrained(stage.logEnds());
    assertThat(feed.open()).containsExactlyInAnyOrder(id(7), id(8));
    assertThat(feed.counts()).isEqualTo(Map.of("opened", 2));
    listener.close();
  }

  @Test
  void anAuditOnAScheduleFindsWhatNoStreamTold() throws Exception {
    // Nobody asks the catalogue here, so that only the audit can find it.
    Path file = stage.configure(RULE.formatted(", audit: { every: 1s }"));
    Files.writeString(file, Files.readString(file).replace("probe: 1s", "probe: 1h"));
    RunningListener listener = stage.run(ConfigurationReader.read(file));
    listener.awaitWatching();
    stage.sql("users", "truncate users_high");
    assertThat(feed.awaitOpened(id(101)).text("cause")).isEqualTo("existing");
    refer(8);
    assertThat(feed.awaitOpened(id(8)).text("cause")).isEqualTo("child-insert");
    Awaitility.await("it is counted")
        .atMost(PATIENCE)
        .until(() -> listener.status().tally().untold() == 1);
    listener.awaitDrained(stage.logEnds());
    assertThat(listener.watching()).isTrue();
    assertThat(alerts.history("orders-user|blind")).isEmpty();
    listener.close();
  }

  @Test
  void afterAGapNothingIsMadeOrReadBeforeAPersonHasLooked() throws Exception {
    Configuration stops = stage.configuration(RULE.formatted("")).onGap(OnGap.STOP);
    RunningListener listener = stage.run(stops);
    listener.awaitWatching();
    listener.close();
    stage.row("users", "select pg_drop_replication_slot('" + stage.name() + "')");
    stage.sql("users", "delete from users where id = 1");
    listener = stage.run(stops);
    assertThat(alerts.awaitFired("orders-user|blind").text("reason"))
        .contains("replication slot \"" + stage.name() + "\" does not exist")
        .contains("--on-gap audit");
    assertThat(stage.row("users", "select count(*)::text from pg_replication_slots"))
        .containsExactly("0");
    listener.close();
    listener = stage.run(stops.onGap(OnGap.AUDIT));
    feed.awaitOpened(id(1));
    listener.awaitWatching();
    alerts.awaitResolved("orders-user|blind");
    assertThat(alerts.history("orders-user|blind")).startsWith("fired").endsWith("resolved");
    listener.close();
  }
}
