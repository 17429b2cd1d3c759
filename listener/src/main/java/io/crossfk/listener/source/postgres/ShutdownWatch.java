package io.crossfk.listener.source.postgres;

import io.crossfk.rules.change.Position;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * Notices that the server is being shut down and waits for us.
 *
 * <p>An orderly shutdown waits until every reader of the log has acknowledged its end, and lets
 * nobody in meanwhile. But what no look-up has seen (I5), or what Kafka does not hold yet, is not
 * acknowledged; and look-ups are not let in any more. The two would wait for each other for ever.
 * So if an acknowledgement is owed for a while, somebody knocks: a server that shuts down says so
 * at the door. Then the reader has to go; it comes back to where it stood.
 *
 * <p>{@link #look} is for the source's thread.
 */
final class ShutdownWatch {
  private static final Duration OWED = Duration.ofSeconds(1);
  private static final Duration KNOCK_EVERY = Duration.ofSeconds(2);
  private static final int PATIENCE_SECONDS = 5;
  private static final String CANNOT_CONNECT_NOW = "57P03";

  private final PostgresAddress address;
  private Position owed = Position.ZERO;
  private long owedSince;
  private long knockedAt;
  private volatile boolean knocking;
  private volatile boolean shutsDown;

  ShutdownWatch(PostgresAddress address) {
    this.address = address;
    this.owedSince = System.nanoTime();
    this.knockedAt = owedSince;
  }

  /**
   * To be called now and then.
   *
   * @param heard where the server's log is, as far as it told
   * @param acknowledged what it was told that it may forget
   * @throws SQLException if it shuts down
   */
  void look(Position heard, Position acknowledged) throws SQLException {
    if (shutsDown) {
      throw new SQLException("the server is shutting down", CANNOT_CONNECT_NOW);
    }
    long now = System.nanoTime();
    if (!owed.isAfter(acknowledged)) {
      owed = heard;
      owedSince = now;
    } else if (!knocking
        && now - owedSince >= OWED.toNanos()
        && now - knockedAt >= KNOCK_EVERY.toNanos()) {
      knockedAt = now;
      knocking = true;
      Thread.ofVirtual().name("knock-" + address.database()).start(this::knock);
    }
  }

  private void knock() {
    Properties properties = new Properties();
    PGProperty.APPLICATION_NAME.set(properties, "crossfk");
    PGProperty.LOGIN_TIMEOUT.set(properties, PATIENCE_SECONDS);
    PGProperty.CONNECT_TIMEOUT.set(properties, PATIENCE_SECONDS);
    PGProperty.SOCKET_TIMEOUT.set(properties, PATIENCE_SECONDS);
    properties.putAll(address.properties());
    try (Connection letIn = DriverManager.getConnection(address.url(), properties)) {
      shutsDown = letIn.isClosed();
    } catch (SQLException refused) {
      // Any other refusal says nothing about the session that we have.
      shutsDown = CANNOT_CONNECT_NOW.equals(refused.getSQLState());
    } finally {
      knocking = false;
    }
  }
}
