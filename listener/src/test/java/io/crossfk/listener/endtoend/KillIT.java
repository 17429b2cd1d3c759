package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** The process is killed without warning, again and again, while the services write. */
@Order(1) // Long: it begins first.
class KillIT {
  private static final int KILLS = Integer.getInteger("crossfk.test.kills", 30);
  private static final long SEED = Long.getLong("crossfk.test.seed", System.nanoTime());

  private static final String HEAP = "128m";
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration SETTLING = Duration.ofSeconds(60);

  private static final Workload.Side USERS = new Workload.Side("users", "users", "id");
  private static final Workload.Side ORDERS = new Workload.Side("orders", "orders", "user_id");
  private static final Workload.Side PRODUCTS = new Workload.Side("orders", "products", "id");
  private static final Workload.Side REVIEWS = new Workload.Side("users", "reviews", "product_id");
  private static final String RULES =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 100ms }
      - { name: reviews-product, child: "users:public.reviews(product_id)", parent: "orders:public.products(id)", grace: 50ms }
      """;

  private static Arena arena;

  @BeforeAll
  static void start() throws Exception {
    ClassArchive.make();
    arena = Arena.with(Map.of("users", 18, "orders", 15));
  }

  @AfterAll
  static void end() {
    arena.close();
  }

  @Test
  void killedAtRandomMomentsItPublishesEachTransitionExactlyOnceAndLosesNone(TestReporter reporter)
      throws Exception {
    Stage stage = arena.stage();
    Workload.createTables(stage, ORDERS, USERS);
    Workload.createTables(stage, REVIEWS, PRODUCTS);
    Configuration configuration = stage.configuration(RULES);
    AntiJoin antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    Path file = stage.configure(RULES);
    FeedLog feed = stage.follow();
    Random random = new Random(SEED);
    List<Duration> restarts = new ArrayList<>();

    Workload.Plan plan = new Workload.Plan(SEED, 2, Duration.ofMillis(10), 100);
    Instant begin = Instant.now();
    try (Workload orders = Workload.start(stage, ORDERS, USERS, plan);
        Workload reviews = Workload.start(stage, REVIEWS, PRODUCTS, plan)) {
      Optional<ListenerProcess> standby = Optional.empty();
      for (int kill = 1; kill <= KILLS; kill++) {
        boolean fresh = standby.isEmpty();
        ListenerProcess process = standby.orElseGet(() -> stage.runProcess(file, HEAP));
        // Now and then another one waits already, and takes over.
        standby = kill % 3 == 0 ? Optional.of(stage.runProcess(file, HEAP)) : Optional.empty();
        if (kill % 5 == 0) {
          // In the middle of its start.
          process.live(Duration.ofMillis(random.nextInt(1500)));
        } else {
          Duration start = awaitNews(process, feed);
          if (fresh) {
            restarts.add(start);
          }
          process.live(Duration.ofMillis(random.nextInt(700)));
        }
        process.kill();
      }
      standby.ifPresent(ListenerProcess::close);
      orders.stop();
      reviews.stop();
      reporter.publishEntry(
          Map.of(
              "seed", Long.toString(SEED),
              "kills", Integer.toString(KILLS),
              "time", Duration.between(begin, Instant.now()).toString(),
              "restarts", median(restarts),
              "transactions", Long.toString(orders.transactions() + reviews.transactions()),
              "rows", Long.toString(orders.rows() + reviews.rows())));

      ListenerProcess last = stage.runProcess(file, HEAP);
      assertThat(antiJoin.awaitEqual(feed, SETTLING)).isNotEmpty();
      orders.mend();
      reviews.mend();
      assertThat(antiJoin.awaitEqual(feed, SETTLING)).isEmpty();
      assertThat(last.terminate().exitCode()).isZero();
    }

    feed.assertLawful();
    Workload.assertHonestSilence(feed);
    FeedLog again = stage.follow();
    Awaitility.await().atMost(START).until(() -> again.size() >= feed.size());
    again.assertLawful();
    assertThat(again.size()).isEqualTo(feed.size());
    reporter.publishEntry("transitions", feed.counts().toString());
  }

  /** Waits for its first transition: from the start of the JVM to a consumer. */
  private static Duration awaitNews(ListenerProcess process, FeedLog feed) {
    int before = feed.size();
    Awaitility.await("a transition after the start")
        .atMost(START)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              process.requireAlive();
              return feed.size() > before;
            });
    return Duration.between(process.started(), Instant.now());
  }

  private static String median(List<Duration> times) {
    Collections.sort(times);
    return times.getFirst() + " to " + times.getLast() + ", median " + times.get(times.size() / 2);
  }
}
