package io.crossfk.listener.randomwork;

import io.crossfk.listener.randomwork.Committed.Answer;
import io.crossfk.listener.randomwork.Committed.RowVersion;
import io.crossfk.listener.randomwork.Committed.RowWrite;
import io.crossfk.listener.randomwork.Step.Effect;
import io.crossfk.listener.randomwork.Step.End;
import io.crossfk.listener.randomwork.Step.Job;
import io.crossfk.listener.randomwork.Step.Work;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs and writes down what came of each transaction. Used by one thread at a time.
 *
 * <p>A COMMIT without an answer is looked up in the ledger, a table in which each transaction
 * writes its number, before anything else is done.
 */
final class Client implements AutoCloseable {
  private static final Duration SERVER_IS_BACK = Duration.ofSeconds(90);

  private final String name;
  private final Databases databases;
  private final History history;
  private final Map<String, Connection> connections = new HashMap<>();

  /** Where a client connects to. */
  interface Databases {
    Connection connect(String database) throws SQLException;
  }

  /** What a transaction did so far. */
  private static final class Writing {
    final List<RowWrite> writes = new ArrayList<>();
    final List<String> statements = new ArrayList<>();
  }

  Client(String name, Databases databases, History history) {
    this.name = name;
    this.databases = databases;
    this.history = history;
  }

  /** Does it as far as the servers let it: the rest of a job that is refused is left out. */
  void run(Job job) {
    boolean first = true;
    for (Work work : job.works()) {
      try {
        if (!first && job.pauseMillis() > 0) {
          pause(connection(work.database()), job.pauseMillis());
        }
        first = false;
        run(work);
      } catch (SQLException refused) {
        history.refused();
        disconnectOrRollBack(work.database());
        return;
      }
    }
  }

  private void run(Work work) throws SQLException {
    Connection connection = connection(work.database());
    connection.setAutoCommit(false);
    long number = history.nextNumber();
    if (work.end() == End.COMMIT_SOON) {
      execute(connection, "set local synchronous_commit = off");
    }
    long xid = register(connection, number);
    Writing writing = new Writing();
    for (Step step : work.steps()) {
      run(connection, step, writing);
    }
    if (work.end() == End.ROLL_BACK) {
      connection.rollback();
      history.rolledBack();
      connection.setAutoCommit(true);
      return;
    }
    long sent = history.clock().now();
    Answer answer = work.end() == End.COMMIT ? Answer.DURABLE : Answer.SOON;
    try {
      connection.commit();
    } catch (SQLException lost) {
      history.unknown();
      if (!isInLedger(work.database(), number)) {
        answer = Answer.NONE;
      }
    }
    history.committed(
        new Committed(
            number,
            name,
            work.database(),
            xid,
            sent,
            history.clock().now(),
            answer,
            writing.writes,
            writing.statements));
    if (!connection.isClosed()) {
      connection.setAutoCommit(true);
    }
  }

  private static long register(Connection connection, long number) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "insert into ledger (number) values ("
                    + number
                    + ") returning pg_current_xact_id()::text")) {
      row.next();
      return Long.parseLong(row.getString(1));
    }
  }

  private static void run(Connection connection, Step step, Writing writing) throws SQLException {
    switch (step) {
      case Step.Write write -> write(connection, write, writing);
      case Step.Truncate(WorkTable table) -> truncate(connection, table, writing);
      case Step.Pause(int millis) -> {
        writing.statements.add("pause of " + millis + " ms");
        pause(connection, millis);
      }
      case Step.Undone(List<Step> steps) -> {
        Savepoint savepoint = connection.setSavepoint();
        Writing undone = new Writing();
        for (Step each : steps) {
          run(connection, each, undone);
        }
        connection.rollback(savepoint);
        writing.statements.add("undone: " + undone.statements);
      }
    }
  }

  private static void write(Connection connection, Step.Write step, Writing writing)
      throws SQLException {
    WorkTable table = step.table();
    String sql =
        "%s returning row_id, version, %s"
            .formatted(step.sql(), String.join(", ", table.columns()));
    int rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows++;
        long number = row.getLong(1);
        int version = row.getInt(2);
        if (step.effect() != Effect.INSERTED) {
          int ended = step.effect() == Effect.CHANGED ? version - 1 : version;
          writing.writes.add(new RowWrite(new RowVersion(table, number, ended), false, List.of()));
        }
        if (step.effect() != Effect.DELETED) {
          writing.writes.add(
              new RowWrite(new RowVersion(table, number, version), true, values(row, table)));
        }
      }
    }
    writing.statements.add(step.sql() + " -- " + rows);
  }

  private static List<@Nullable Object> values(ResultSet row, WorkTable table) throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 3; i < 3 + table.columns().size(); i++) {
      String text = row.getString(i);
      boolean whole = row.getMetaData().getColumnTypeName(i).startsWith("int");
      values.add(text != null && whole ? Long.valueOf(text) : text);
    }
    return values;
  }

  private static void truncate(Connection connection, WorkTable table, Writing writing)
      throws SQLException {
    // Nobody writes any more, and what was written is seen by the next snapshot.
    execute(connection, "lock table " + table.sqlName() + " in access exclusive mode");
    int rows = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select row_id, version from " + table.sqlName())) {
      while (row.next()) {
        rows++;
        writing.writes.add(
            new RowWrite(new RowVersion(table, row.getLong(1), row.getInt(2)), false, List.of()));
      }
    }
    execute(connection, "truncate " + table.sqlName());
    writing.statements.add("truncate " + table.sqlName() + " -- " + rows);
  }

  private static void pause(Connection connection, int millis) throws SQLException {
    execute(connection, "select pg_sleep(" + millis / 1000.0 + ")");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Its old session is gone: only a server that ends loses the answer to a COMMIT here. */
  private boolean isInLedger(String database, long number) {
    disconnect(database);
    return Awaitility.await("the server of " + database + " is back")
        .atMost(SERVER_IS_BACK)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(() -> List.of(find(database, number)), found -> true)
        .getFirst();
  }

  private boolean find(String database, long number) throws SQLException {
    try (Statement statement = connection(database).createStatement();
        ResultSet row =
            statement.executeQuery("select count(*) from ledger where number = " + number)) {
      row.next();
      return row.getLong(1) == 1;
    } catch (SQLException notYet) {
      disconnect(database);
      throw notYet;
    }
  }

  private Connection connection(String database) throws SQLException {
    Connection known = connections.get(database);
    if (known == null || known.isClosed()) {
      known = databases.connect(database);
      connections.put(database, known);
      execute(known, "set lock_timeout = '3s'");
    }
    return known;
  }

  private void disconnectOrRollBack(String database) {
    Connection connection = connections.get(database);
    if (connection != null) {
      try {
        if (!connection.getAutoCommit()) {
          connection.rollback();
          connection.setAutoCommit(true);
        }
      } catch (SQLException lost) {
        disconnect(database);
      }
    }
  }

  private void disconnect(String database) {
    Connection connection = connections.remove(database);
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException alreadyGone) {
        history.told(name + " had lost its connection: " + alreadyGone.getMessage());
      }
    }
  }

  @Override
  public void close() {
    List.copyOf(connections.keySet()).forEach(this::disconnect);
  }
}
