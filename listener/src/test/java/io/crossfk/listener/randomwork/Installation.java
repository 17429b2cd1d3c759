package io.crossfk.listener.randomwork;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.sandbox.FaultyProxy;
import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two databases and a broker with the tables of the random work, and a configuration of crossfk
 * that reaches each of them over a line which can fail, as a role of its own. The clients' lines do
 * not fail.
 */
final class Installation implements AutoCloseable {
  static final List<String> DATABASES = List.of("users", "orders");
  static final String ROLE = "crossfk";
  private static final String ROLE_PASSWORD = "random-work";

  private final Arena arena;
  private final Stage stage;
  private final Map<String, FaultyProxy> lines = new HashMap<>();

  Installation() throws Exception {
    this.arena =
        Arena.with(
            Map.of("users", 18, "orders", 15), KafkaBroker.builder().ownProcess().behindProxy());
    try {
      this.stage = arena.stage();
      for (String database : DATABASES) {
        lines.put(database, FaultyProxy.to(server(database).port()));
        createTables(database);
      }
    } catch (Exception failed) {
      close();
      throw failed;
    }
  }

  /** The role owns the tables, so that it may publish them. */
  private void createTables(String database) throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.add("create role %s login replication password '%s'".formatted(ROLE, ROLE_PASSWORD));
    statements.add("grant create on database \"%s\" to %s".formatted(stage.name(), ROLE));
    statements.add("grant create on schema public to " + ROLE);
    statements.add("set local role " + ROLE);
    statements.add("create sequence row_ids");
    statements.add("create table ledger (number bigint primary key)");
    for (WorkTable table : WorkTable.values()) {
      if (table.database().equals(database)) {
        statements.addAll(table.definitions());
      }
    }
    stage.sql(database, statements.toArray(String[]::new));
  }

  /** Writes crossfk.yaml and the rules beside it. */
  Path configure() throws IOException {
    StringBuilder text = new StringBuilder("name: ").append(stage.name()).append("\ndatabases:\n");
    for (String database : DATABASES) {
      text.append(
          """
            %s:
              url: "jdbc:postgresql://127.0.0.1:%d/%s"
              user: %s
              password: %s
              lookups: { connections: 2, timeout: 1s }
          """
              .formatted(database, line(database).port(), stage.name(), ROLE, ROLE_PASSWORD));
    }
    text.append(
        """
        kafka:
          bootstrap.servers: "127.0.0.1:%d"
          session.timeout.ms: 1000
          heartbeat.interval.ms: 300
        feed: { violations: %s, alerts: %s, state: %s.state }
        rules: [ rules.yaml ]
        """
            .formatted(
                kafka().proxy().port(),
                stage.violationsTopic(),
                stage.alertsTopic(),
                stage.name()));
    Files.writeString(
        stage.folder().resolve("rules.yaml"), "rules:\n" + WorkRule.allYaml().indent(2));
    return Files.writeString(stage.folder().resolve("crossfk.yaml"), text);
  }

  static Configuration read(Path file) throws Exception {
    return ConfigurationReader.read(file);
  }

  Stage stage() {
    return stage;
  }

  PostgresServer server(String database) {
    return arena.server(database);
  }

  KafkaBroker kafka() {
    return arena.kafka();
  }

  FaultyProxy line(String database) {
    FaultyProxy line = lines.get(database);
    if (line == null) {
      throw new IllegalArgumentException("no line to " + database);
    }
    return line;
  }

  /** A client's connection: one that notices a server which hangs for half a minute. */
  Connection connect(String database) throws SQLException {
    PostgresServer server = server(database);
    return DriverManager.getConnection(
        server.jdbcUrl(stage.name()) + "?connectTimeout=10&loginTimeout=20&socketTimeout=60",
        server.user(),
        server.password());
  }

  void sql(String database, String... statements) throws SQLException {
    stage.sql(database, statements);
  }

  /** The numbers of the committed transactions, by database. */
  Map<String, Set<Long>> ledgers() throws SQLException {
    Map<String, Set<Long>> ledgers = new HashMap<>();
    for (String database : DATABASES) {
      Set<Long> numbers = new HashSet<>();
      try (Connection connection = connect(database);
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("select number from ledger")) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
        }
      }
      ledgers.put(database, numbers);
    }
    return ledgers;
  }

  @Override
  public void close() throws IOException {
    for (FaultyProxy line : lines.values()) {
      line.close();
    }
    arena.close();
  }
}
