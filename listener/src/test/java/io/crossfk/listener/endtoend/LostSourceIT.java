package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.config.OnGap;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * What {@link BlindnessIT} leaves out, each on a listener of its own and under load: slots that are
 * lost under their reader, servers that are restored or replaced, columns that are written anew,
 * rows that are hidden. The rule says that it is blind and why, comes back, and what is open then
 * is what an anti-join finds.
 */
@Order(4) // Long: it begins early.
class LostSourceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String RULE = "shop-user";
  private static final String ALERT = RULE + "|blind";
  private static final Workload.Side USERS = new Workload.Side("users", "users", "id");
  private static final Workload.Side ORDERS = new Workload.Side("orders", "orders", "user_id");
  private static final String RULES =
      """
      - { name: shop-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms,
          max-open: 5000 }
      - { name: stock-product, child: "orders:public.stock(product_id)", parent: "orders:public.products(id)",
          grace: 50ms }
      """;

  /** One for the change, one for what it led to, and some to spare for a busy machine. */
  private static final int MOST_AUDITS = 6;

  private static Arena arena;
  private static AuditCount audits;

  private Stage stage;
  private FeedLog feed;
  private AlertLog alerts;
  private Path file;
  private AntiJoin antiJoin;
  private @Nullable RunningListener listener;
  private @Nullable Workload workload;

  @BeforeAll
  static void startServers() {
    arena = Arena.with(Map.of("users", 16, "orders", 17));
    audits = AuditCount.of(RULE);
  }

  @AfterAll
  static void closeServers() {
    audits.close();
    arena.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    stage = arena.stage();
    Workload.createTables(stage, ORDERS, USERS);
    stage.sql(
        "orders",
        "create table products (id bigint primary key)",
        "create table stock (id int generated always as identity primary key, product_id bigint)",
        "create index on stock (product_id)");
    file = stage.configure(RULES);
    antiJoin = new AntiJoin(stage, ConfigurationReader.read(file).rules().enabled());
    feed = stage.follow();
    alerts = stage.followAlerts();
  }

  private RunningListener start() throws Exception {
    RunningListener started = stage.run(ConfigurationReader.read(file));
    listener = started;
    started.awaitWatching();
    if (workload == null) {
      Workload load =
          Workload.start(stage, ORDERS, USERS, new Workload.Plan(1, 2, Duration.ofMillis(10), 5));
      workload = load;
      Awaitility.await("load").atMost(PATIENCE).until(() -> load.transactions() > 20);
    }
    assertThat(audits.sinceLast()).as("audits of a start").isBetween(1, 2);
    return started;
  }

  @AfterEach
  void openViolationsAreTheAntiJoin() throws Exception {
    RunningListener running = listener;
    if (running == null) {
      return;
    }
    if (workload != null) {
      workload.stop();
    }
    running.awaitWatching();
    running.awaitDrained(stage.logEnds());
    antiJoin.awaitEqual(feed, PATIENCE);
    running.awaitDrained(stage.logEnds());
    assertThat(alerts.history(ALERT)).last().isEqualTo("resolved");
    assertThat(audits.sinceLast()).as("nothing loops").isBetween(1, MOST_AUDITS);
    running.close();
    feed.assertLawful();
    alerts.assertLawful();
  }

  private void awaitBlind(String... reasons) {
    Awaitility.await("blind because of " + String.join(", ", reasons))
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(alerts.records(ALERT))
                    .filteredOn(told -> !told.type().equals("resolved"))
                    .extracting(told -> told.text("reason"))
                    .anySatisfy(reason -> assertThat(reason).contains(reasons)));
  }

  /** The rule came back and said so. */
  private void awaitWatching(RunningListener running) {
    Awaitility.await("watches again")
        .atMost(PATIENCE)
        .until(() -> running.watching() && alerts.history(ALERT).getLast().equals("resolved"));
  }

  private void refer(long key) throws SQLException {
    stage.sql("orders", "insert into orders (user_id) values (" + key + ")");
  }

  private static String id(long key) {
    return RULE + "|[" + key + "]";
  }

  // --- slots ---

  @Test
  void aSlotLosesItsLog() throws Exception {
    refer(700);
    stage.sql("users", "insert into users values (700)", "create table noise (n int)");
    RunningListener running = start();
    PostgresServer users = arena.server("users");
    users.execute("postgres", "alter system set max_slot_wal_keep_size = '1MB'");
    users.execute("postgres", "select pg_reload_conf()");
    try {
      Awaitility.await("the server has removed the log that the slot needs")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                for (int segment = 0; segment < 4; segment++) {
                  stage.sql("users", "insert into noise values (1)");
                  stage.row("users", "select pg_switch_wal()::text");
                }
                users.execute(stage.name(), "checkpoint");
                return alerts.history(ALERT).contains("fired");
              });
    } finally {
      users.execute("postgres", "alter system reset max_slot_wal_keep_size");
      users.execute("postgres", "select pg_reload_conf()");
    }
    stage.sql("users", "delete from users where id = 700");
    awaitBlind("replication slot \"" + stage.name() + "\" has lost its log");
    awaitWatching(running);
    feed.awaitOpened(id(700));
  }

  @Test
  void aSlotIsDroppedAndMadeAgainBySomebodyElse() throws Exception {
    refer(700);
    stage.sql("users", "insert into users values (700)");
    RunningListener running = start();
    Awaitility.await("the slot is another one")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              sendReaderAway();
              stage.sql(
                  "users",
                  "select pg_drop_replication_slot('" + stage.name() + "')",
                  "delete from users where id = 700");
              stage.row(
                  "users",
                  "select lsn::text from pg_create_logical_replication_slot('"
                      + stage.name()
                      + "', 'pgoutput')");
              return true;
            });
    // Its reader may come in between the two; then it makes the slot itself.
    awaitBlind("replication slot \"" + stage.name() + "\"");
    awaitWatching(running);
    feed.awaitOpened(id(700));
  }

  private void sendReaderAway() throws SQLException {
    stage.row(
        "users",
        "select pg_terminate_backend(active_pid, 1000) from pg_replication_slots where slot_name ="
            + " '"
            + stage.name()
            + "' and active");
  }

  private String slots() throws SQLException {
    return stage
        .row(
            "users",
            "select count(*)::text from pg_replication_slots where slot_name = '"
                + stage.name()
                + "'")
        .getFirst();
  }

  @Test
  void withOnGapStopNoSlotIsMadeAndOtherRulesGoOn() throws Exception {
    Files.writeString(
        file, Files.readString(file).replace("  users:\n", "  users:\n    on-gap: stop\n"));
    stage.sql("users", "insert into users values (700)");
    refer(700);
    RunningListener running = start();
    Awaitility.await("the slot is dropped")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              sendReaderAway();
              return stage
                      .row("users", "select pg_drop_replication_slot('" + stage.name() + "')::text")
                      .size()
                  == 1;
            });
    awaitBlind("replication slot \"" + stage.name() + "\" does not exist", "--on-gap audit");
    stage.sql("users", "delete from users where id = 700");
    stage.sql("orders", "insert into stock (product_id) values (7)");
    feed.awaitOpened("stock-product|[7]");
    assertThat(running.status().lives().get(RULE)).isInstanceOf(RuleLife.Blind.class);
    running.close();
    RunningListener again = stage.run(ConfigurationReader.read(file));
    stage.sql("orders", "insert into stock (product_id) values (8)");
    feed.awaitOpened("stock-product|[8]");
    assertThat(again.status().lives().get(RULE)).isInstanceOf(RuleLife.Blind.class);
    again.close();
    assertThat(slots()).isEqualTo("0");
    assertThat(audits.sinceLast()).isZero();
    assertThat(feed.history(id(700))).isEmpty();
    listener = stage.run(ConfigurationReader.read(file).onGap(OnGap.AUDIT));
    feed.awaitOpened(id(700));
    assertThat(slots()).isEqualTo("1");
  }

  // --- servers ---

  @Test
  void aServerIsRestoredToAnOlderPosition() throws Exception {
    PostgresServer users = arena.server("users");
    RunningListener running = start();
    users.stop();
    ColdCopy copy = ColdCopy.of(users, stage.folder().resolve("copy"));
    users.startAgain();
    stage.sql("users", "insert into users values (700)", "create table noise (n int)");
    refer(700);
    stage.sql("users", "insert into noise select generate_series(1, 300000)");
    refer(701);
    feed.awaitOpened(id(701));
    running.awaitDrained(Map.of("users", stage.logEnds().get("users")));
    users.stop();
    copy.restore(users);
    users.startAgain();
    stage.sql("users", "insert into users values (701)");
    awaitBlind("the server was restored to an older position");
    awaitWatching(running);
    feed.awaitOpened(id(700));
    feed.awaitResolved(id(701));
  }

  @Test
  void aServerIsReplacedByAnother() throws Exception {
    RunningListener running = start();
    refer(701);
    feed.awaitOpened(id(701));
    PostgresServer users = arena.server("users");
    try (PostgresServer other = PostgresServer.builder().version(users.version()).start()) {
      other.createDatabase(stage.name());
      other.execute(stage.name(), "create table users (id bigint primary key, note text)");
      other.execute(stage.name(), "insert into users values (701)");
      other.stop();
      users.stop();
      ColdCopy.of(other, stage.folder().resolve("copy")).restore(users);
    }
    users.startAgain();
    awaitBlind("system identifier and timeline were");
    awaitWatching(running);
    feed.awaitResolved(id(701));
  }

  @Test
  void whatWasDoneWhileNobodyListenedIsSeenAtTheStart() throws Exception {
    stage.sql(
        "users",
        "drop table users",
        "create table users (id bigint primary key, note text) partition by range (id)",
        "create table users_part partition of users for values from (700) to (800)",
        "create table users_others partition of users default",
        "insert into users values (700)");
    refer(700);
    RunningListener first = start();
    first.close();
    stage.sql("users", "truncate users_part");
    RunningListener second = stage.run(ConfigurationReader.read(file));
    listener = second;
    awaitBlind("users:public.users was changed");
    awaitWatching(second);
    feed.awaitOpened(id(700));
  }

  // --- tables ---

  @Test
  void aColumnIsWrittenAnew() throws Exception {
    // Whole rows are published then, and nothing keeps anybody from changing the column.
    stage.sql("orders", "alter table orders replica identity full");
    stage.sql("users", "insert into users values (700)");
    refer(700);
    RunningListener running = start();
    stage.sql("orders", "alter table orders alter user_id type bigint using user_id + 1100000000");
    awaitBlind("orders:public.orders was changed");
    awaitWatching(running);
    feed.awaitOpened(id(1_100_000_700));
  }

  @Test
  void aReplicaIdentityComesAndGoesBeforeAnybodyLooks() throws Exception {
    RunningListener running = start();
    stage.sql(
        "users",
        "alter table users replica identity nothing",
        "insert into users values (700)",
        "alter table users replica identity default");
    awaitBlind("users:public.users");
    awaitWatching(running);
  }

  // --- privileges ---

  @Test
  void aPrivilegeIsRevokedAndRowsAreHidden() throws Exception {
    String role = "reader_" + stage.name();
    stage.sql(
        "users",
        "insert into users values (700), (701)",
        "create role " + role + " login replication password 'sandbox' in role pg_monitor",
        "grant select (id) on users to " + role,
        "create publication " + stage.name() + " for table users (id)");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst("(?s)(  users:\n.*?user: )\"[^\"]*\"", "$1\"" + role + "\""));
    refer(700);
    refer(701);
    RunningListener running = start();
    stage.sql("users", "revoke select (id) on users from " + role);
    stage.sql("users", "delete from users where id = 700");
    awaitBlind("users", role);
    assertThat(running.status().lives().get("stock-product")).isInstanceOf(RuleLife.Watching.class);
    stage.sql("users", "grant select (id) on users to " + role);
    awaitWatching(running);
    feed.awaitOpened(id(700));
    stage.sql(
        "users",
        "create policy nobody on users to " + role + " using (false)",
        "alter table users enable row level security");
    awaitBlind("users", "row");
    stage.sql("users", "delete from users where id = 701");
    stage.sql("users", "alter table users disable row level security");
    awaitWatching(running);
    feed.awaitOpened(id(701));
  }
}
