package io.crossfk.listener.source.postgres;

import static org.awaitility.Awaitility.await;

import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A database of its own for one test, with its slot; the configuration calls it "shop". */
final class TestDatabase implements AutoCloseable {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  final PostgresServer server;
  final String name = "shop_" + NUMBERS.incrementAndGet();
  final String slot = name;

  private TestDatabase(PostgresServer server) {
    this.server = server;
  }

  static TestDatabase on(PostgresServer server) throws SQLException {
    TestDatabase database = new TestDatabase(server);
    server.createDatabase(database.name);
    return database;
  }

  static TableReference table(String table) {
    return new TableReference("shop", "public", table);
  }

  static WatchedTable watched(String table, String... columns) {
    return new WatchedTable(table(table), Set.of(columns), Set.of());
  }

  static WatchedTable parent(String table, String... columns) {
    return new WatchedTable(table(table), Set.of(columns), Set.of(columns));
  }

  PostgresAddress address() {
    return addressAs(server.user(), server.password());
  }

  PostgresAddress addressAs(String user, String password) {
    return new PostgresAddress(
        "shop", server.jdbcUrl(name), Map.of("user", user, "password", password));
  }

  /** The same database through a proxy. */
  PostgresAddress addressAt(int port) {
    return new PostgresAddress(
        "shop",
        "jdbc:postgresql://127.0.0.1:" + port + "/" + name,
        Map.of("user", server.user(), "password", server.password()));
  }

  Connection connect() throws SQLException {
    return server.connect(name);
  }

  Connection connectAs(String user, String password) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(name), user, password);
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Nullable String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getString(1) : null;
    }
  }

  Position position(String sql) throws SQLException {
    String text = query(sql);
    if (text == null) {
      throw new AssertionError("no position from " + sql);
    }
    return Position.parse(text);
  }

  /** Where the server would go on by itself. */
  Position confirmed() throws SQLException {
    return position(
        "select confirmed_flush_lsn from pg_replication_slots where slot_name = '" + slot + "'");
  }

  /** Gives slot and database back: a server has few slots, and each holds its log. */
  @Override
  public void close() throws SQLException {
    await()
        .atMost(Duration.ofSeconds(10))
        .pollDelay(Duration.ZERO)
        .until(
            () ->
                "0"
                    .equals(
                        query(
                            "select count(*) from pg_replication_slots where active"
                                + " and database = current_database()")));
    execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            + " where database = current_database()");
    server.execute("postgres", "drop database " + name + " with (force)");
  }

  /** Publishes and makes the slot, by SQL of the test's own. */
  Position publish(String tables) throws SQLException {
    execute(
        "create publication "
            + slot
            + " for table "
            + tables
            + " with (publish_via_partition_root = true)");
    return position(
        "select lsn from pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
  }

  PostgresSourceSettings settings(Position from, WatchedTable... tables) {
    return settings(address(), from, StreamLimits.DEFAULT, tables);
  }

  PostgresSourceSettings settings(
      PostgresAddress address, Position from, StreamLimits limits, WatchedTable... tables) {
    return new PostgresSourceSettings(
        address, slot, slot, from, Optional.empty(), List.of(tables), Map.of(), limits);
  }
}
