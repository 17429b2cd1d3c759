package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.listener.lookup.KeyScanner;
import io.crossfk.listener.lookup.KeySink;
import io.crossfk.listener.lookup.LookupException;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.LoggerFactory;

/** Reads whole tables by {@code COPY … TO STDOUT (FORMAT binary)}. */
public final class PostgresKeyScanner implements KeyScanner {
  /** A table of which hardly any row is checked may take long to send the first. */
  private static final Duration SILENCE = Duration.ofMinutes(10);

  private static final Duration QUESTION = Duration.ofSeconds(10);

  /** Rows between two calls of the pace. */
  private static final int PACE_ROWS = 1024;

  /**
   * What statistics say, in sum over partitions; nothing where a table was never analysed.
   * (reltuples is -1 then; before PostgreSQL 14 it was 0.)
   */
  private static final String ESTIMATE =
      "select sum(c.reltuples)::bigint from pg_catalog.pg_class c where c.relkind in ('r', 'm')"
          + " and c.reltuples >= 0 and c.oid in (select ?::regclass union all"
          + " select relid from pg_catalog.pg_partition_tree(?::regclass) where isleaf)";

  private final Map<String, PostgresDatabase> databases = new HashMap<>();
  private final Duration statementTimeout;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param statementTimeout of the server for each reading; zero is none
   */
  public PostgresKeyScanner(List<PostgresDatabase> databases, Duration statementTimeout) {
    databases.forEach(database -> this.databases.put(database.name(), database));
    this.statementTimeout = statementTimeout;
  }

  /**
   * Loads the driver and what it proves a password with: most of the time that connecting takes.
   */
  public static void prepare() {
    try {
      Class.forName("org.postgresql.jdbc.PgConnection");
      Class.forName("org.postgresql.core.v3.QueryExecutorImpl");
      Mac.getInstance("HmacSHA256");
    } catch (ClassNotFoundException | NoSuchAlgorithmException e) {
      LoggerFactory.getLogger(PostgresKeyScanner.class)
          .atDebug()
          .setCause(e)
          .log("Nothing was loaded beforehand");
    }
  }

  @Override
  public OptionalLong estimate(BoundRule rule, Side side) {
    TableReference table = table(rule, side);
    PostgresDatabase database = database(table.database());
    try (Connection connection =
            new Sessions(database, (int) QUESTION.toSeconds()).getConnection();
        PreparedStatement statement = connection.prepareStatement(ESTIMATE)) {
      statement.setString(1, Sql.quoted(table));
      statement.setString(2, Sql.quoted(table));
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        long estimate = rows.getLong(1);
        return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(estimate);
      }
    } catch (SQLException e) {
      throw new LookupException(
          "database " + database.name() + ": " + DatabaseFailure.reason(e), e);
    }
  }

  @Override
  public AuditOutcome scan(BoundRule rule, Side side, KeySink sink, Pace pace) {
    boolean asText = KeyCode.of(rule.shape()).columns().isEmpty();
    TableStatements statements = new TableStatements(rule);
    String rows = side == Side.CHILD ? statements.children(asText) : statements.parents(asText);
    TableKey key = key(rule, side);
    return scan(
        rule,
        side,
        connection ->
            !asText && canBeCopied(connection, key)
                ? TableStatements.copyOfTable(key)
                : copyOf(rows),
        sink,
        pace);
  }

  @Override
  public AuditOutcome sample(BoundRule rule, int rows, KeySink sink, Pace pace) {
    long all = estimate(rule, Side.CHILD).orElse(0);
    // Half as many again: pages differ, and rows that the rule does not check are left out.
    double percent = all <= rows ? 100 : Math.min(100, 150.0 * rows / all);
    boolean asText = KeyCode.of(rule.shape()).columns().isEmpty();
    String query = new TableStatements(rule).sample(asText, percent, rows);
    return scan(rule, Side.CHILD, connection -> copyOf(query), sink, pace);
  }

  /** The statement that copies, decided when there is a connection to ask. */
  @FunctionalInterface
  private interface CopyStatement {
    String on(Connection connection) throws SQLException;
  }

  private static String copyOf(String query) {
    return "copy (" + query + ") to stdout (format binary)";
  }

  private static boolean canBeCopied(Connection connection, TableKey key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TableStatements.CAN_BE_COPIED)) {
      statement.setArray(1, connection.createArrayOf("name", key.columns().toArray()));
      statement.setString(2, Sql.quoted(key.table()));
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private AuditOutcome scan(
      BoundRule rule, Side side, CopyStatement statement, KeySink sink, Pace pace) {
    PostgresDatabase database = database(table(rule, side).database());
    Connection connection;
    try {
      connection = new Sessions(database, (int) SILENCE.toSeconds()).forBulk();
    } catch (SQLException e) {
      return failed(database, e);
    }
    open.add(connection);
    try (connection) {
      if (closed) {
        return stopping(database);
      }
      try (Statement settings = connection.createStatement()) {
        settings.execute(Sessions.forScans(statementTimeout.toMillis()));
      }
      return copy(connection, rule, side, statement.on(connection), sink, pace);
    } catch (SQLException e) {
      return closed ? stopping(database) : failed(database, e);
    } finally {
      open.remove(connection);
    }
  }

  private static AuditOutcome copy(
      Connection connection, BoundRule rule, Side side, String statement, KeySink sink, Pace pace)
      throws SQLException {
    boolean partlyNull = side == Side.CHILD && rule.rule().match() == Match.FULL;
    CopiedRows copied =
        new CopiedRows(KeyCode.of(rule.shape()), side == Side.CHILD, partlyNull, sink);
    CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement);
    long rows = 0;
    int unpaced = 0;
    byte[] message;
    try {
      while ((message = copy.readFromCopy()) != null) {
        unpaced += copied.message(message);
        if (unpaced >= PACE_ROWS) {
          rows += unpaced;
          if (!pace.passed(unpaced)) {
            copy.cancelCopy();
            return new AuditOutcome.Aborted();
          }
          unpaced = 0;
        }
      }
      pace.passed(unpaced);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connection.abort(Runnable::run);
      return new AuditOutcome.Aborted();
    }
    if (!copied.ended()) {
      throw new SQLException("the copy of a table has no end", "08006");
    }
    return new AuditOutcome.Complete(rows + unpaced, rows + unpaced);
  }

  private static TableKey key(BoundRule rule, Side side) {
    return side == Side.CHILD ? rule.rule().child() : rule.rule().parent();
  }

  private static TableReference table(BoundRule rule, Side side) {
    return key(rule, side).table();
  }

  private static AuditOutcome failed(PostgresDatabase database, SQLException failure) {
    return new AuditOutcome.Failed(database.name(), DatabaseFailure.reason(failure));
  }

  private static AuditOutcome stopping(PostgresDatabase database) {
    return new AuditOutcome.Failed(database.name(), "crossfk is stopping");
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
        LoggerFactory.getLogger(PostgresKeyScanner.class)
            .atDebug()
            .setCause(e)
            .log("A scan's connection could not be cut");
      }
    }
  }
}
