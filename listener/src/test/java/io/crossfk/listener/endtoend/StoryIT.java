package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a foreign key means across two databases, told row by row, each story with keys of its own:
 * what was done in SQL, and what a consumer of the feed hears of it. One listener watches them all.
 */
class StoryIT {
  private static final String RULES =
      """
      - { name: orders-user,  child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 500ms,
          severity: critical, owner: team-orders, runbook: "https://runbooks.example.com/orders-user" }
      - { name: invoices-user, child: "orders:public.invoices(user_id)", parent: "users:public.users(id)", grace: 200ms }
      - { name: shipments-line, child: "users:public.shipments(order_id, line)",
          parent: "orders:public.order_lines(order_id, line_no)", grace: 200ms }
      - { name: parcels-line, child: "users:public.parcels(order_id, line)",
          parent: "orders:public.order_lines(order_id, line_no)", match: full, grace: 200ms }
      - { name: logins-account, child: "orders:public.logins(email)", parent: "users:public.accounts(email)", grace: 200ms }
      - { name: employees-manager, child: "users:public.employees(manager_id)", parent: "users:public.employees(id)",
          grace: 200ms }
      - { name: cities-region, child: "users:public.cities(region)", parent: "users:public.regions(code)", grace: 200ms }
      - { name: projects-tenant, child: "orders:public.projects(tenant_id)", parent: "users:public.tenants(id)", grace: 200ms }
      """;

  private static final String[] USERS = {
    "create extension citext",
    "create table users (id bigint primary key, name text)",
    "create table shipments (id bigint generated always as identity primary key, order_id bigint,"
        + " line int)",
    "create table parcels (id bigint generated always as identity primary key, order_id bigint,"
        + " line int)",
    "create table accounts (email citext primary key)",
    "create table employees (id bigint primary key, manager_id bigint)",
    "create table regions (code varchar(8) primary key)",
    "create table cities (id bigint generated always as identity primary key, region text)",
    "create table tenants (id uuid primary key)"
  };
  private static final String[] ORDERS = {
    "create extension citext",
    "create table orders (id bigint generated always as identity primary key, user_id int)",
    "create table invoices (id bigint generated always as identity primary key, user_id smallint)",
    "create table order_lines (line_no int, order_id bigint, primary key (order_id, line_no))",
    "create table logins (id bigint generated always as identity primary key, email citext)",
    "create table projects (id bigint generated always as identity primary key, tenant_id uuid)",
    "insert into orders (user_id) values (7)"
  };

  private static Arena arena;
  private static Stage stage;
  private static FeedLog feed;
  private static RunningListener listener;
  private static AntiJoin antiJoin;

  @BeforeAll
  static void start() throws Exception {
    arena = Arena.with(Map.of("users", 18, "orders", 17));
    stage = arena.stage();
    stage.sql("users", USERS);
    stage.sql("orders", ORDERS);
    feed = stage.follow();
    Configuration configuration = stage.configuration(RULES);
    antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    listener = stage.run(configuration);
    listener.awaitWatching();
  }

  @AfterAll
  static void end() {
    arena.close();
  }

  /** After each story, the feed says what an anti-join over both databases says. */
  @AfterEach
  void openViolationsAreTheAntiJoin() throws SQLException {
    antiJoin.awaitEqual(feed, Duration.ofSeconds(20));
    feed.assertLawful();
  }

  /** Nothing about this violation, once everything until now is judged and nothing is suspected. */
  private static void assertSilence(String id) throws SQLException {
    listener.awaitDrained(stage.logEnds());
    assertThat(feed.history(id)).isEmpty();
  }

  @Test
  void whatWasBrokenBeforeIsFoundAndMarkedAsExisting() {
    assertThat(feed.awaitOpened("orders-user|[7]").text("cause")).isEqualTo("existing");
  }

  @Test
  void anOrderForNobodyOpensAndIsResolvedWhenTheUserArrives() throws SQLException {
    stage.sql("orders", "insert into orders (user_id) values (100)");
    Transition opened = feed.awaitOpened("orders-user|[100]");
    assertThat(opened.text("status")).isEqualTo("open");
    assertThat(opened.text("cause")).isEqualTo("child-insert");
    assertThat(opened.text("severity")).isEqualTo("critical");
    assertThat(opened.text("owner")).isEqualTo("team-orders");
    assertThat(opened.value().orElseThrow().at("/key/user_id").longValue()).isEqualTo(100);
    assertThat(opened.value().orElseThrow().at("/orphans/count").intValue()).isEqualTo(1);
    assertThat(opened.value().orElseThrow().at("/evidence/xid").isIntegralNumber()).isTrue();
    assertThat(opened.text("summary")).contains("100", "users");

    stage.sql("users", "insert into users (id) values (100)");
    Transition resolved = feed.awaitResolved("orders-user|[100]");
    assertThat(resolved.text("resolution")).isEqualTo("parent-arrived");
    assertThat(resolved.text("openedAt")).isEqualTo(opened.text("openedAt"));
  }

  @Test
  void anOrderThatPrecedesItsUserWithinGraceIsSilent() throws SQLException {
    stage.sql("orders", "insert into orders (user_id) values (200)");
    stage.sql("users", "insert into users (id) values (200)");
    assertSilence("orders-user|[200]");
  }

  @Test
  void whatIsRolledBackNeverWas() throws SQLException {
    try (Connection connection = stage.connect("orders");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("insert into orders (user_id) values (300)");
      connection.rollback();
      statement.execute("savepoint before");
      statement.execute("insert into orders (user_id) values (300)");
      statement.execute("rollback to before");
      statement.execute("insert into orders (user_id) values (301)");
      statement.execute("delete from orders where user_id = 301");
      connection.commit();
    }
    assertSilence("orders-user|[300]");
    assertSilence("orders-user|[301]");
  }

  @Test
  void aUserDeletedWhileOrdersReferToItOpensAndIsResolvedWhenTheyGo() throws SQLException {
    stage.sql("users", "insert into users (id) values (400)");
    stage.sql("orders", "insert into orders (user_id) values (400), (400)");
    stage.sql("users", "delete from users where id = 400");
    Transition opened = feed.awaitOpened("orders-user|[400]");
    assertThat(opened.text("cause")).isEqualTo("parent-delete");
    assertThat(opened.value().orElseThrow().at("/orphans/count").intValue()).isEqualTo(2);

    stage.sql(
        "orders", "delete from orders where id = (select min(id) from orders where user_id = 400)");
    Transition updated =
        feed.await("orders-user|[400]", each -> each.type().equals("updated"), "is updated");
    assertThat(updated.value().orElseThrow().at("/orphans/count").intValue()).isEqualTo(1);

    stage.sql("orders", "delete from orders where user_id = 400");
    assertThat(feed.awaitResolved("orders-user|[400]").text("resolution")).isEqualTo("no-orphans");
  }

  @Test
  void aUserDeletedAfterItsOrdersIsSilent() throws SQLException {
    stage.sql("users", "insert into users (id) values (450)");
    stage.sql("orders", "insert into orders (user_id) values (450)");
    stage.sql("orders", "delete from orders where user_id = 450");
    stage.sql("users", "delete from users where id = 450");
    assertSilence("orders-user|[450]");
  }

  @Test
  void anOrderMovedToAMissingUserOpensAndIsResolvedWhenItIsMovedBack() throws SQLException {
    stage.sql("users", "insert into users (id) values (500)");
    stage.sql("orders", "insert into orders (user_id) values (500)");
    stage.sql("orders", "update orders set user_id = 501 where user_id = 500");
    assertThat(feed.awaitOpened("orders-user|[501]").text("cause")).isEqualTo("child-update");
    stage.sql("orders", "update orders set user_id = 500 where user_id = 501");
    assertThat(feed.awaitResolved("orders-user|[501]").text("resolution")).isEqualTo("no-orphans");
  }

  @Test
  void aUserWhoseKeyChangesLeavesItsOrdersBehind() throws SQLException {
    stage.sql("users", "insert into users (id) values (550)");
    stage.sql("orders", "insert into orders (user_id) values (550)");
    stage.sql("users", "update users set id = 551 where id = 550");
    assertThat(feed.awaitOpened("orders-user|[550]").text("cause")).isEqualTo("parent-update");
    stage.sql("users", "update users set id = 550 where id = 551");
    feed.awaitResolved("orders-user|[550]");
  }

  @Test
  void keysThatGoAndComeBackInOneTransactionAreNotGone() throws SQLException {
    stage.sql("users", "insert into users (id) values (560), (561)");
    stage.sql("orders", "insert into orders (user_id) values (560), (561)");
    stage.sql(
        "users",
        "update users set id = id + 100000 where id in (560, 561)",
        "update users set id = id - 100000 where id in (100560, 100561)");
    assertSilence("orders-user|[560]");
    assertSilence("orders-user|[561]");
  }

  @Test
  void twoRulesOnOneParentEachHaveTheirOwnViolation() throws SQLException {
    stage.sql("users", "insert into users (id) values (600)");
    stage.sql("orders", "insert into orders (user_id) values (600)");
    stage.sql("orders", "insert into invoices (user_id) values (600)");
    stage.sql("users", "delete from users where id = 600");
    feed.awaitOpened("orders-user|[600]");
    feed.awaitOpened("invoices-user|[600]");
    stage.sql("orders", "delete from invoices where user_id = 600");
    feed.awaitResolved("invoices-user|[600]");
    stage.sql("users", "insert into users (id) values (600)");
    feed.awaitResolved("orders-user|[600]");
  }

  @Test
  void aCompositeKeyIsPairedByTheRulesOrder() throws SQLException {
    stage.sql("orders", "insert into order_lines (order_id, line_no) values (1, 2)");
    stage.sql("users", "insert into shipments (order_id, line) values (1, 2), (2, 1), (1, null)");
    Transition opened = feed.awaitOpened("shipments-line|[2,1]");
    assertThat(opened.value().orElseThrow().at("/key").toString())
        .isEqualTo("{\"order_id\":2,\"line\":1}");
    assertSilence("shipments-line|[1,2]");
    stage.sql("orders", "insert into order_lines (order_id, line_no) values (2, 1)");
    feed.awaitResolved("shipments-line|[2,1]");
  }

  @Test
  void matchFullRefusesAKeyThatIsPartlyNull() throws SQLException {
    stage.sql("users", "insert into parcels (order_id, line) values (null, null)");
    stage.sql("users", "insert into parcels (order_id, line) values (70, null)");
    feed.awaitOpened("parcels-line|[70,null]");
    stage.sql("users", "update parcels set order_id = null where order_id = 70");
    feed.awaitResolved("parcels-line|[70,null]");
    assertThat(feed.history("parcels-line|[null,null]")).isEmpty();
  }

  @Test
  void anEmailRefersToItsAccountInAnySpelling() throws SQLException {
    stage.sql("users", "insert into accounts values ('Alice@example.com')");
    stage.sql("orders", "insert into logins (email) values ('ALICE@example.com')");
    assertSilence("logins-account|[\"ALICE@example.com\"]");
    stage.sql("users", "delete from accounts where email = 'alice@EXAMPLE.com'");
    feed.awaitOpened("logins-account|[\"ALICE@example.com\"]");
    stage.sql("users", "insert into accounts values ('alice@example.COM')");
    feed.awaitResolved("logins-account|[\"ALICE@example.com\"]");
  }

  @Test
  void aTableMayReferToItself() throws SQLException {
    stage.sql("users", "insert into employees values (1, 1), (2, 1), (3, null)");
    stage.sql(
        "users", "insert into employees values (5, 4)", "insert into employees values (4, 1)");
    assertSilence("employees-manager|[1]");
    assertSilence("employees-manager|[4]");
    stage.sql("users", "delete from employees where id = 4");
    feed.awaitOpened("employees-manager|[4]");
    stage.sql("users", "delete from employees where id = 5");
    feed.awaitResolved("employees-manager|[4]");
  }

  @Test
  void bothTablesMayBeInOneDatabase() throws SQLException {
    stage.sql("users", "insert into regions values ('north')");
    stage.sql("users", "insert into cities (region) values ('north'), ('south')");
    feed.awaitOpened("cities-region|[\"south\"]");
    assertSilence("cities-region|[\"north\"]");
    stage.sql("users", "update regions set code = 'south' where code = 'north'");
    feed.awaitResolved("cities-region|[\"south\"]");
    feed.awaitOpened("cities-region|[\"north\"]");
  }

  @Test
  void aTruncatedParentLeadsToAnAuditThatFindsEveryOrphan() throws SQLException {
    String one = "11111111-1111-1111-1111-111111111111";
    String two = "22222222-2222-2222-2222-222222222222";
    stage.sql("users", "insert into tenants values ('%s'), ('%s')".formatted(one, two));
    stage.sql(
        "orders", "insert into projects (tenant_id) values ('%s'), ('%s')".formatted(one, two));
    listener.awaitDrained(stage.logEnds());
    stage.sql("users", "truncate tenants", "insert into tenants values ('%s')".formatted(two));
    assertThat(feed.awaitOpened("projects-tenant|[\"" + one + "\"]").text("cause"))
        .isEqualTo("parent-truncate");
    stage.sql("orders", "truncate projects");
    assertThat(feed.awaitResolved("projects-tenant|[\"" + one + "\"]").text("resolution"))
        .isEqualTo("no-orphans");
    assertSilence("projects-tenant|[\"" + two + "\"]");
  }
}
