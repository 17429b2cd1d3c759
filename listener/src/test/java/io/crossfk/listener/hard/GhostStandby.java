package io.crossfk.listener.hard;

import static org.awaitility.Awaitility.await;

import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A synchronous standby that does not exist: each commit reaches the log and its readers, its
 * client waits for ever, and no query sees it.
 */
public final class GhostStandby implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PostgresServer server;
  private final String database;
  private final Deque<Client> clients = new ArrayDeque<>();

  private GhostStandby(PostgresServer server, String database) {
    this.server = server;
    this.database = database;
  }

  /** From here on every commit on the server waits. */
  public static GhostStandby appears(PostgresServer server, String database) throws SQLException {
    server.execute("postgres", "alter system set synchronous_standby_names = 'ghost'");
    server.execute("postgres", "select pg_reload_conf()");
    GhostStandby ghost = new GhostStandby(server, database);
    // The setting counts once the checkpointer has read it, which nobody tells: try.
    await("a commit waits for the ghost")
        .atMost(PATIENCE)
        .until(
            () -> {
              Client probe = ghost.execute("select pg_logical_emit_message(true, 'probe', '')");
              boolean waits = probe.awaitWaitingOrDone();
              probe.terminate();
              return waits;
            });
    return ghost;
  }

  /** Starts a transaction whose commit is in the log and hangs when this returns. */
  public Client commit(String sql) throws SQLException {
    Client client = execute(sql);
    if (!client.awaitWaitingOrDone()) {
      throw new AssertionError("the commit does not wait: " + sql, client.failure.get());
    }
    clients.add(client);
    return client;
  }

  private Client execute(String sql) throws SQLException {
    return new Client(server.connect(database), sql);
  }

  /** All commits that wait become visible. */
  public void vanishes() throws SQLException {
    server.execute("postgres", "alter system reset synchronous_standby_names");
    server.execute("postgres", "select pg_reload_conf()");
    while (!clients.isEmpty()) {
      clients.pop().awaitEnd();
    }
  }

  @Override
  public void close() throws SQLException {
    vanishes();
  }

  /** A client that waits for its commit. */
  public final class Client {
    private final int process;
    private final Thread thread;
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();

    private Client(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
        row.next();
        process = row.getInt(1);
      }
      thread = Thread.ofVirtual().start(() -> run(connection, sql));
    }

    private void run(Connection connection, String sql) {
      try (connection;
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException failed) {
        failure.set(failed);
      }
    }

    public boolean isWaiting() throws SQLException {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "select 1 from pg_stat_activity where wait_event = 'SyncRep' and pid = "
                      + process)) {
        return row.next();
      }
    }

    private boolean awaitWaitingOrDone() {
      return await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> isWaiting() ? "waits" : thread.isAlive() ? "" : "done", s -> !s.isEmpty())
          .equals("waits");
    }

    /** An operator ends the client; its commit stays, and becomes visible. */
    public void terminate() throws SQLException {
      server.execute("postgres", "select pg_terminate_backend(" + process + ")");
      awaitEnd();
    }

    private void awaitEnd() {
      await("the client's end").atMost(PATIENCE).until(() -> !thread.isAlive());
    }
  }
}
