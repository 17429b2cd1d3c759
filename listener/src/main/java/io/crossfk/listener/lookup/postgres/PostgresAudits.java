package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.AuditReader;
import io.crossfk.listener.lookup.AuditSink;
import io.crossfk.listener.lookup.LookupException;
import io.crossfk.rules.model.BoundRule;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Audits of PostgreSQL tables, each on a connection of its own. */
public final class PostgresAudits implements AuditReader {
  /** Pages of a piece, of each partition: 16 MiB as a rule, read in a part of a second. */
  private static final int PIECE_BLOCKS = 2048;

  /** A sink that blocks longer than this loses its audit: its snapshot holds up the clean-up. */
  private static final Duration IDLE = Duration.ofMinutes(5);

  /** A table of which hardly any row is checked may take long to fill a chunk. */
  private static final Duration SILENCE = Duration.ofMinutes(10);

  private static final Duration FIRST_POLL = Duration.ofMillis(10);
  private static final Duration LAST_POLL = Duration.ofMillis(500);

  private final Map<String, PostgresDatabase> databases = new HashMap<>();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final int pieceBlocks;
  private volatile boolean closed;

  public PostgresAudits(List<PostgresDatabase> databases) {
    this(databases, PIECE_BLOCKS);
  }

  /**
   * @param pieceBlocks pages that are read from one snapshot
   */
  PostgresAudits(List<PostgresDatabase> databases, int pieceBlocks) {
    this.pieceBlocks = pieceBlocks;
    databases.forEach(database -> this.databases.put(database.name(), database));
  }

  @Override
  public AuditOutcome audit(BoundRule rule, Optional<String> from, AuditSink sink) {
    PostgresDatabase database = database(rule.rule().child().database());
    Connection connection;
    try {
      connection = connect(database, SILENCE);
    } catch (SQLException e) {
      return failed(database, e);
    }
    open.add(connection);
    try (connection) {
      if (closed) {
        return new AuditOutcome.Failed(database.name(), "crossfk is stopping");
      }
      try (Statement settings = connection.createStatement()) {
        settings.execute(Sessions.forAudits(IDLE.toMillis()));
      }
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      return new TableReading(connection, rule, sink, pieceBlocks).read(from);
    } catch (SQLException e) {
      return closed
          ? new AuditOutcome.Failed(database.name(), "crossfk is stopping")
          : failed(database, e);
    } finally {
      open.remove(connection);
    }
  }

  private static AuditOutcome failed(PostgresDatabase database, SQLException failure) {
    return new AuditOutcome.Failed(database.name(), DatabaseFailure.reason(failure));
  }

  @Override
  public long nextTransaction(String name) {
    PostgresDatabase database = database(name);
    try (Connection connection = connect(database, silence(database))) {
      // It takes an id and writes nothing: a snapshot's xmax may lie below transactions that run.
      return number(connection, "select pg_catalog.pg_current_xact_id()::text");
    } catch (SQLException e) {
      throw exception(database, e);
    }
  }

  @Override
  public boolean waitUntilEnded(String name, long transaction, Duration limit)
      throws InterruptedException {
    PostgresDatabase database = database(name);
    long deadline = System.nanoTime() + limit.toNanos();
    try (Connection connection = connect(database, silence(database))) {
      Duration pause = FIRST_POLL;
      while (true) {
        long oldest =
            number(
                connection,
                "select pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text");
        if (Long.compareUnsigned(oldest, transaction) >= 0) {
          return true;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        Thread.sleep(Duration.ofNanos(Math.min(left, pause.toNanos()))); // A back-off.
        pause = pause.compareTo(LAST_POLL) < 0 ? pause.multipliedBy(2) : LAST_POLL;
      }
    } catch (SQLException e) {
      throw exception(database, e);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return Long.parseUnsignedLong(rows.getString(1));
    }
  }

  private static Connection connect(PostgresDatabase database, Duration silence)
      throws SQLException {
    return new Sessions(database, (int) silence.toSeconds()).getConnection();
  }

  private static Duration silence(PostgresDatabase database) {
    return database.timeout().plus(PostgresDatabase.SLACK).plusSeconds(1);
  }

  private static LookupException exception(PostgresDatabase database, SQLException failure) {
    return new LookupException(
        "database " + database.name() + ": " + DatabaseFailure.reason(failure), failure);
  }

  private PostgresDatabase database(String name) {
    @Nullable PostgresDatabase database = databases.get(name);
    if (database == null) {
      throw new LookupException("database " + name + " is not configured");
    }
    return database;
  }

  @Override
  public void close() {
    closed = true;
    for (Connection connection : open) {
      try {
        // Cuts the socket, from any thread; the server ends the statement when it next writes.
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        org.slf4j.LoggerFactory.getLogger(PostgresAudits.class)
            .atDebug()
            .setCause(e)
            .log("An audit's connection could not be cut");
      }
    }
  }
}
