package io.crossfk.listener.source.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;

/** A connection that prepares a database, and waits for nobody for long. */
public final class SetupSession implements AutoCloseable {
  static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);
  private static final Duration READ_PATIENCE = Duration.ofSeconds(30);

  private final Connection connection;

  private SetupSession(Connection connection) {
    this.connection = connection;
  }

  /**
   * Connects; to the primary, if the address names several hosts.
   *
   * @throws SQLException if the database cannot be reached, or refuses us
   */
  public static SetupSession open(PostgresAddress address) throws SQLException {
    Properties properties = new Properties();
    PGProperty.APPLICATION_NAME.set(properties, "crossfk setup");
    PGProperty.LOGIN_TIMEOUT.set(properties, 10);
    PGProperty.CONNECT_TIMEOUT.set(properties, 10);
    if (address.url().contains(",")) {
      // Several hosts, one of which has our slot.
      PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
    }
    properties.putAll(address.properties());
    SetupSession session = new SetupSession(DriverManager.getConnection(address.url(), properties));
    try {
      session.usualPatience();
      return session;
    } catch (SQLException e) {
      session.close();
      throw e;
    }
  }

  public Connection connection() {
    return connection;
  }

  void usualPatience() throws SQLException {
    patience(LOCK_PATIENCE, READ_PATIENCE);
  }

  void patience(Duration locks, Duration statements) throws SQLException {
    execute(
        "set lock_timeout = "
            + locks.toMillis()
            + "; set statement_timeout = "
            + statements.toMillis());
  }

  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
