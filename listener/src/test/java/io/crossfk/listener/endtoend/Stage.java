package io.crossfk.listener.endtoend;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.rules.change.Position;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One installation of crossfk on the servers of an {@link Arena}: a database of its own on each,
 * topics of its own, its files in a folder of its own.
 */
public final class Stage implements AutoCloseable {
  private final Arena arena;
  private final String name;
  private final Path folder;
  private final Deque<Runnable> opened = new ArrayDeque<>();

  private Stage(Arena arena, String name, Path folder) {
    this.arena = arena;
    this.name = name;
    this.folder = folder;
  }

  static Stage on(Arena arena, String name) throws SQLException, IOException {
    for (PostgresServer server : arena.servers().values()) {
      server.createDatabase(name);
    }
    return new Stage(arena, name, Files.createTempDirectory("crossfk-" + name + "-"));
  }

  public String name() {
    return name;
  }

  public Path folder() {
    return folder;
  }

  public String bootstrapServers() {
    return arena.kafka().bootstrapServers();
  }

  public String violationsTopic() {
    return name + ".violations";
  }

  public String alertsTopic() {
    return name + ".alerts";
  }

  /** A connection as superuser, for the caller to close. */
  public Connection connect(String database) throws SQLException {
    return arena.server(database).connect(name);
  }

  /** Runs statements on a connection of its own, one transaction all together. */
  public void sql(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String each : statements) {
        statement.execute(each);
      }
      connection.commit();
    }
  }

  /** The first row's columns as texts. */
  public List<String> row(String database, String query) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      String[] columns = new String[rows.getMetaData().getColumnCount()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = String.valueOf(rows.getString(i + 1));
      }
      return List.of(columns);
    }
  }

  /** Where each database's log ends now. */
  public Map<String, Position> logEnds() throws SQLException {
    Map<String, Position> ends = new HashMap<>();
    for (String database : arena.servers().keySet()) {
      ends.put(
          database, Position.parse(row(database, "select pg_current_wal_lsn()::text").getFirst()));
    }
    return ends;
  }

  /** Whether somebody reads this installation's slot on every server. */
  public boolean isStreaming() {
    return arena.servers().keySet().stream().allMatch(this::isStreaming);
  }

  public boolean isStreaming(String database) {
    try {
      return row(
              database,
              "select coalesce(bool_or(active), false) from pg_replication_slots"
                  + " where slot_name = '"
                  + name
                  + "'")
          .getFirst()
          .equals("t");
    } catch (SQLException down) {
      return false;
    }
  }

  /**
   * Writes crossfk.yaml and a rule file.
   *
   * @param rules YAML: the items of {@code rules:}
   * @return crossfk.yaml
   */
  public Path configure(String rules) {
    StringBuilder text = new StringBuilder("name: ").append(name).append("\ndatabases:\n");
    arena
        .servers()
        .forEach(
            (database, server) ->
                text.append(
                    """
                      %s:
                        url: "%s"
                        user: "%s"
                        password: "%s"
                        lookups: { connections: 2, timeout: 3s }
                        probe: 1s
                    """
                        .formatted(
                            database, server.jdbcUrl(name), server.user(), server.password())));
    text.append(
        """
        kafka:
          bootstrap.servers: "%s"
          session.timeout.ms: 1000
          heartbeat.interval.ms: 300
        feed: { violations: %s, alerts: %s, state: %s.state }
        rules: [ rules.yaml ]
        """
            .formatted(bootstrapServers(), violationsTopic(), alertsTopic(), name));
    try {
      Files.writeString(folder.resolve("rules.yaml"), "rules:\n" + rules.indent(2));
      return Files.writeString(folder.resolve("crossfk.yaml"), text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  public Configuration configuration(String rules) throws Exception {
    return ConfigurationReader.read(configure(rules));
  }

  /** Follows the feed until the stage is closed. */
  public FeedLog follow() {
    FeedLog feed = FeedLog.of(this);
    opened.push(feed::close);
    return feed;
  }

  /** Follows the alerts until the stage is closed. */
  public AlertLog followAlerts() {
    AlertLog alerts = AlertLog.of(this);
    opened.push(alerts::close);
    return alerts;
  }

  /** Starts a listener in this JVM; it is stopped when the stage is closed. */
  public RunningListener run(Configuration configuration) {
    RunningListener listener = RunningListener.start(configuration);
    opened.push(listener::close);
    return listener;
  }

  /** Starts a listener in a JVM of its own; it is killed when the stage is closed. */
  ListenerProcess runProcess(Path configuration, String heap) {
    ListenerProcess process = ListenerProcess.start(configuration, heap);
    opened.push(process::close);
    return process;
  }

  /** Ends what runs and removes the files; databases and topics go with their servers. */
  @Override
  public void close() throws IOException {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
