package io.crossfk.listener.lookup.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens connections to one database whose every wait is bounded. Goes to the driver directly:
 * DriverManager's login timeout belongs to the whole process.
 */
final class Sessions implements DataSource {
  private static final int CONNECT_SECONDS = 3;

  /**
   * What look-ups and audits have in common. {@code row_security = off} makes a query that a policy
   * would filter fail: hidden rows are false orphans. The rest makes values print in one way,
   * whatever the database's or the role's settings are.
   */
  private static final String COMMON =
      "set search_path = pg_catalog;"
          + " set default_transaction_read_only = on;"
          + " set default_transaction_isolation = 'read committed';"
          + " set row_security = off;"
          + " set timezone = 'UTC';"
          + " set datestyle = 'ISO';"
          + " set bytea_output = 'hex';"
          + " set extra_float_digits = 1;"
          + " set synchronize_seqscans = off;"
          + " set jit = off;"
          + " set max_parallel_workers_per_gather = 0;";

  /**
   * Look-ups go key by key through an index, also where statistics of many duplicates make a scan
   * look cheap: a key that is not there would make it read the whole table.
   */
  private static final String BY_INDEX =
      " set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;";

  private final PostgresDatabase database;
  private final int socketSeconds;

  /**
   * @param socketSeconds when a server that says nothing is given up
   */
  Sessions(PostgresDatabase database, int socketSeconds) {
    this.database = database;
    this.socketSeconds = socketSeconds;
  }

  /** The settings of a connection for look-ups. */
  static String forLookups(PostgresDatabase database) {
    long timeout = database.timeout().toMillis();
    return COMMON
        + BY_INDEX
        + " set statement_timeout = "
        + timeout
        // A table locked by a migration holds up its own rules only.
        + "; set lock_timeout = "
        + Math.min(1000, timeout);
  }

  /** The settings of a connection for audits. */
  static String forAudits(long idleMillis) {
    return COMMON
        + " set statement_timeout = 0; set lock_timeout = 5000;"
        + " set idle_in_transaction_session_timeout = "
        + idleMillis;
  }

  /** The settings of a connection that reads a whole table in one statement. */
  static String forScans(long timeoutMillis) {
    return COMMON + " set lock_timeout = 5000; set statement_timeout = " + timeoutMillis;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return open(new Properties());
  }

  /** For reading a whole table; an address that names a socket factory of its own keeps it. */
  Connection forBulk() throws SQLException {
    Properties properties = new Properties();
    PGProperty.SOCKET_FACTORY.set(properties, BulkSocketFactory.class.getName());
    return open(properties);
  }

  private Connection open(Properties properties) throws SQLException {
    database.user().ifPresent(user -> PGProperty.USER.set(properties, user));
    database.password().ifPresent(password -> PGProperty.PASSWORD.set(properties, password));
    PGProperty.APPLICATION_NAME.set(properties, "crossfk");
    PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.LOGIN_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.SOCKET_TIMEOUT.set(properties, socketSeconds);
    PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, CONNECT_SECONDS);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    // What a question's SQL is does not change: planned once a connection.
    PGProperty.PREPARE_THRESHOLD.set(properties, 3);
    @Nullable Connection connection = new Driver().connect(database.url(), properties);
    if (connection == null) {
      throw new SQLException(
          "\""
              + database.url()
              + "\" is not an address of the form jdbc:postgresql://host/database",
          "08001");
    }
    return connection;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter writer) {}

  /** The pool sets its own idea of it; ours is {@link #CONNECT_SECONDS}. */
  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return CONNECT_SECONDS;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
