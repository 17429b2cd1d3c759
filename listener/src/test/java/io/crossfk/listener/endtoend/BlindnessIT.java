package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A test for each cause of blindness that leaves the process alone: it happens under load, the rule
 * says that it is blind and why, and comes back; then what is open is what an anti-join finds. One
 * listener lives through all of it.
 *
 * <p>The keys from 1000 to 1999 have partitions of their own on both sides, which the load does not
 * touch: the users 1000 to 1004 are there, and 1000 to 1005 have orders.
 */
@Order(3) // Long: it begins early.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BlindnessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ALERT = "orders-user|blind";
  private static final Workload.Side USERS = new Workload.Side("users", "users", "id");
  private static final Workload.Side ORDERS = new Workload.Side("orders", "orders", "user_id");

  private static final String RULE =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms,
          max-open: 2000 }
      """;

  private Arena arena;
  private Stage stage;
  private FeedLog feed;
  private AlertLog alerts;
  private AntiJoin antiJoin;
  private RunningListener listener;
  private Workload workload;
  private Configuration configuration;
  private int alertsBefore;
  private int seed;

  @BeforeAll
  void start() throws Exception {
    arena = Arena.with(Map.of("users", 18, "orders", 15));
    stage = arena.stage();
    stage.sql(
        "users",
        "create table users (id bigint primary key, note text) partition by range (id)",
        "create table users_others partition of users default",
        "create table users_part partition of users for values from (1000) to (2000)",
        "insert into users select generate_series(1000, 1004)");
    stage.sql(
        "orders",
        "create sequence order_ids",
        "create table orders (id bigint default nextval('order_ids'), user_id bigint, note text,"
            + " primary key (id, user_id)) partition by range (user_id)",
        "create table orders_others partition of orders default",
        "create table orders_part partition of orders for values from (1000) to (2000)",
        "create index on orders (user_id)",
        "insert into orders (user_id) select generate_series(1000, 1005)");
    stage.sql(
        "users",
        "create role reader login password 'reader' replication",
        "alter table users owner to reader",
        "grant create on database " + stage.name() + " to reader");
    Path file = stage.configure(RULE);
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst(
                "(users:\\n[^\\n]*\\n *user: )[^\\n]*(\\n *password: )[^\\n]*",
                "$1reader$2reader"));
    assertThat(file).content().contains("reader");
    configuration = ConfigurationReader.read(file);
    antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    feed = stage.follow();
    alerts = stage.followAlerts();
    listener = stage.run(configuration);
    listener.awaitWatching();
  }

  @AfterAll
  void end() {
    feed.assertLawful();
    alerts.assertLawful();
    arena.close();
  }

  @BeforeEach
  void load() {
    alertsBefore = alerts.history(ALERT).size();
    workload =
        Workload.start(
            stage, ORDERS, USERS, new Workload.Plan(++seed, 2, Duration.ofMillis(10), 2));
    Awaitility.await("load").atMost(PATIENCE).until(() -> workload.transactions() > 20);
  }

  @AfterEach
  void openViolationsAreTheAntiJoin() throws Exception {
    workload.stop();
    listener.awaitWatching();
    listener.awaitDrained(stage.logEnds());
    antiJoin.awaitEqual(feed, PATIENCE);
    assertThat(alerts.history(ALERT)).last().isEqualTo("resolved");
    // Nothing loops: it was told of once, or of what it led to as well.
    assertThat(alerts.history(ALERT).size() - alertsBefore).isBetween(2, 8);
  }

  /** Something no log tells: the rule is blind until its audit, and needs nobody's help. */
  private void happens(String reason, String database, String... statements) throws Exception {
    stage.sql(database, statements);
    awaitTold("fired", reason);
    awaitWatching();
  }

  /** The last alert that fired, or was updated, says this. */
  private void awaitTold(String type, String reason) {
    Awaitility.await(type + " because of " + reason)
        .atMost(PATIENCE)
        .until(
            () -> {
              List<Transition> told = alerts.records(ALERT);
              return told.stream()
                  .skip(alertsBefore)
                  .anyMatch(
                      each ->
                          !each.type().equals("resolved") && each.text("reason").contains(reason));
            });
  }

  private void awaitWatching() {
    Awaitility.await("watches again")
        .atMost(PATIENCE)
        .until(
            () ->
                listener.watching()
                    && alerts.history(ALERT).size() > alertsBefore
                    && alerts.history(ALERT).getLast().equals("resolved"));
  }

  private static String id(long key) {
    return "orders-user|[" + key + "]";
  }

  // --- partitions ---

  @Test
  void aParentsPartitionIsTruncated() throws Exception {
    happens("users:public.users was changed", "users", "truncate users_part");
    feed.awaitOpened(id(1001));
    stage.sql("users", "insert into users select generate_series(1000, 1004)");
    feed.awaitResolved(id(1001));
  }

  @Test
  void aParentsPartitionIsDetachedAndAttached() throws Exception {
    happens(
        "users:public.users was changed", "users", "alter table users detach partition users_part");
    feed.awaitOpened(id(1002));
    int before = alerts.history(ALERT).size();
    stage.sql(
        "users", "alter table users attach partition users_part for values from (1000) to (2000)");
    Awaitility.await("blind again")
        .atMost(PATIENCE)
        .until(() -> alerts.history(ALERT).size() > before);
    awaitWatching();
    feed.awaitResolved(id(1002));
  }

  @Test
  void aParentsPartitionIsDropped() throws Exception {
    happens("users:public.users was changed", "users", "drop table users_part");
    feed.awaitOpened(id(1003));
    stage.sql(
        "users",
        "create table users_part partition of users for values from (1000) to (2000)",
        "insert into users select generate_series(1000, 1004)");
    feed.awaitResolved(id(1003));
  }

  @Test
  void aChildsPartitionIsTruncated() throws Exception {
    feed.awaitOpened(id(1005));
    happens("orders:public.orders was changed", "orders", "truncate orders_part");
    feed.awaitResolved(id(1005));
    stage.sql("orders", "insert into orders (user_id) select generate_series(1000, 1005)");
    feed.awaitOpened(id(1005));
  }

  @Test
  void aChildsPartitionIsDetachedAndAttached() throws Exception {
    feed.awaitOpened(id(1005));
    happens(
        "orders:public.orders was changed",
        "orders",
        "alter table orders detach partition orders_part");
    feed.awaitResolved(id(1005));
    int before = alerts.history(ALERT).size();
    stage.sql(
        "orders",
        "insert into orders_part (user_id) values (1006)",
        "alter table orders attach partition orders_part for values from (1000) to (2000)");
    Awaitility.await("blind again")
        .atMost(PATIENCE)
        .until(() -> alerts.history(ALERT).size() > before);
    feed.awaitOpened(id(1006));
    awaitWatching();
    stage.sql("orders", "delete from orders where user_id = 1006");
  }

  @Test
  void aChildsPartitionIsDropped() throws Exception {
    feed.awaitOpened(id(1005));
    happens("orders:public.orders was changed", "orders", "drop table orders_part");
    feed.awaitResolved(id(1005));
    stage.sql(
        "orders",
        "create table orders_part partition of orders for values from (1000) to (2000)",
        "insert into orders (user_id) select generate_series(1000, 1005)");
    feed.awaitOpened(id(1005));
  }

  // --- publication and replica identity ---

  @Test
  void aTableIsTakenOutOfThePublicationAndCrossfkPutsItBack() throws Exception {
    stage.sql(
        "users",
        "alter publication " + stage.name() + " drop table users",
        "delete from users where id = 1001");
    awaitTold("fired", "users:public.users");
    awaitWatching();
    feed.awaitOpened(id(1001));
    stage.sql("users", "insert into users values (1001)");
    feed.awaitResolved(id(1001));
  }

  @Test
  void aTableIsTakenOutOfThePublicationAndPutBackBeforeAnybodyLooks() throws Exception {
    String publication = stage.name();
    String columns = stage.row("users", columnList(publication)).getFirst();
    stage.sql("users", "alter publication " + publication + " drop table users");
    stage.sql("users", "delete from users where id = 1002");
    stage.sql("users", "alter publication " + publication + " add table users " + columns);
    awaitTold("fired", "users:public.users was changed");
    awaitWatching();
    feed.awaitOpened(id(1002));
    stage.sql("users", "insert into users values (1002)");
    feed.awaitResolved(id(1002));
  }

  private static String columnList(String publication) {
    return "select '(' || array_to_string(attnames, ', ') || ')' from pg_publication_tables where"
        + " pubname = '"
        + publication
        + "'";
  }

  @Test
  void aRowFilterHidesRows() throws Exception {
    stage.sql(
        "users",
        "alter publication " + stage.name() + " set table users (id) where (id < 1000)",
        "delete from users where id = 1003");
    awaitTold("fired", "users:public.users");
    awaitWatching();
    feed.awaitOpened(id(1003));
    stage.sql("users", "insert into users values (1003)");
    feed.awaitResolved(id(1003));
  }

  @Test
  void deletesAreNotPublishedAnyMore() throws Exception {
    stage.sql("users", "alter publication " + stage.name() + " set (publish = 'insert')");
    stage.sql("users", "delete from users where id = 1004");
    awaitTold("fired", "users:public.users");
    awaitWatching();
    feed.awaitOpened(id(1004));
    stage.sql("users", "insert into users values (1004)");
    feed.awaitResolved(id(1004));
  }

  @Test
  void thePublicationIsDropped() throws Exception {
    stage.sql("users", "drop publication " + stage.name());
    stage.sql("users", "delete from users where id = 1001");
    awaitTold("fired", "users:public.users");
    awaitWatching();
    feed.awaitOpened(id(1001));
    stage.sql("users", "insert into users values (1001)");
    feed.awaitResolved(id(1001));
  }

  @Test
  void aReplicaIdentityIsTakenAwayAndGivenBack() throws Exception {
    // The application cannot delete meanwhile: that is PostgreSQL's own protection.
    stage.sql("users", "alter table users_part replica identity nothing");
    awaitTold("fired", "users:public.users");
    stage.sql("users", "alter table users_part replica identity default");
    awaitWatching();
  }

  // --- what cannot be read any more ---

  @Test
  void aTableIsRenamedAndGetsItsNameBack() throws Exception {
    workload.stop();
    stage.sql("orders", "alter table orders rename to purchases");
    awaitTold("fired", "orders");
    stage.sql("orders", "insert into purchases (user_id) values (1007)");
    stage.sql("orders", "alter table purchases rename to orders");
    awaitWatching();
    feed.awaitOpened(id(1007));
    stage.sql("orders", "delete from orders where user_id = 1007");
    feed.awaitResolved(id(1007));
  }

  @Test
  void aColumnGetsATypeThatDoesNotCompareAndBack() throws Exception {
    workload.stop();
    String publication = stage.name();
    String columns = stage.row("orders", columnList(publication)).getFirst();
    String table = "add table orders " + columns;
    stage.sql(
        "orders",
        "alter publication " + publication + " drop table orders",
        "drop table orders_part",
        "alter table orders rename to old_orders",
        "create table orders (id bigint primary key, user_id boolean)",
        "alter publication " + publication + " add table orders (id, user_id)");
    awaitTold("fired", "user_id");
    stage.sql(
        "orders",
        "drop table orders",
        "alter table old_orders rename to orders",
        "create table orders_part partition of orders for values from (1000) to (2000)",
        "insert into orders (user_id) select generate_series(1000, 1005)",
        "insert into orders (user_id) values (1008)",
        "alter publication " + publication + " " + table);
    awaitWatching();
    feed.awaitOpened(id(1008));
    stage.sql("orders", "delete from orders where user_id = 1008");
  }

  @Test
  void aPrivilegeIsRevokedAndGrantedAgain() throws Exception {
    stage.sql("users", "revoke select on users from reader");
    awaitTold("fired", "SELECT");
    stage.sql("orders", "insert into orders (user_id) values (1009)");
    stage.sql("users", "grant select on users to reader");
    awaitWatching();
    feed.awaitOpened(id(1009));
    stage.sql("orders", "delete from orders where user_id = 1009");
  }

  @Test
  void aTableIsDroppedAndMadeAnew() throws Exception {
    workload.stop();
    stage.sql("orders", "create table saved as select * from orders", "drop table orders");
    awaitTold("fired", "orders");
    stage.sql(
        "orders",
        "create table orders (id bigint default nextval('order_ids'), user_id bigint, note text,"
            + " primary key (id, user_id)) partition by range (user_id)",
        "create table orders_others partition of orders default",
        "create table orders_part partition of orders for values from (1000) to (2000)",
        "create index on orders (user_id)",
        "insert into orders select * from saved",
        "insert into orders (user_id) values (1010)",
        "drop table saved");
    awaitWatching();
    feed.awaitOpened(id(1010));
    stage.sql("orders", "delete from orders where user_id = 1010");
    feed.awaitResolved(id(1010));
  }

  // --- slots and servers ---

  @Test
  void aSlotHasLostItsLogWhileNobodyListened() throws Exception {
    listener.close();
    arena.server("orders").execute("postgres", "alter system set max_slot_wal_keep_size = '1MB'");
    stage.row("orders", "select pg_reload_conf()::text");
    Awaitility.await("lost")
        .atMost(PATIENCE)
        .until(
            () -> {
              stage.row("orders", "select pg_switch_wal()::text from pg_create_restore_point('x')");
              arena.server("orders").execute("postgres", "checkpoint");
              return stage
                  .row(
                      "orders",
                      "select wal_status from pg_replication_slots where slot_name = '"
                          + stage.name()
                          + "'")
                  .getFirst()
                  .equals("lost");
            });
    arena.server("orders").execute("postgres", "alter system reset max_slot_wal_keep_size");
    stage.row("orders", "select pg_reload_conf()::text");
    listener = stage.run(configuration);
    awaitTold("fired", "has lost its log");
    awaitWatching();
  }

  @Test
  void aSlotIsMadeAnewByHandWhileNobodyListened() throws Exception {
    listener.close();
    String slot = stage.name();
    stage.row("orders", "select pg_drop_replication_slot('" + slot + "')::text");
    stage.sql("orders", "insert into orders (user_id) values (1011)");
    stage.row(
        "orders",
        "select (pg_create_logical_replication_slot('" + slot + "', 'pgoutput')).lsn::text");
    listener = stage.run(configuration);
    awaitTold("fired", "beyond our position");
    awaitWatching();
    feed.awaitOpened(id(1011));
    stage.sql("orders", "delete from orders where user_id = 1011");
  }

  @Test
  void aSlotIsMovedAheadBySomebodyElse() throws Exception {
    String slot = stage.name();
    Awaitility.await("the slot is moved")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(
            () -> {
              stage.row(
                  "users",
                  "select pg_terminate_backend(active_pid, 1000) from pg_replication_slots where"
                      + " slot_name = '"
                      + slot
                      + "' and active");
              stage.row("users", "select pg_logical_emit_message(true, 'missed', '')::text");
              stage.row(
                  "users",
                  "select pg_replication_slot_advance('" + slot + "', pg_current_wal_lsn())::text");
              return true;
            });
    awaitTold("fired", "beyond our position");
    awaitWatching();
  }

  @Test
  void aServerIsPromotedToAnotherTimeline() throws Exception {
    arena.server("users").stop();
    arena.server("users").startNextInRecovery();
    arena.server("users").startAgain();
    stage.row("users", "select pg_promote()::text");
    awaitTold("fired", "timeline");
    awaitWatching();
  }

  @Test
  void aServerCrashesAndMayHaveLostCommits() throws Exception {
    arena.server("users").kill();
    arena.server("users").startAgain();
    awaitTold("fired", "crash");
    awaitWatching();
  }

  @Test
  void aSlotIsDroppedUnderItsReader() throws Exception {
    Awaitility.await("the slot is dropped")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptions()
        .until(() -> dropSlot());
    awaitTold("fired", "replication slot");
    awaitWatching();
  }

  private boolean dropSlot() throws SQLException {
    stage.row(
        "orders",
        "select pg_terminate_backend(active_pid, 1000) from pg_replication_slots where slot_name ="
            + " '"
            + stage.name()
            + "' and active");
    return !stage
        .row(
            "orders",
            "select count(pg_drop_replication_slot(slot_name))::text from pg_replication_slots"
                + " where slot_name = '"
                + stage.name()
                + "'")
        .getFirst()
        .equals("0");
  }
}
