package io.crossfk.listener.lookup.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** The look-up connections of one database, opened as they are needed. */
final class DatabasePool implements AutoCloseable {
  /** A pool does not wait for a free connection (the scheduler counts them): only for a new one. */
  private static final int CONNECTION_MILLIS = 2500;

  private static final int VALIDATION_MILLIS = 1000;

  private final PostgresDatabase database;
  private final HikariDataSource source;

  DatabasePool(PostgresDatabase database) {
    this.database = database;
    long socketMillis = database.timeout().plus(PostgresDatabase.SLACK).toMillis();
    HikariConfig config = new HikariConfig();
    config.setPoolName("crossfk-" + database.name());
    config.setDataSource(new Sessions(database, (int) Math.ceilDiv(socketMillis, 1000L)));
    config.setMaximumPoolSize(database.connections());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_MILLIS);
    config.setValidationTimeout(VALIDATION_MILLIS);
    // A database that is down at the start is no reason not to start.
    config.setInitializationFailTimeout(-1);
    config.setConnectionInitSql(Sessions.forLookups(database));
    config.setAutoCommit(true);
    this.source = new HikariDataSource(config);
  }

  PostgresDatabase database() {
    return database;
  }

  Connection take() throws DatabaseFailure {
    try {
      return source.getConnection();
    } catch (SQLException e) {
      throw new DatabaseFailure(database.name(), e);
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
