package io.crossfk.listener.hard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.endtoend.AntiJoin;
import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.RunningListener;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.rules.judge.RuleLife;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tables and slots live too: types are widened, tables rewritten, rows move between partitions, a
 * slot is dropped. None of it raises a false alarm, and none is missed.
 */
class SchemaLifeIT {
  private static final String RULE =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)",
          parent: "users:public.users(id)", grace: 100ms }
      """;

  private static Arena arena;

  private Stage stage;
  private FeedLog feed;
  private Configuration configuration;
  private AntiJoin antiJoin;

  @SuppressWarnings("NullAway.Init") // each test starts it when its tables are there
  private RunningListener listener;

  @BeforeAll
  static void startServers() {
    arena = Arena.with(Map.of("users", 15, "orders", 18));
  }

  @AfterAll
  static void closeServers() {
    arena.close();
  }

  @BeforeEach
  void newStage() throws Exception {
    stage = arena.stage();
    feed = FeedLog.of(stage);
    configuration = stage.configuration(RULE);
    antiJoin = new AntiJoin(stage, configuration.rules().enabled());
  }

  @AfterEach
  void openViolationsAreTheAntiJoin() throws SQLException {
    try (FeedLog closingFeed = feed;
        RunningListener closingListener = listener) {
      antiJoin.awaitEqual(closingFeed, Duration.ofSeconds(30));
      closingListener.awaitDrained(stage.logEnds());
      antiJoin.awaitEqual(closingFeed, Duration.ofSeconds(1));
      closingFeed.assertLawful();
    }
  }

  private void start() {
    listener = RunningListener.start(configuration);
    listener.awaitWatching();
  }

  /** Three users, and an order for each of them. */
  private void simpleTables() throws SQLException {
    stage.sql(
        "users",
        "create table users (id int primary key, name text)",
        "insert into users values (1), (2), (3)");
    stage.sql(
        "orders",
        "create table orders (id int primary key, user_id int)",
        "create index on orders (user_id)",
        "insert into orders values (1, 1), (2, 2), (3, 3)");
  }

  /**
   * PostgreSQL refuses to change the type of a column that a publication's column list names, and
   * says so. In one transaction with the change the table is taken out and put back: nobody can
   * write to it meanwhile, so nothing is missed.
   */
  @Test
  void keysMayBeWidenedWhileItRuns() throws SQLException {
    simpleTables();
    stage.sql("orders", "insert into orders values (7, 7)");
    start();
    feed.awaitOpened("orders-user|[7]");
    assertThatThrownBy(
            () -> stage.sql("orders", "alter table orders alter column user_id type bigint"))
        .hasMessageContaining("publication " + stage.name());
    stage.sql(
        "orders",
        "alter publication %s drop table orders".formatted(stage.name()),
        "alter table orders alter column user_id type bigint",
        "alter publication %s add table orders (id, user_id)".formatted(stage.name()));
    stage.sql(
        "users",
        "alter publication %s drop table users".formatted(stage.name()),
        "alter table users alter column id type bigint",
        "alter publication %s add table users (id)".formatted(stage.name()));
    stage.sql("orders", "insert into orders values (4, 5000000000), (5, 1)");
    feed.awaitOpened("orders-user|[5000000000]");
    stage.sql("users", "insert into users values (5000000000)");
    feed.awaitResolved("orders-user|[5000000000]");
    stage.sql("users", "delete from users where id = 2");
    feed.awaitOpened("orders-user|[2]");
    // After a restart the key is one of another type, and the violation still the same.
    listener.close();
    start();
    stage.sql("users", "insert into users values (7)");
    assertThat(feed.awaitResolved("orders-user|[7]").text("resolution"))
        .isEqualTo("parent-arrived");
    assertThat(feed.open()).containsExactly("orders-user|[2]");
    assertThat(feed.counts()).isEqualTo(Map.of("opened", 3, "resolved", 2));
  }

  @Test
  void tablesMayBeRewrittenAndColumnsComeAndGoWhileItRuns() throws SQLException {
    simpleTables();
    start();
    stage.sql("users", "alter table users add column email text default gen_random_uuid()::text");
    stage.sql(
        "orders", "alter table orders add column note text", "cluster orders using orders_pkey");
    stage.sql("users", "alter table users drop column name");
    stage.sql(
        "orders", "alter table orders add column total numeric", "alter table orders drop note");
    arena.server("users").execute(stage.name(), "vacuum full users");
    arena.server("orders").execute(stage.name(), "vacuum full orders");
    stage.sql("orders", "insert into orders (id, user_id, total) values (4, 4, 1.5), (5, 1, 2)");
    feed.awaitOpened("orders-user|[4]");
    stage.sql("users", "insert into users (email, id) values ('a@example.com', 4)");
    feed.awaitResolved("orders-user|[4]");
    stage.sql("users", "delete from users where id = 3");
    feed.awaitOpened("orders-user|[3]");
    assertThat(feed.transitions()).hasSize(3);
  }

  @Test
  void rowsMayMoveBetweenPartitions() throws SQLException {
    stage.sql(
        "users",
        "create table users (id bigint, region int, primary key (id))" + " partition by range (id)",
        "create table users_low partition of users for values from (0) to (1000)",
        "create table users_high partition of users for values from (1000) to (2000)",
        "insert into users values (1), (2), (1001)");
    stage.sql(
        "orders",
        "create table orders (id bigint, day int, user_id bigint, primary key (id, day))"
            + " partition by list (day)",
        "create table orders_one partition of orders for values in (1)",
        // Other column numbers than its root.
        "create table orders_two (old int, user_id bigint, id bigint, day int not null)",
        "alter table orders_two drop column old",
        "alter table orders_two alter id set not null",
        "alter table orders attach partition orders_two for values in (2)",
        "create index on orders (user_id)",
        "insert into orders values (1, 1, 1), (2, 1, 2), (3, 2, 1001)");
    start();
    stage.sql("orders", "update orders set day = 3 - day");
    stage.sql("orders", "update orders set day = 3 - day", "update orders set day = 3 - day");
    stage.sql(
        "users",
        "update users set id = id + 1000 where id = 2",
        "update users set id = 2 where id = 1002");
    listener.awaitDrained(stage.logEnds());
    assertThat(feed.transitions()).isEmpty();
    // A user who really leaves for another key. Over the border of its partition it is a delete
    // and an insert to the log, and so to us.
    stage.sql("users", "update users set id = 1500 where id = 1");
    assertThat(feed.awaitOpened("orders-user|[1]").text("cause")).isEqualTo("parent-delete");
    stage.sql("orders", "update orders set day = 2, user_id = 1500 where user_id = 1");
    feed.awaitResolved("orders-user|[1]");
    assertThat(feed.transitions()).hasSize(2);
  }

  @Test
  void aChildMayLogItsWholeOldRows() throws SQLException {
    simpleTables();
    stage.sql("orders", "alter table orders replica identity full");
    start();
    stage.sql("orders", "update orders set user_id = 9 where id = 1");
    feed.awaitOpened("orders-user|[9]");
    stage.sql("orders", "update orders set user_id = 1 where id = 1");
    feed.awaitResolved("orders-user|[9]");
    stage.sql("orders", "insert into orders values (8, 8)");
    feed.awaitOpened("orders-user|[8]");
    stage.sql("orders", "delete from orders where id = 8");
    feed.awaitResolved("orders-user|[8]");
  }

  @Test
  void aSlotThatWasDroppedWhileItWasStoppedIsMadeAnewAndTheGapAudited() throws Exception {
    simpleTables();
    stage.sql("orders", "insert into orders values (4, 4)");
    start();
    feed.awaitOpened("orders-user|[4]");
    listener.close();
    for (String database : Set.of("users", "orders")) {
      dropSlot(database);
    }
    // Nobody listens to any of this.
    stage.sql("users", "delete from users where id = 1", "insert into users values (4), (5)");
    stage.sql("orders", "insert into orders values (5, 5), (6, 6)");
    start();
    assertThat(feed.awaitResolved("orders-user|[4]").text("resolution"))
        .isEqualTo("parent-arrived");
    feed.awaitOpened("orders-user|[1]");
    feed.awaitOpened("orders-user|[6]");
    // And the stream is whole again.
    stage.sql("users", "insert into users values (6)");
    feed.awaitResolved("orders-user|[6]");
  }

  @Test
  void aSlotThatIsDroppedWhileItRunsIsMadeAnewAndTheGapAudited() throws Exception {
    simpleTables();
    start();
    Set<String> states = ConcurrentHashMap.newKeySet();
    stage.sql("orders", "insert into orders values (4, 4)");
    feed.awaitOpened("orders-user|[4]");
    dropSlot("users");
    stage.sql("users", "delete from users where id = 1", "insert into users values (4), (5)");
    stage.sql("orders", "insert into orders values (5, 5), (6, 6)");
    await("the gap is noticed")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              listener.status().lives().values().stream().map(RuleLife::word).forEach(states::add);
              return states.contains("blind");
            });
    listener.awaitWatching();
    assertThat(feed.awaitResolved("orders-user|[4]").text("resolution"))
        .isEqualTo("parent-arrived");
    feed.awaitOpened("orders-user|[1]");
    feed.awaitOpened("orders-user|[6]");
    stage.sql("users", "insert into users values (6)");
    feed.awaitResolved("orders-user|[6]");
    assertThat(feed.history("orders-user|[5]")).isEmpty();
  }

  /** Whoever reads from it is ended, and may be quicker than we are. */
  private void dropSlot(String database) {
    await("the slot is dropped")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(
            () -> {
              String ours = " from pg_replication_slots where slot_name = '" + stage.name() + "'";
              stage.row(database, "select count(pg_terminate_backend(active_pid))" + ours);
              stage.row(database, "select count(pg_drop_replication_slot(slot_name))" + ours);
              return true;
            });
  }
}
