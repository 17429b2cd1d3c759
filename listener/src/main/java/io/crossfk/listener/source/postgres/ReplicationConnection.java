package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.rules.change.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * One connection in replication mode and the stream on it. Used by the source's thread, but for
 * {@link #cut}.
 */
final class ReplicationConnection implements AutoCloseable {
  /** PostgreSQL's ERRCODE_OBJECT_IN_USE: another connection reads from the slot. */
  private static final String OBJECT_IN_USE = "55006";

  private static final Duration POLL_WITHOUT_LINE = Duration.ofMillis(2);

  private final Connection connection;
  private final @Nullable StreamLine line;
  private final PGReplicationStream stream;
  private final SourceIdentity identity;
  private final Duration status;
  private long statusAt = System.nanoTime();

  private ReplicationConnection(
      Connection connection,
      @Nullable StreamLine line,
      PGReplicationStream stream,
      SourceIdentity identity,
      Duration status) {
    this.connection = connection;
    this.line = line;
    this.stream = stream;
    this.identity = identity;
    this.status = status;
  }

  /** What came of an attempt that reached the server. */
  sealed interface Opening {
    record Streaming(ReplicationConnection connection) implements Opening {}

    record InUse(String by) implements Opening {}

    record Impossible(Gap gap, SourceIdentity identity) implements Opening {}
  }

  /**
   * Connects, compares identities (section 5, fact 9) and starts the stream.
   *
   * @param from everything that committed after it will come
   * @throws SQLException if the server cannot be reached or refuses
   */
  static Opening open(
      PostgresSourceSettings settings, Position from, Optional<SourceIdentity> expected)
      throws SQLException {
    PostgresAddress address = settings.address();
    try (StreamLineFactory.Ticket ticket = new StreamLineFactory.Ticket()) {
      Connection connection =
          DriverManager.getConnection(address.url(), properties(settings, ticket));
      boolean streaming = false;
      try {
        Opening opening = open(connection, ticket.line(), settings, from, expected);
        streaming = opening instanceof Opening.Streaming;
        return opening;
      } finally {
        if (!streaming) {
          connection.close();
        }
      }
    }
  }

  private static Properties properties(
      PostgresSourceSettings settings, StreamLineFactory.Ticket ticket) {
    PostgresAddress address = settings.address();
    Properties properties = new Properties();
    PGProperty.APPLICATION_NAME.set(properties, "crossfk " + settings.slot());
    PGProperty.LOGIN_TIMEOUT.set(properties, 10);
    PGProperty.CONNECT_TIMEOUT.set(properties, 10);
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    // Only a primary has our slot; with several hosts in the URL, it may be any of them.
    PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
    if (!address.url().contains(PGProperty.SOCKET_FACTORY.getName() + "=")) {
      PGProperty.SOCKET_FACTORY.set(properties, StreamLineFactory.class.getName());
      PGProperty.SOCKET_FACTORY_ARG.set(properties, ticket.number());
    }
    properties.putAll(address.properties());
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
    return properties;
  }

  private static Opening open(
      Connection connection,
      @Nullable StreamLine line,
      PostgresSourceSettings settings,
      Position from,
      Optional<SourceIdentity> expected)
      throws SQLException {
    connection.setNetworkTimeout(Runnable::run, 0);
    SourceIdentity identity = ServerFacts.identity(connection);
    if (expected.isPresent() && !expected.get().sameHistoryAs(identity)) {
      return new Opening.Impossible(new Gap.IdentityChanged(expected.get(), identity), identity);
    }
    Position end = ServerFacts.logEnd(connection);
    if (from.isAfter(end)) {
      // PostgreSQL would wait until its log has come that far, and tell nothing of what it passed.
      return new Opening.Impossible(new Gap.LogBehind(end, from), identity);
    }
    Optional<SlotFacts> found = SlotFacts.read(connection, settings.slot());
    if (found.isEmpty()) {
      return new Opening.Impossible(new Gap.SlotMissing(settings.slot()), identity);
    }
    SlotFacts slot = found.get();
    if (slot.active()) {
      return new Opening.InUse("process " + slot.activePid());
    }
    if (slot.invalidated()) {
      return new Opening.Impossible(
          new Gap.SlotInvalidated(settings.slot(), slot.cause()), identity);
    }
    if (slot.confirmedFlush().isAfter(from)) {
      return new Opening.Impossible(
          new Gap.SlotAhead(settings.slot(), slot.confirmedFlush(), from), identity);
    }
    if (!publicationExists(connection, settings.publication())) {
      return new Opening.Impossible(
          new Gap.PublicationMissing(settings.publication(), settings.slot()), identity);
    }
    Duration status = shorter(settings.limits().status(), ServerFacts.senderTimeout(connection));
    fixTextForms(connection);
    PGReplicationStream stream;
    try {
      stream =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(settings.slot())
              .withStartPosition(LogSequenceNumber.valueOf(from.value()))
              .withSlotOption("proto_version", "1")
              .withSlotOption(
                  "publication_names", Sql.identifier(settings.publication()).replace("'", "''"))
              .withStatusInterval(10, TimeUnit.SECONDS)
              // I5: pgjdbc must not acknowledge what nobody processed.
              .withAutomaticFlush(false)
              .start();
    } catch (SQLException e) {
      if (OBJECT_IN_USE.equals(e.getSQLState())) {
        return new Opening.InUse(String.valueOf(e.getMessage()));
      }
      throw e;
    }
    stream.setFlushedLSN(LogSequenceNumber.valueOf(from.value()));
    stream.setAppliedLSN(LogSequenceNumber.valueOf(from.value()));
    if (line != null) {
      line.expectSignsOfLife(settings.limits().silence());
    }
    return new Opening.Streaming(
        new ReplicationConnection(connection, line, stream, identity, status));
  }

  private static boolean publicationExists(Connection connection, String publication)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select from pg_publication where pubname = ?")) {
      query.setString(1, publication);
      try (ResultSet result = query.executeQuery()) {
        return result.next();
      }
    }
  }

  /**
   * Values come as the session prints them. Set here and not by startup parameters, where pgjdbc's
   * own DateStyle and TimeZone, the JVM's, would win.
   */
  private static void fixTextForms(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set intervalstyle = 'postgres';"
              + " set bytea_output = 'hex'; set extra_float_digits = 3; set statement_timeout = 0");
    }
  }

  /** Well below what the server waits for; zero means that it waits for ever. */
  private static Duration shorter(Duration status, Duration senderTimeout) {
    if (senderTimeout.isZero()) {
      return status;
    }
    Duration quarter = senderTimeout.dividedBy(4);
    return quarter.compareTo(status) < 0 ? quarter : status;
  }

  SourceIdentity identity() {
    return identity;
  }

  /** The next message if it is there; it may take a millisecond to find out that none is. */
  @Nullable ByteBuffer readPending() throws SQLException {
    return stream.readPending();
  }

  /**
   * Where the last message stands in the log. Of a keep-alive, all that committed before it has
   * been sent; of a message inside a transaction, it says nothing of the kind.
   */
  Position lastReceived() {
    return new Position(stream.getLastReceiveLSN().asLong());
  }

  /** How long ago the server was heard of; empty if the socket is not ours to watch. */
  Optional<Duration> silence() {
    return Optional.ofNullable(line).map(StreamLine::silence);
  }

  /** Waits for something to read; returns early if there is nothing to wait on. */
  void await(Duration patience) throws IOException {
    if (line != null) {
      line.await(patience);
    } else {
      LockSupport.parkNanos(Math.min(POLL_WITHOUT_LINE.toNanos(), patience.toNanos()));
    }
  }

  /** Sends a position that is durable (I5); the server may forget what lies before it. */
  void acknowledge(Position durable) throws SQLException {
    LogSequenceNumber position = LogSequenceNumber.valueOf(durable.value());
    stream.setFlushedLSN(position);
    stream.setAppliedLSN(position);
    sendStatus();
  }

  /**
   * Tells the server that we are alive, and asks for the same, if it is time; needed at least every
   * few seconds while nothing is read (section 5, fact 2).
   */
  void sendStatusIfDue() throws SQLException {
    if (System.nanoTime() - statusAt >= status.toNanos()) {
      sendStatus();
    }
  }

  /** Reading was paused: silence in that time was ours. */
  void listenAgain() {
    if (line != null) {
      line.listenAgain();
    }
  }

  /** Ends the connection under the thread that uses it; by any thread. */
  void cut() throws SQLException {
    connection.abort(Runnable::run);
  }

  /**
   * Says goodbye by Terminate. The stream's own end would first read all that is still on its way.
   */
  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private void sendStatus() throws SQLException {
    stream.forceUpdateStatus();
    statusAt = System.nanoTime();
  }
}
