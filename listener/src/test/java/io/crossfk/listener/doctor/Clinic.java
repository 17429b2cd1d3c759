package io.crossfk.listener.doctor;

import io.crossfk.listener.Checkup;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.source.postgres.PostgresExamination;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Users and orders in two databases of one server, both as they should be; the rule between them,
 * and a role that may what it has to.
 */
final class Clinic implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final List<String> DATABASES = List.of("users", "orders");

  /**
   * No client can be made of it, so that nobody waits for an answer where Kafka does not matter.
   */
  static final String NO_KAFKA = "bootstrap.servers: \"127.0.0.1:1\", security.protocol: NONE";

  /** Small, so that little has to be done to pass them. */
  private static final long RETAINED = 40L << 20;

  private final PostgresServer server;
  private final Path configuration;
  private final int number = NUMBERS.incrementAndGet();
  private InstantSource clock = InstantSource.system();

  private Clinic(PostgresServer server, Path configuration) {
    this.server = server;
    this.configuration = configuration;
  }

  /** Prepares a server, once. */
  static PostgresServer prepare(PostgresServer server) throws SQLException {
    for (String database : DATABASES) {
      server.createDatabase(database);
    }
    return server;
  }

  static Clinic open(PostgresServer server, Path folder, String kafka)
      throws SQLException, IOException {
    int number = NUMBERS.get() + 1;
    Clinic clinic = new Clinic(server, folder.resolve("crossfk-" + number + ".yaml"));
    server.execute(
        "postgres", "create role " + clinic.role() + " login replication password 'secret'");
    boolean lists = server.version() >= 15;
    clinic.furnish(
        "users",
        "create table users (id int8 primary key, name text);"
            + " create publication crossfk for table only users"
            + (lists ? " (id)" : "")
            + " with (publish_via_partition_root = true)");
    clinic.furnish(
        "orders",
        "create table orders (id int8 primary key, user_id int8, note text);"
            + " create index on orders (user_id);"
            + " insert into orders values (1, 1);"
            + " create publication crossfk for table only orders"
            + (lists ? " (id, user_id)" : "")
            + " with (publish_via_partition_root = true)");
    clinic.configure("secret", kafka, "orders:public.orders(user_id)", "users:public.users(id)");
    return clinic;
  }

  private void furnish(String name, String sql) throws SQLException {
    run(
        name,
        List.of(
            sql,
            "alter default privileges grant select on tables to " + role(),
            "grant select on all tables in schema public to " + role()));
  }

  /** Writes crossfk.yaml anew. */
  void configure(String password, String kafka, String child, String parent) throws IOException {
    configure(Map.of("users", slot("users"), "orders", slot("orders")), password, kafka);
    Files.writeString(
        rules(),
        "rules:\n  - { name: orders-user, child: \"%s\", parent: \"%s\" }\n"
            .formatted(child, parent));
  }

  /** The same with the rules as they are, and slots of the caller's choice. */
  void configure(Map<String, String> slots, String password, String kafka) throws IOException {
    StringBuilder text = new StringBuilder("databases:\n");
    for (String name : DATABASES) {
      text.append(
          "  %s: { url: \"%s\", user: %s, password: %s, slot: %s, publication: crossfk }\n"
              .formatted(name, server.jdbcUrl(name), role(), password, slots.get(name)));
    }
    text.append("kafka: { " + kafka + " }\n");
    text.append("name: clinic_" + number + "\n");
    text.append(
        "feed: { violations: clinic-%1$d.v, alerts: clinic-%1$d.a, state: clinic-%1$d.s }\n"
            .formatted(number));
    text.append("rules: [ \"" + rules().getFileName() + "\" ]\n");
    Files.writeString(configuration, text);
  }

  private Path rules() {
    return configuration.resolveSibling(configuration.getFileName() + ".rules.yaml");
  }

  Path configuration() {
    return configuration;
  }

  void at(InstantSource otherClock) {
    clock = otherClock;
  }

  String role() {
    return "patient_" + number;
  }

  String slot(String database) {
    return "clinic_" + number + "_" + database;
  }

  Diagnosis examine() throws InterruptedException {
    try {
      return Checkup.of(
          ConfigurationReader.read(configuration),
          limits ->
              new PostgresExamination.Limits(
                  limits.connections(), RETAINED, Duration.ZERO, limits.clocksApart()),
          clock);
    } catch (ConfigurationMistakes mistakes) {
      throw new IllegalStateException(mistakes.report(), mistakes);
    }
  }

  /** All of databases, tables and rules but what is fine. */
  List<Finding> complaints() throws InterruptedException {
    return examine().findings().stream()
        .filter(finding -> finding.level() != Level.OK)
        .filter(finding -> finding.place().kind() != Place.Kind.KAFKA)
        .toList();
  }

  /** As a superuser, in one session. */
  void run(String database, List<String> statements) throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(
            sql.replace("%role%", role())
                .replace("%slot%", slot(database))
                .replace("%database%", database));
      }
    }
  }

  /** Runs the very lines that a finding prints, where it says. */
  void cure(Finding finding) throws SQLException {
    run(finding.place().database().orElseThrow(), finding.cure().orElseThrow().lines());
  }

  /** Leaves both databases empty: to make new ones for each case takes longer than all else. */
  @Override
  public void close() throws SQLException {
    for (String database : DATABASES) {
      run(
          database,
          List.of(
              "alter database %database% connection limit -1",
              "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                  + " where database = current_database()",
              "drop publication if exists crossfk, theirs",
              "drop extension if exists postgres_fdw cascade",
              "drop schema public cascade",
              "create schema public",
              "grant usage on schema public to public",
              "drop owned by " + role()));
    }
    server.execute("postgres", "drop role " + role());
  }
}
