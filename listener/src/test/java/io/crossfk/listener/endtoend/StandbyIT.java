package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import io.crossfk.rules.change.Position;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** One instance leads, another waits; each ends in good order when it is asked to. */
@Order(3) // Long: it begins first.
class StandbyIT {
  private static final Duration START = Duration.ofSeconds(40);
  private static final Duration ENDING = Duration.ofSeconds(5);
  private static final String HEAP = "128m";
  private static final int STARTS = 5;

  private static final Workload.Side USERS = new Workload.Side("users", "users", "id");
  private static final Workload.Side ORDERS = new Workload.Side("orders", "orders", "user_id");
  private static final String RULES =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms }
      """;

  private static Arena arena;
  private Stage stage;
  private Path file;
  private FeedLog feed;
  private AntiJoin antiJoin;

  @BeforeAll
  static void start() throws Exception {
    ClassArchive.make();
    arena = Arena.with(Map.of("users", 18, "orders", 14));
  }

  @AfterAll
  static void end() {
    arena.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    stage = arena.stage();
    Workload.createTables(stage, ORDERS, USERS);
    Configuration configuration = stage.configuration(RULES);
    file = stage.configure(RULES);
    antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    feed = stage.follow();
  }

  private ListenerProcess leader() throws SQLException {
    ListenerProcess process = stage.runProcess(file, HEAP);
    anOrphanIsPublishedBy(process, 999_999);
    return process;
  }

  private void anOrphanIsPublishedBy(ListenerProcess process, long key) throws SQLException {
    stage.sql("orders", "insert into orders (user_id) values (" + key + ")");
    Awaitility.await("an orphan is published")
        .atMost(START)
        .until(
            () -> {
              process.requireAlive();
              return !feed.history("orders-user|[" + key + "]").isEmpty();
            });
  }

  private void awaitMembers(int count) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", stage.bootstrapServers()))) {
      String group = "crossfk-" + stage.name();
      Awaitility.await(count + " instances are in the group")
          .atMost(START)
          .until(
              () ->
                  admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                      .mapToInt(described -> described.members().size())
                      .sum(),
              size -> size == count);
    }
  }

  @Test
  void aSecondInstanceWaitsAndTakesOverWhenTheFirstIsKilled(TestReporter reporter)
      throws Exception {
    ListenerProcess first = leader();
    ListenerProcess second = stage.runProcess(file, HEAP);
    awaitMembers(2);
    try (Workload workload =
        Workload.start(stage, ORDERS, USERS, new Workload.Plan(1, 2, Duration.ofMillis(10), 100))) {
      // The second waits: the first goes on, and is not fenced.
      anOrphanIsPublishedBy(first, 1_999_000_001);
      second.requireAlive();
      first.kill();
      Instant killed = Instant.now();
      int before = feed.size();
      Awaitility.await().atMost(START).until(() -> feed.size() > before);
      reporter.publishEntry("takeover", Duration.between(killed, Instant.now()).toString());
      anOrphanIsPublishedBy(second, 1_999_000_002);
      workload.stop();
    }
    antiJoin.awaitEqual(feed, START);
    feed.assertLawful();
    assertInTime(second.terminate());
  }

  @Test
  void aLeaderThatIsAskedToEndFlushesAndHandsOverToTheNext(TestReporter reporter) throws Exception {
    ListenerProcess first = leader();
    ListenerProcess second = stage.runProcess(file, HEAP);
    awaitMembers(2);
    try (Workload workload =
        Workload.start(stage, ORDERS, USERS, new Workload.Plan(2, 2, Duration.ofMillis(10), 100))) {
      anOrphanIsPublishedBy(first, 1_999_000_001);
      ListenerProcess.Ending ending = first.terminate();
      assertInTime(ending);
      reporter.publishEntry("ending", ending.time().toString());
      anOrphanIsPublishedBy(second, 1_999_000_002);
      workload.stop();
    }
    antiJoin.awaitEqual(feed, START);
    feed.assertLawful();
    assertInTime(second.terminate());
  }

  @Test
  void whatIsSettledIsAcknowledgedBeforeItEnds() throws Exception {
    ListenerProcess process = leader();
    stage.sql("orders", "insert into orders (user_id) values (1)");
    Position written = stage.logEnds().get("orders");
    feed.awaitOpened("orders-user|[1]");
    assertInTime(process.terminate());
    Position acknowledged =
        Position.parse(
            stage
                .row(
                    "orders",
                    "select confirmed_flush_lsn::text from pg_replication_slots where slot_name = '"
                        + stage.name()
                        + "'")
                .getFirst());
    assertThat(acknowledged).isGreaterThanOrEqualTo(written);
    antiJoin.awaitEqual(feed, START);
    feed.assertLawful();
  }

  @Test
  void aStandbyEndsInTimeToo() throws Exception {
    ListenerProcess first = leader();
    ListenerProcess second = stage.runProcess(file, HEAP);
    awaitMembers(2);
    assertInTime(second.terminate());
    anOrphanIsPublishedBy(first, 2);
    assertInTime(first.terminate());
  }

  @Test
  void aSignalInTheMiddleOfTheStartEndsItInGoodOrder() throws Exception {
    assertInTime(leader().terminate());
    for (int start = 0; start < STARTS; start++) {
      ListenerProcess process = stage.runProcess(file, HEAP);
      Awaitility.await("it says what it is about to do").atMost(START).until(process::hasSpoken);
      process.live(Duration.ofMillis(100 + start * 300L));
      assertInTime(process.terminate());
    }
    ListenerProcess last = stage.runProcess(file, HEAP);
    anOrphanIsPublishedBy(last, 1);
    antiJoin.awaitEqual(feed, START);
    feed.assertLawful();
  }

  @Test
  void aDatabaseThatIsDownDelaysNoEnd() throws Exception {
    ListenerProcess process = leader();
    stage.sql("orders", "insert into orders (user_id) values (1)");
    feed.awaitOpened("orders-user|[1]");
    arena.server("users").stopImmediately();
    try {
      stage.sql("orders", "insert into orders (user_id) values (2)");
      process.live(Duration.ofMillis(500));
      assertInTime(process.terminate());
    } finally {
      arena.server("users").startAgain();
    }
    ListenerProcess next = stage.runProcess(file, HEAP);
    feed.awaitOpened("orders-user|[2]");
    antiJoin.awaitEqual(feed, START);
    feed.assertLawful();
    assertInTime(next.terminate());
  }

  @Test
  void aKafkaThatIsDownDelaysNoEnd(TestReporter reporter) throws Exception {
    ListenerProcess process = leader();
    arena.kafka().stop();
    try {
      stage.sql("orders", "insert into orders (user_id) values (1)");
      process.live(Duration.ofMillis(500));
      ListenerProcess.Ending ending = process.terminate();
      assertInTime(ending);
      reporter.publishEntry("ending without Kafka", ending.toString());
    } finally {
      arena.kafka().startAgain();
    }
    ListenerProcess next = stage.runProcess(file, HEAP);
    feed.awaitOpened("orders-user|[1]");
    antiJoin.awaitEqual(feed, START);
    feed.assertLawful();
    assertInTime(next.terminate());
  }

  private static void assertInTime(ListenerProcess.Ending ending) {
    assertThat(ending.exitCode()).as("%s", ending).isZero();
    assertThat(ending.time()).isLessThan(ENDING);
  }
}
