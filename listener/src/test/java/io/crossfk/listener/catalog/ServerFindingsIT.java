package io.crossfk.listener.catalog;

import static io.crossfk.listener.catalog.World.messages;
import static io.crossfk.listener.catalog.World.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfk.listener.catalog.CatalogFinding.OfDatabase;
import io.crossfk.listener.catalog.CatalogFinding.Unreachable;
import io.crossfk.rules.model.Rule;
import io.crossfk.sandbox.FaultyProxy;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What databases and their servers can have against us, and what passes by itself. */
class ServerFindingsIT {
  private static final Rule ORDERS_USER =
      rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)");
  private static final Rule BOSS =
      rule("boss", "users:public.users(boss)", "users:public.users(id)");

  private static PostgresServer server = PostgresServer.builder().name("catalog").start();

  /** With everything too small, until it is cured. */
  private static PostgresServer small = server;

  @BeforeAll
  static void start() {
    small =
        PostgresServer.builder()
            .version(14)
            .name("catalog-small")
            .setting("wal_level", "replica")
            .setting("max_wal_senders", "0")
            .setting("max_replication_slots", "0")
            .start();
  }

  @AfterAll
  static void close() {
    server.close();
    small.close();
  }

  private static World sound(PostgresServer on) throws SQLException {
    return new World(on)
        .with("users", "create table users (id int8 primary key, boss int8)")
        .andRun("users", "create index on users (boss)")
        .readable("users")
        .with("orders", "create table orders (user_id int8)")
        .andRun("orders", "create index on orders (user_id)")
        .readable("orders");
  }

  private static CatalogReport read(List<CatalogDatabase> databases) throws InterruptedException {
    return PostgresCatalog.read(databases, List.of(BOSS, ORDERS_USER));
  }

  @Test
  void allThatAServerLacksIsNamedAtOnceAndCuredByWhatIsPrinted() throws Exception {
    World world = sound(small);
    small.execute("postgres", "alter role " + world.role + " noreplication");

    List<String> messages = messages(world.read(BOSS));

    String slot = world.database("users", "").slot();
    assertThat(messages)
        .containsExactly(
            "database users has wal_level = replica, and crossfk needs logical; run as a superuser"
                + " ALTER SYSTEM SET wal_level = logical; and restart the server (RDS:"
                + " rds.logical_replication = 1, Cloud SQL: cloudsql.logical_decoding = on)",
            "database users does not let role "
                + world.role
                + " read its log; run as a superuser ALTER ROLE "
                + world.role
                + " REPLICATION;",
            "database users has no replication slot left for "
                + slot
                + ": 0 of max_replication_slots = 0 are taken; run ALTER SYSTEM SET"
                + " max_replication_slots = 1; and restart the server",
            "database users has no WAL sender left for the slot "
                + slot
                + ": 0 of max_wal_senders = 0 are taken; run ALTER SYSTEM SET max_wal_senders = 1;"
                + " and restart the server");
    for (String message : messages) {
      for (String statement : World.statements(message)) {
        if (statement.startsWith("ALTER")) {
          small.execute("postgres", statement);
        }
      }
    }
    small.stop();
    small.startAgain();
    CatalogReport cured = world.read(BOSS);
    assertThat(messages(cured)).isEmpty();
    assertThat(cured.bound()).hasSize(1);

    // Now there is one slot, and somebody else takes it.
    small.execute("postgres", "select pg_create_physical_replication_slot('idle')");
    assertThat(messages(world.read(BOSS)))
        .containsExactly(
            "database users has no replication slot left for "
                + slot
                + ": 1 of max_replication_slots = 1 are taken; run ALTER SYSTEM SET"
                + " max_replication_slots = 2; and restart the server, or drop one that nobody"
                + " needs, with SELECT pg_drop_replication_slot('idle'); (read by nobody now:"
                + " idle)");
    small.execute("postgres", "select pg_drop_replication_slot('idle')");
    world.execute("users", "select pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    assertThat(messages(world.read(BOSS))).isEmpty();
    world.execute("users", "select pg_drop_replication_slot('" + slot + "')");
    small.execute(
        "template1", "select pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    assertThat(messages(world.read(BOSS)))
        .containsExactly(
            "database users cannot use the replication slot "
                + slot
                + ", which belongs to database \"template1\" of the same server; name another with"
                + " slot: "
                + slot
                + "_users");
    small.execute("template1", "select pg_drop_replication_slot('" + slot + "')");

    small.stop();
    Files.createFile(small.log().resolveSibling("data").resolve("standby.signal"));
    small.startAgain();
    assertThat(messages(world.read(BOSS)))
        .containsExactly(
            "database users is a standby, and only a primary can prove a violation; name the"
                + " primary in its url, or all of its hosts with ?targetServerType=primary");
  }

  @Test
  void twoDatabasesOfOneServerNeedTwoSlots() throws Exception {
    World world = sound(server);
    CatalogDatabase users = world.database("users", world.url("users"));
    CatalogDatabase orders =
        new CatalogDatabase(
            "orders",
            world.url("orders"),
            users.user(),
            users.password(),
            users.slot(),
            World.TIMEOUT);

    CatalogReport report = read(List.of(users, orders));

    assertThat(messages(report))
        .containsExactly(
            "database orders is on the same server as database users, and both would use the"
                + " replication slot "
                + users.slot()
                + "; give one of them another with slot: "
                + users.slot()
                + "_orders");
    assertThat(report.bound()).extracting(bound -> bound.rule().name()).containsExactly("boss");
  }

  @Test
  void aLoginThatIsRefusedIsAnErrorAndTheOtherDatabaseIsStillRead() throws Exception {
    World world = sound(server);
    String url = world.url("users");
    CatalogDatabase orders = world.database("orders", world.url("orders"));
    world.execute("orders", "drop index orders_user_id_idx");

    CatalogReport report =
        read(List.of(login("users", url, world.role, Optional.of("wrong")), orders));

    assertThat(messages(report))
        .containsExactly(
            "database users: the server at "
                + url
                + " refuses us: password authentication failed for user \""
                + world.role
                + "\"; correct the database's user and password, or run as a superuser ALTER ROLE "
                + world.role
                + " LOGIN PASSWORD '…';",
            "rule orders-user: child column orders:public.orders(user_id) has no index, so each"
                + " delete of a parent scans the whole table (0 bytes); run CREATE INDEX"
                + " CONCURRENTLY ON public.orders (user_id);");
    assertThat(report.findings().getFirst()).isInstanceOf(OfDatabase.class);
    assertThat(report.bound()).isEmpty();
    assertThat(report.waiting()).isEmpty();
  }

  private static CatalogDatabase login(
      String name, String url, String user, Optional<String> password) {
    return new CatalogDatabase(
        name, url, Optional.of(user), password, "crossfk_" + name, World.TIMEOUT);
  }

  private static String only(CatalogDatabase database) throws InterruptedException {
    CatalogReport report = PostgresCatalog.read(List.of(database), List.of(BOSS));
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().getFirst()).isInstanceOf(OfDatabase.class);
    return report.findings().getFirst().message();
  }

  @Test
  void eachRefusalNamesItsCure() throws Exception {
    World world = sound(server);
    String url = world.url("users");
    String refused = "database users: the server at " + url + " refuses us: ";

    assertThat(only(login("users", url, "no body", Optional.of("secret"))))
        .isEqualTo(
            refused
                + "password authentication failed for user \"no body\"; correct the database's user"
                + " and password, or run as a superuser ALTER ROLE \"no body\" LOGIN PASSWORD"
                + " '…';");
    assertThat(only(login("users", url, world.role, Optional.empty())))
        .startsWith(refused)
        .endsWith("; correct user, password or sslmode of the database");
    assertThat(only(login("users", url + "?sslmode=require", world.role, Optional.of("secret"))))
        .startsWith(refused)
        .endsWith("; correct user, password or sslmode of the database");
    server.execute("postgres", "alter role " + world.role + " nologin");
    assertThat(only(world.database("users", url)))
        .isEqualTo(
            refused
                + "role \""
                + world.role
                + "\" is not permitted to log in; correct the database's user, the server's"
                + " pg_hba.conf, or run as a superuser CREATE ROLE "
                + world.role
                + " LOGIN REPLICATION PASSWORD '…'; (ALTER ROLE if it exists)");
    server.execute("postgres", "alter role " + world.role + " login");
    server.execute(
        "postgres", "revoke connect on database " + world.real("users") + " from public");
    String grant = only(world.database("users", url));
    assertThat(grant)
        .isEqualTo(
            refused
                + "permission denied for database \""
                + world.real("users")
                + "\"; run GRANT CONNECT ON DATABASE "
                + world.real("users")
                + " TO "
                + world.role
                + ";");
    world.cure("users", grant);
    assertThat(PostgresCatalog.read(List.of(world.database("users", url)), List.of(BOSS)).bound())
        .hasSize(1);
    String nowhere = server.jdbcUrl("nowhere");
    assertThat(only(world.database("users", nowhere)))
        .isEqualTo(
            "database users: the server at "
                + nowhere
                + " refuses us: database \"nowhere\" does not exist; correct the database's name at"
                + " the end of its url");
    assertThat(only(world.database("users", "jdbc:postgresql//typo")))
        .isEqualTo(
            "database users: its url jdbc:postgresql//typo is not an address of PostgreSQL; write"
                + " jdbc:postgresql://host:5432/database");
  }

  @Test
  void aServerThatIsNotPostgresIsAnError() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread other =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var client = socket.accept()) {
                      client.getInputStream().read();
                      client
                          .getOutputStream()
                          .write("HTTP/1.1 400\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException closed) {
                      return;
                    }
                  });
      String url = "jdbc:postgresql://127.0.0.1:" + socket.getLocalPort() + "/users";

      assertThat(only(login("users", url + "?sslmode=disable", "x", Optional.of("y"))))
          .isEqualTo(
              "database users: what answers at "
                  + url
                  + " does not speak PostgreSQL's protocol; correct host and port of the url");
      other.join();
    }
  }

  @Test
  void aDatabaseThatIsDownMakesItsRulesWaitAndNoOthers() throws Exception {
    World world = sound(server);
    world.execute("users", "create table unfit (id int8 primary key)");
    world.readable("users");
    try (FaultyProxy proxy = FaultyProxy.to(server.port())) {
      proxy.refuse();
      String url = "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + world.real("orders");
      List<CatalogDatabase> databases =
          List.of(
              world.database("orders", url + "?password=secret"),
              world.database("users", world.url("users")));
      Rule unfit = rule("unfit", "orders:public.orders(user_id)", "users:public.unfit(key)");

      CatalogReport report = PostgresCatalog.read(databases, List.of(BOSS, ORDERS_USER, unfit));

      assertThat(messages(report))
          .containsExactly(
              "database orders cannot be reached at "
                  + url
                  + ": the connection was refused; start the server, or correct the url",
              "rule unfit: parent column \"key\" does not exist in users:public.unfit; correct the"
                  + " rule (there are the columns id)");
      assertThat(report.findings().getFirst()).isInstanceOf(Unreachable.class);
      assertThat(report.bound()).extracting(bound -> bound.rule().name()).containsExactly("boss");
      assertThat(report.waiting()).containsExactly(ORDERS_USER);
      assertThat(report.errors()).hasSize(1);
    }
  }

  @Test
  void anUnknownHostIsNamed() throws Exception {
    CatalogReport report =
        PostgresCatalog.read(
            List.of(
                login("users", "jdbc:postgresql://no.such.host.invalid/u", "x", Optional.of("y"))),
            List.of(BOSS));

    assertThat(messages(report))
        .containsExactly(
            "database users cannot be reached at jdbc:postgresql://no.such.host.invalid/u: the host"
                + " \"no.such.host.invalid\" is unknown; start the server, or correct the url");
    assertThat(report.waiting()).containsExactly(BOSS);
  }

  @Test
  void aServerThatHangsIsGivenUpInBoundedTime() throws Exception {
    World world = sound(server);
    CatalogDatabase users =
        new CatalogDatabase(
            "users",
            world.url("users"),
            Optional.of(world.role),
            Optional.of("secret"),
            "crossfk",
            Duration.ofSeconds(1));
    assertThat(PostgresCatalog.read(List.of(users), List.of(BOSS)).bound()).hasSize(1);
    server.pause();
    try {
      long start = System.nanoTime();

      CatalogReport report = PostgresCatalog.read(List.of(users), List.of(BOSS));

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(messages(report))
          .containsExactly(
              "database users cannot be reached at "
                  + world.url("users")
                  + ": it did not answer in time; start the server, or correct the url");
      assertThat(report.waiting()).containsExactly(BOSS);
    } finally {
      server.resume();
    }
  }

  @Test
  void aRuleOfAnUnknownDatabaseIsAMistakeOfTheCaller() {
    assertThatThrownBy(() -> PostgresCatalog.read(List.of(), List.of(BOSS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("database users is not configured");
  }
}
