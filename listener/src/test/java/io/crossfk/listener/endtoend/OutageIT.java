package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** A database and Kafka go away for a minute each, while the services write. */
@Order(2) // Long: it begins first.
class OutageIT {
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("crossfk.test.outage", 60));
  private static final long SEED = Long.getLong("crossfk.test.seed", System.nanoTime());

  private static final Duration SETTLING = Duration.ofSeconds(90);
  private static final Duration WAVE = Duration.ofSeconds(2);
  private static final long WAVES_BEGIN = 1_600_000_000L;
  private static final int WAVE_KEYS = 4000;

  private static final int HEAP_MEBIBYTES = 128;

  /** What a JVM takes beside its heap: code, metaspace, stacks, buffers of the network. */
  private static final int REST_MEBIBYTES = 300;

  private static final Workload.Side USERS = new Workload.Side("users", "users", "id");
  private static final Workload.Side ORDERS = new Workload.Side("orders", "orders", "user_id");
  private static final Workload.Side PRODUCTS = new Workload.Side("orders", "products", "id");
  private static final Workload.Side STOCK = new Workload.Side("stock", "stock", "product_id");
  private static final String RULES =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 100ms }
      - { name: stock-product, child: "stock:public.stock(product_id)", parent: "orders:public.products(id)", grace: 100ms }
      """;

  private static Arena arena;

  @BeforeAll
  static void start() {
    arena = Arena.with(Map.of("users", 18, "orders", 17, "stock", 14));
  }

  @AfterAll
  static void end() {
    arena.close();
  }

  @Test
  void aDatabaseAndKafkaAreAwayForAMinuteAndNothingIsLost(TestReporter reporter) throws Exception {
    Stage stage = arena.stage();
    Workload.createTables(stage, ORDERS, USERS);
    Workload.createTables(stage, STOCK, PRODUCTS);
    Configuration configuration = stage.configuration(RULES);
    AntiJoin antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    Path file = stage.configure(RULES);
    FeedLog feed = stage.follow();
    ListenerProcess listener = stage.runProcess(file, HEAP_MEBIBYTES + "m");
    stage.sql("stock", "insert into stock (product_id) values (1999000000)");
    feed.awaitOpened("stock-product|[1999000000]");

    Workload.Plan plan = new Workload.Plan(SEED, 2, Duration.ofMillis(5), 200);
    AtomicLong mostMemory = new AtomicLong();
    try (ScheduledExecutorService background = Executors.newScheduledThreadPool(2);
        Workload orders = Workload.start(stage, ORDERS, USERS, plan);
        Workload stock = Workload.start(stage, STOCK, PRODUCTS, plan)) {
      ScheduledFuture<?> sampler =
          background.scheduleWithFixedDelay(
              () -> mostMemory.accumulateAndGet(listener.residentBytes(), Math::max),
              0,
              500,
              TimeUnit.MILLISECONDS);

      arena.server("users").stop();
      Instant databaseDown = Instant.now();
      Duration slowest = Duration.ZERO;
      for (int key = 1_999_000_001; key <= 1_999_000_005; key++) {
        Duration took = anOrphanOfAnotherRuleIsPublished(stage, feed, key);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
      }
      assertThat(arena.server("users").isRunning()).isFalse();

      arena.kafka().stop();
      // More to tell than there is room for: violations by the thousand that open and are resolved.
      ScheduledFuture<?> waves =
          background.scheduleWithFixedDelay(
              new Waves(stage), 0, WAVE.toMillis(), TimeUnit.MILLISECONDS);
      Instant kafkaDown = Instant.now();
      liveUntil(listener, databaseDown.plus(OUTAGE));
      arena.server("users").startAgain();
      liveUntil(listener, kafkaDown.plus(OUTAGE));
      arena.kafka().startAgain();
      Instant kafkaUp = Instant.now();
      assertThat(waves.cancel(false)).as("every wave could be written").isTrue();
      Duration back = anOrphanOfAnotherRuleIsPublished(stage, feed, 1_999_000_006);

      orders.stop();
      stock.stop();
      assertThat(sampler.cancel(false)).isTrue();
      antiJoin.awaitEqual(feed, SETTLING);
      Instant settled = Instant.now();
      orders.mend();
      stock.mend();
      assertThat(antiJoin.awaitEqual(feed, SETTLING)).isEmpty();
      reporter.publishEntry(
          Map.of(
              "seed", Long.toString(SEED),
              "slowestWhileADatabaseWasDown", slowest.toString(),
              "firstAfterKafkaCameBack", back.toString(),
              "settledAfterKafkaCameBack", Duration.between(kafkaUp, settled).toString(),
              "mebibytesResident", Long.toString(mostMemory.get() >> 20),
              "transactions", Long.toString(orders.transactions() + stock.transactions()),
              "rows", Long.toString(orders.rows() + stock.rows()),
              "refusedWhileDown", Long.toString(orders.failures()),
              "transitions", feed.counts().toString()));
    }
    feed.assertLawful();
    Workload.assertHonestSilence(feed);
    assertThat(mostMemory.get() >> 20).isLessThan(HEAP_MEBIBYTES + REST_MEBIBYTES);
    assertThat(listener.terminate().exitCode()).isZero();
  }

  /** Orphans by the thousand, in one transaction; and in the next they are gone. */
  private static final class Waves implements Runnable {
    private final Stage stage;
    private boolean high;

    Waves(Stage stage) {
      this.stage = stage;
    }

    @Override
    public void run() {
      high = !high;
      try {
        stage.sql(
            "stock",
            high
                ? "insert into stock (product_id) select generate_series(%d, %d)"
                    .formatted(WAVES_BEGIN, WAVES_BEGIN + WAVE_KEYS - 1)
                : "delete from stock where product_id between %d and %d"
                    .formatted(WAVES_BEGIN, WAVES_BEGIN + WAVE_KEYS - 1));
      } catch (SQLException failed) {
        throw new IllegalStateException(failed);
      }
    }
  }

  /** From the commit to a consumer of the feed. */
  private static Duration anOrphanOfAnotherRuleIsPublished(Stage stage, FeedLog feed, long key)
      throws SQLException {
    stage.sql("stock", "insert into stock (product_id) values (" + key + ")");
    Instant committed = Instant.now();
    Transition opened = feed.awaitOpened("stock-product|[" + key + "]");
    return Duration.between(committed, opened.seen());
  }

  private static void liveUntil(ListenerProcess listener, Instant time)
      throws InterruptedException {
    Duration left = Duration.between(Instant.now(), time);
    if (left.isPositive()) {
      listener.live(left);
    }
  }
}
