package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import io.crossfk.rules.judge.RuleLife;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What was missed is found again: no rule that says "watching" keeps anything from its readers. */
@Order(4) // Long: it begins first.
class RecoveryIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Workload.Side USERS = new Workload.Side("users", "users", "id");
  private static final Workload.Side ORDERS = new Workload.Side("orders", "orders", "user_id");
  private static final Workload.Side PRODUCTS = new Workload.Side("orders", "products", "id");
  private static final Workload.Side STOCK = new Workload.Side("orders", "stock", "product_id");
  private static final String RULES =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms,
          max-open: 500 }
      - { name: stock-product, child: "orders:public.stock(product_id)", parent: "orders:public.products(id)", grace: 50ms,
          max-open: 500 }
      """;

  private static Arena arena;
  private Stage stage;
  private Configuration configuration;
  private FeedLog feed;
  private AlertLog alerts;
  private AntiJoin antiJoin;

  @BeforeAll
  static void start() {
    arena = Arena.with(Map.of("users", 18, "orders", 18));
  }

  @AfterAll
  static void end() {
    arena.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    stage = arena.stage();
    Workload.createTables(stage, ORDERS, USERS);
    Workload.createTables(stage, STOCK, PRODUCTS);
    configuration = stage.configuration(RULES);
    antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    feed = stage.follow();
    alerts = stage.followAlerts();
  }

  @AfterEach
  void theFeedIsLawful() {
    feed.assertLawful();
    alerts.assertLawful();
  }

  private void refer(long key) throws SQLException {
    stage.sql("orders", "insert into orders (user_id) values (" + key + ")");
  }

  private RuleLife life(RunningListener listener, String rule) {
    return listener.status().lives().getOrDefault(rule, new RuleLife.Baseline());
  }

  @Test
  void aServerThatCrashesIsAuditedSinceCommitsMayHaveVanished() throws Exception {
    RunningListener listener = stage.run(configuration);
    listener.awaitWatching();
    try (Workload workload =
        Workload.start(stage, ORDERS, USERS, new Workload.Plan(3, 2, Duration.ofMillis(10), 50))) {
      refer(1_999_000_001);
      feed.awaitOpened("orders-user|[1999000001]");
      for (String crashed : new String[] {"users", "orders"}) {
        arena.server(crashed).kill();
        arena.server(crashed).startAgain();
        Awaitility.await("streams again").atMost(PATIENCE).until(stage::isStreaming);
      }
      workload.stop();
    }
    listener.awaitWatching();
    antiJoin.awaitEqual(feed, PATIENCE);
    listener.close();
  }

  @Test
  void aSlotThatIsDroppedWhileNobodyListensIsAGapAndEndsInAnAudit() throws Exception {
    RunningListener first = stage.run(configuration);
    first.awaitWatching();
    refer(1);
    feed.awaitOpened("orders-user|[1]");
    first.close();
    for (String database : new String[] {"users", "orders"}) {
      stage.row(database, "select pg_drop_replication_slot('" + stage.name() + "')");
    }
    stage.sql("users", "insert into users (id) values (1)");
    refer(2);
    RunningListener second = stage.run(configuration);
    second.awaitWatching();
    feed.awaitResolved("orders-user|[1]");
    feed.awaitOpened("orders-user|[2]");
    antiJoin.awaitEqual(feed, PATIENCE);
    second.close();
  }

  @Test
  void aSlotThatIsDroppedUnderItsReaderIsAGapAndEndsInAnAudit() throws Exception {
    RunningListener listener = stage.run(configuration);
    listener.awaitWatching();
    try (Workload workload =
        Workload.start(stage, ORDERS, USERS, new Workload.Plan(4, 2, Duration.ofMillis(10), 50))) {
      for (String database : new String[] {"orders", "users"}) {
        dropSlotUnderItsReader(database);
        Awaitility.await("streams from a new slot").atMost(PATIENCE).until(stage::isStreaming);
      }
      workload.stop();
    }
    listener.awaitWatching();
    antiJoin.awaitEqual(feed, PATIENCE);
    listener.close();
  }

  /** The reader comes back at once, so it is sent away until the slot is gone. */
  private void dropSlotUnderItsReader(String database) {
    Awaitility.await("the slot is dropped")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              stage.row(
                  database,
                  "select pg_terminate_backend(active_pid, 1000) from pg_replication_slots"
                      + " where slot_name = '"
                      + stage.name()
                      + "' and active");
              return !stage
                  .row(
                      database,
                      "select count(pg_drop_replication_slot(slot_name))::text from"
                          + " pg_replication_slots where slot_name = '"
                          + stage.name()
                          + "'")
                  .getFirst()
                  .equals("0");
            });
  }

  @Test
  void aDatabaseThatIsDownAtTheStartKeepsNoOtherRuleFromRunning() throws Exception {
    RunningListener first = stage.run(configuration);
    first.awaitWatching();
    refer(1);
    feed.awaitOpened("orders-user|[1]");
    first.close();
    refer(2);
    arena.server("users").stop();
    RunningListener second = stage.run(configuration);
    try {
      stage.sql("orders", "insert into stock (product_id) values (7)");
      feed.awaitOpened("stock-product|[7]");
      assertThat(second.status().waiting()).containsOnlyKeys("orders-user");
      refer(3);
      assertThat(alerts.awaitFired("orders-user|blind").text("reason"))
          .isEqualTo("a database was down at the start");
    } finally {
      arena.server("users").startAgain();
    }
    Awaitility.await("the waiting rule joins, and the other one stays as it is")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              assertThat(life(second, "stock-product")).isNotInstanceOf(RuleLife.Blind.class);
              return second.watching();
            });
    feed.awaitOpened("orders-user|[2]");
    feed.awaitOpened("orders-user|[3]");
    alerts.awaitResolved("orders-user|blind");
    assertThat(alerts.history("orders-user|blind")).containsExactly("fired", "resolved");
    assertThat(alerts.history("stock-product|blind")).isEmpty();
    antiJoin.awaitEqual(feed, PATIENCE);
    second.close();
  }

  @Test
  void aRuleOverItsLimitIsBlindOrOverflowsAndComesBackByAnAudit() throws Exception {
    RunningListener listener = stage.run(configuration);
    listener.awaitWatching();
    arena.server("users").stop();
    try {
      stage.sql("orders", "insert into orders (user_id) select generate_series(1, 2000)");
      stage.sql("orders", "insert into stock (product_id) select generate_series(1, 2000)");
      Awaitility.await("what cannot be proved is too much to remember")
          .atMost(PATIENCE)
          .until(() -> life(listener, "orders-user") instanceof RuleLife.Blind);
      Awaitility.await("what is proved is too much to tell")
          .atMost(PATIENCE)
          .until(() -> life(listener, "stock-product") instanceof RuleLife.Overflow);
      assertThat(alerts.awaitFired("orders-user|blind").text("reason")).startsWith("users: ");
      assertThat(alerts.awaitFired("stock-product|overflow").text("summary"))
          .startsWith("stock-product overflows: over 500 keys of orders:public.stock");
      stage.sql("orders", "delete from orders where user_id > 50");
      stage.sql("orders", "delete from stock where product_id > 50");
    } finally {
      arena.server("users").startAgain();
    }
    stage.sql("users", "insert into users (id) values (1), (2)");
    stage.sql("orders", "insert into products (id) values (1), (2)");
    listener.awaitWatching();
    alerts.awaitResolved("orders-user|blind");
    alerts.awaitResolved("stock-product|overflow");
    assertThat(antiJoin.awaitEqual(feed, PATIENCE)).hasSize(96);
    listener.close();
  }

  @Test
  void aRenamedKeyMakesItsOwnRuleBlindAndNoOther() throws Exception {
    RunningListener first = stage.run(configuration);
    first.awaitWatching();
    stage.sql("orders", "alter table orders rename user_id to owner_id");
    stage.sql("orders", "insert into orders (owner_id) values (1)");
    Awaitility.await("the log no longer has the key")
        .atMost(PATIENCE)
        .until(() -> life(first, "orders-user") instanceof RuleLife.Blind);
    stage.sql("orders", "insert into stock (product_id) values (9)");
    feed.awaitOpened("stock-product|[9]");
    assertThat(life(first, "stock-product")).isInstanceOf(RuleLife.Watching.class);
    Transition told = alerts.awaitFired("orders-user|blind");
    assertThat(told.text("reason")).contains("user_id");
    assertThat(told.text("summary"))
        .startsWith("orders-user is blind: " + told.text("reason") + ". It cannot vouch for");
    stage.sql("orders", "alter table orders rename owner_id to user_id");
    first.close();
    RunningListener second = stage.run(configuration);
    second.awaitWatching();
    assertThat(feed.awaitOpened("orders-user|[1]").text("cause")).isEqualTo("existing");
    alerts.awaitResolved("orders-user|blind");
    assertThat(alerts.history("orders-user|blind")).containsExactly("fired", "resolved");
    assertThat(alerts.history("stock-product|blind")).isEmpty();
    antiJoin.awaitEqual(feed, PATIENCE);
    second.close();
  }

  @Test
  void aRuleThatIsChangedOrRemovedResolvesWhatItHadOpened() throws Exception {
    RunningListener first = stage.run(configuration);
    first.awaitWatching();
    refer(1);
    stage.sql("orders", "insert into stock (product_id) values (9)");
    feed.awaitOpened("orders-user|[1]");
    feed.awaitOpened("stock-product|[9]");
    first.close();
    RunningListener second =
        stage.run(
            stage.configuration(
                """
                - { name: orders-user, child: "orders:public.orders(user_id)", parent: "orders:public.products(id)",
                    grace: 50ms }
                """));
    second.awaitWatching();
    assertThat(feed.awaitResolved("orders-user|[1]").text("resolution")).isEqualTo("rule-changed");
    assertThat(feed.awaitResolved("stock-product|[9]").text("resolution"))
        .isEqualTo("rule-removed");
    // Under the changed rule the same key is an orphan too: of another parent.
    Awaitility.await().atMost(PATIENCE).until(() -> feed.open().equals(Set.of("orders-user|[1]")));
    second.close();
  }
}
