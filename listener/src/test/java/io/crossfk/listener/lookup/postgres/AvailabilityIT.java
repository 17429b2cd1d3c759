package io.crossfk.listener.lookup.postgres;

import static io.crossfk.listener.lookup.postgres.World.ask;
import static io.crossfk.listener.lookup.postgres.World.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A database that is down, hangs or waits fails its own questions, in time, and no others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AvailabilityIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(4);

  private PostgresServer usersServer;
  private World world;
  private BoundRule ordersUser;
  private BoundRule userOrder;
  private BoundRule ordersItem;

  @BeforeAll
  void start() throws Exception {
    usersServer = PostgresServer.start();
    world = World.on(PostgresServer.start(), "orders", "items").and("users", usersServer);
    world.sql(
        "users",
        "create table users (id int primary key, order_id int)",
        "create index on users (order_id)",
        "insert into users select g, g from generate_series(1, 1000) g");
    world.sql(
        "orders",
        "create table orders (id int primary key, user_id int)",
        "create index on orders (user_id)",
        "insert into orders select g, g + 500 from generate_series(1, 1000) g");
    world.sql("items", "create table items (id int primary key)");
    List<BoundRule> rules =
        world.bind(
            rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"),
            rule("user-order", "users:public.users(order_id)", "orders:public.orders(id)"),
            rule("orders-item", "orders:public.orders(user_id)", "items:public.items(id)"));
    ordersUser = rules.get(0);
    userOrder = rules.get(1);
    ordersItem = rules.get(2);
  }

  @AfterAll
  void stop() {
    world.close();
  }

  /** A test that fails must not leave a server that hangs to the next one. */
  @AfterEach
  void resume() {
    usersServer.resume();
  }

  private PostgresLookups lookups(int connections) {
    return new PostgresLookups(
        world.databases(connections, TIMEOUT), List.of(ordersUser, userOrder, ordersItem));
  }

  @Test
  void aStoppedDatabaseFailsPromptlyAndComesBack() throws Exception {
    try (PostgresLookups lookups = lookups(4)) {
      assertThat(ask(lookups, world.presence(ordersUser, Key.of(1))))
          .isInstanceOf(Finding.Present.class);
      usersServer.stop();

      Finding first = within(Duration.ofSeconds(5), lookups, world.presence(ordersUser, Key.of(1)));
      assertThat(((Finding.Failed) first).database()).isEqualTo("users");

      List<Question> thousand =
          IntStream.range(0, 1000).mapToObj(i -> world.presence(ordersUser, Key.of(i))).toList();
      long started = System.nanoTime();
      assertThat(ask(lookups, thousand)).hasOnlyElementsOfType(Finding.Failed.class);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
      assertThat(within(Duration.ofSeconds(2), lookups, world.proof(ordersItem, Key.of(1400))))
          .as("a rule that does not touch it")
          .isInstanceOf(Finding.Broken.class);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          ((Finding.Failed) ask(lookups, world.proof(ordersUser, Key.of(1400))))
                              .reason())
                      .contains("refused"));

      usersServer.startAgain();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(ask(lookups, world.proof(ordersUser, Key.of(1400))))
                      .isInstanceOf(Finding.Broken.class));
    }
  }

  @Test
  void aDatabaseThatIsDownFromTheStartIsNoReasonNotToStart() throws Exception {
    usersServer.stop();
    try (PostgresLookups lookups = lookups(4)) {
      assertThat(within(Duration.ofSeconds(5), lookups, world.presence(ordersUser, Key.of(1))))
          .isInstanceOf(Finding.Failed.class);
      assertThat(within(Duration.ofSeconds(5), lookups, world.proof(ordersItem, Key.of(1400))))
          .isInstanceOf(Finding.Broken.class);
    } finally {
      usersServer.startAgain();
    }
  }

  @Test
  void aDatabaseThatHangsFailsInBoundedTimeAndHoldsUpNobodyElse() throws Exception {
    try (PostgresLookups lookups = lookups(4)) {
      warmUp(lookups);
      usersServer.pause();
      List<Question> hopeless = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        // They need orders too: all of its connections would hang with them.
        hopeless.add(world.proof(ordersUser, Key.of(501 + i % 1000)));
      }
      CountDownLatch failed = new CountDownLatch(hopeless.size());
      long started = System.nanoTime();
      lookups.ask(hopeless, answers -> answers.forEach(answer -> failed.countDown()));

      for (int i = 0; i < 20; i++) {
        assertThat(
                within(
                    Duration.ofMillis(1500),
                    lookups,
                    i % 2 == 0
                        ? world.proof(ordersItem, Key.of(1400))
                        : world.presence(ordersItem, Key.of(1))))
            .as("a rule of other databases, while proofs hang")
            .isNotInstanceOf(Finding.Failed.class);
      }

      assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .as("timeout, slack, and the wait for a connection")
          .isLessThan(TIMEOUT.plusSeconds(8));
      usersServer.resume();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(ask(lookups, world.presence(ordersUser, Key.of(1))))
                      .isInstanceOf(Finding.Present.class));
    }
  }

  @Test
  void rulesThatCrossEachOtherDoNotWaitForEachOther() throws Exception {
    try (PostgresLookups lookups = lookups(1)) {
      List<Question> crossing = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        crossing.add(
            i % 2 == 0
                ? world.proof(ordersUser, Key.of(501 + i % 1000))
                : world.proof(userOrder, Key.of(1 + i % 1000)));
        crossing.add(world.presence(i % 2 == 0 ? ordersUser : userOrder, Key.of(i)));
      }

      assertThat(ask(lookups, crossing))
          .hasSize(8000)
          .noneMatch(finding -> finding instanceof Finding.Failed);
    }
  }

  @Test
  void aLockedTableFailsItsOwnQuestionsOnly() throws Exception {
    world.sql("users", "create table others (id int primary key)");
    BoundRule others =
        world
            .bind(rule("others", "orders:public.orders(user_id)", "users:public.others(id)"))
            .getFirst();
    try (PostgresLookups lookups = lookups(4);
        Connection migration = usersServer.connect("users");
        Statement statement = migration.createStatement()) {
      lookups.bind(others);
      migration.setAutoCommit(false);
      statement.execute("lock table users in access exclusive mode");

      Finding locked =
          within(Duration.ofSeconds(5), lookups, world.presence(ordersUser, Key.of(1)));
      assertThat(locked)
          .isEqualTo(new Finding.Failed("users", "canceling statement due to lock timeout"));
      assertThat(within(Duration.ofSeconds(1), lookups, world.presence(others, Key.of(1))))
          .isInstanceOf(Finding.Absent.class);

      migration.rollback();
      assertThat(ask(lookups, world.presence(ordersUser, Key.of(1))))
          .isInstanceOf(Finding.Present.class);
    }
  }

  @Test
  void aCutConnectionCostsABatchAndNotMore() throws Exception {
    try (PostgresLookups lookups = lookups(2)) {
      warmUp(lookups);
      world.sql(
          "users",
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
              + " 'crossfk'");

      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(
              () ->
                  assertThat(ask(lookups, world.presence(ordersUser, Key.of(1))))
                      .isInstanceOf(Finding.Present.class));
    }
  }

  @Test
  void closingFailsWhatWaitsAndReturnsSoon() throws Exception {
    PostgresLookups lookups = lookups(1);
    warmUp(lookups);
    usersServer.pause();
    List<Question> questions =
        IntStream.range(0, 3000).mapToObj(i -> world.presence(ordersUser, Key.of(i))).toList();
    AtomicInteger answered = new AtomicInteger();
    lookups.ask(questions, answers -> answered.addAndGet(answers.size()));

    long started = System.nanoTime();
    lookups.close();
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
    await().untilAsserted(() -> assertThat(answered).hasValue(3000));
    assertThat(ask(lookups, world.presence(ordersUser, Key.of(1))))
        .isEqualTo(new Finding.Failed("users", "crossfk is stopping"));
    usersServer.resume();
  }

  private void warmUp(PostgresLookups lookups) throws Exception {
    List<Question> all = new ArrayList<>();
    for (int i = 1; i < 300; i++) {
      all.add(world.presence(ordersUser, Key.of(i)));
      all.add(world.proof(ordersItem, Key.of(i)));
    }
    assertThat(ask(lookups, all)).noneMatch(finding -> finding instanceof Finding.Failed);
  }

  private static Finding within(Duration limit, PostgresLookups lookups, Question question)
      throws Exception {
    long started = System.nanoTime();
    Finding finding = ask(lookups, question);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).as("%s", finding).isLessThan(limit);
    return finding;
  }
}
