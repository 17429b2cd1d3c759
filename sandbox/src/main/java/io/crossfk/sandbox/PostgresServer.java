package io.crossfk.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One real PostgreSQL server with a data folder of its own, on a free port of 127.0.0.1.
 *
 * <p>It can be stopped, crashed, hung and started again on the same port and data. {@link #close}
 * ends it and removes its data; if the JVM ends first, however it does, the same happens within a
 * second or so.
 *
 * <p>Methods may be called from any thread; those that change the server's state run one at a time.
 */
public final class PostgresServer implements AutoCloseable {
  /**
   * The major versions there are, oldest first. Those before the newest are in the sandbox's test
   * jar.
   */
  public static final List<Integer> VERSIONS = List.of(14, 15, 16, 17, 18);

  private static final String USER = "postgres";
  private static final String PASSWORD = "sandbox";

  private final String name;
  private final int version;
  private final int port;
  private final Path binaries;
  private final Path data;
  private final Path log;
  private final Unprivileged unprivileged;
  private final Janitor janitor;
  private @Nullable Postmaster postmaster;
  private boolean closed;

  private PostgresServer(
      Builder builder, Path binaries, Path folder, Unprivileged unprivileged, Janitor janitor) {
    this.name = "PostgreSQL " + builder.version + " \"" + builder.name + "\"";
    this.version = builder.version;
    this.port = FreePorts.next();
    this.binaries = binaries;
    this.data = folder.resolve("data");
    this.log = folder.resolve("server.log");
    this.unprivileged = unprivileged;
    this.janitor = janitor;
  }

  /** A server of the newest version with default settings, running. */
  public static PostgresServer start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a server is to be like. Not safe for use by several threads. */
  public static final class Builder {
    private int version = VERSIONS.getLast();
    private String name = "sandbox";
    private final Map<String, String> settings = new LinkedHashMap<>();
    private @Nullable Unprivileged unprivileged;

    private Builder() {
      settings.put("listen_addresses", "127.0.0.1");
      settings.put("unix_socket_directories", "");
      settings.put("wal_level", "logical");
      settings.put("max_wal_senders", "20");
      settings.put("max_replication_slots", "20");
      settings.put("max_prepared_transactions", "10");
      settings.put("max_connections", "200");
      // Our crashes are crashes of processes, and those leave the system's page cache alone: what
      // was written stays
      // written without fsync, and what was not yet written to the log is lost, exactly as in
      // production.
      settings.put("fsync", "off");
      settings.put("full_page_writes", "on");
      settings.put("shared_buffers", "32MB");
      settings.put("min_wal_size", "32MB");
      settings.put("max_wal_size", "512MB");
      // In the data folder, and so gone with it, instead of in /dev/shm.
      settings.put("dynamic_shared_memory_type", "mmap");
      settings.put("timezone", "UTC");
      settings.put("log_timezone", "UTC");
      settings.put("log_line_prefix", "%m [%p] %a ");
    }

    /** The major version, one of {@link #VERSIONS}; the newest if not called. */
    public Builder version(int version) {
      if (!VERSIONS.contains(version)) {
        throw new IllegalArgumentException("PostgreSQL " + version + " is not one of " + VERSIONS);
      }
      this.version = version;
      return this;
    }

    /** A name for messages and for the run folder. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * A line of {@code postgresql.conf}; it replaces the sandbox's own value. {@code ALTER SYSTEM}
     * still goes above it.
     */
    public Builder setting(String setting, String value) {
      settings.put(setting, value);
      return this;
    }

    /** For tests of the ways themselves. */
    Builder unprivileged(Unprivileged unprivileged) {
      this.unprivileged = unprivileged;
      return this;
    }

    /**
     * Creates the data folder and starts the server; about a second.
     *
     * @throws SandboxException if it cannot be set up or does not start
     */
    public PostgresServer start() {
      try {
        Unprivileged way = unprivileged == null ? Unprivileged.detect() : unprivileged;
        Path binaries = PostgresBinaries.of(version);
        Path folder = Scratch.runFolder(name + "-" + version);
        PostgresServer server =
            new PostgresServer(
                this, binaries, folder, way, Janitor.of(folder, Janitor.Ending.QUIT));
        try {
          server.initialize(folder, settings);
          server.launch();
        } catch (RuntimeException | IOException | InterruptedException e) {
          server.close();
          throw e;
        }
        return server;
      } catch (IOException e) {
        throw new SandboxException(
            "PostgreSQL " + version + " \"" + name + "\" could not be set up: " + e, e);
      } catch (InterruptedException e) {
        throw interrupted("starting PostgreSQL " + version, e);
      }
    }
  }

  private synchronized void initialize(Path folder, Map<String, String> settings)
      throws IOException, InterruptedException {
    unprivileged.own(folder);
    Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    unprivileged.own(password);
    List<String> command = new ArrayList<>(Janitor.ownSession());
    // Every server is initialised for itself, and not copied from a template: it needs its own
    // system identifier.
    command.addAll(
        unprivileged.command(
            List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + data,
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions")));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Postmaster.quietEnvironment(builder);
    Process initdb = builder.start();
    janitor.watch(initdb);
    int exitCode = initdb.waitFor();
    if (exitCode != 0) {
      throw new SandboxException(
          "initdb of %s ended with exit code %d:%n%s".formatted(name, exitCode, Scratch.tail(log)));
    }
    StringBuilder lines =
        new StringBuilder("\n# crossfk sandbox\nport = ").append(port).append('\n');
    settings.forEach(
        (setting, value) ->
            lines.append(setting).append(" = '").append(value.replace("'", "''")).append("'\n"));
    Files.writeString(data.resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
  }

  private void launch() throws IOException, InterruptedException {
    Postmaster launched = Postmaster.launch(name, binaries, data, log, unprivileged);
    postmaster = launched;
    janitor.watch(launched.process());
    launched.awaitReady(data, log);
  }

  public int port() {
    return port;
  }

  /** The major version. */
  public int version() {
    return version;
  }

  /** The address for pgjdbc, without user and password. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /** The superuser's name. */
  public String user() {
    return USER;
  }

  /** The superuser's password; every login needs one. */
  public String password() {
    return PASSWORD;
  }

  /** What the server has written; gone after {@link #close}. */
  public Path log() {
    return log;
  }

  /** A new connection as superuser, for the caller to close. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), USER, PASSWORD);
  }

  /**
   * Runs SQL as superuser on a connection of its own, in autocommit mode unless the SQL says
   * otherwise.
   */
  public void execute(String database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  public void createDatabase(String database) throws SQLException {
    execute(USER, "create database \"" + database.replace("\"", "\"\"") + "\"");
  }

  public synchronized boolean isRunning() {
    return postmaster != null && postmaster.isRunning();
  }

  /**
   * Shuts down in an orderly way (mode fast): sessions are cut, and a checkpoint is written. The
   * server waits for its replication clients to receive all of the log.
   *
   * @throws SandboxException if it is still there after 30 s
   */
  public synchronized void stop() {
    end("stopping", postmaster -> postmaster.shutDown("INT", log));
  }

  /** Shuts down without a checkpoint (mode immediate); the next start recovers from the log. */
  public synchronized void stopImmediately() {
    end("stopping", postmaster -> postmaster.shutDown("QUIT", log));
  }

  /** SIGKILL for the postmaster and all its children; the next start recovers from the log. */
  public synchronized void kill() {
    end("killing", Postmaster::kill);
  }

  /**
   * Starts a stopped or killed server again, on the same port and data. Returns when it accepts
   * connections.
   *
   * @throws SandboxException if it does not start within 60 s
   */
  public synchronized void startAgain() {
    if (closed || isRunning()) {
      throw new IllegalStateException(name + " is " + (closed ? "closed" : "running"));
    }
    run("starting", this::launch);
  }

  /**
   * Makes the stopped server begin in recovery at its next start; {@code pg_promote()} then puts it
   * on another timeline, as a failover does.
   */
  public synchronized void startNextInRecovery() {
    if (closed || isRunning()) {
      throw new IllegalStateException(name + " is " + (closed ? "closed" : "running"));
    }
    try {
      Files.createFile(data.resolve("standby.signal"));
    } catch (IOException failed) {
      throw new SandboxException("making " + name + " a standby: " + failed.getMessage(), failed);
    }
  }

  /**
   * Stops every process of the server with SIGSTOP: it hangs, and its connections stay open. Only
   * {@link #resume}, {@link #kill} and {@link #close} work then.
   */
  public synchronized void pause() {
    Postmaster running = running();
    run("pausing", running::pause);
  }

  /** Lets a paused server go on. */
  public synchronized void resume() {
    Postmaster running = running();
    run("resuming", running::resume);
  }

  /** Ends the server whatever its state, and removes its data. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Postmaster running = postmaster;
    postmaster = null;
    try {
      // Nobody needs the data any more, so no checkpoint, and no waiting for anybody.
      if (running != null && running.isRunning()) {
        run("closing", running::kill);
      }
    } finally {
      janitor.close();
      FreePorts.giveBack(port);
    }
  }

  @Override
  public String toString() {
    return name + " on port " + port;
  }

  private Postmaster running() {
    if (postmaster == null) {
      throw new IllegalStateException(name + " is not running");
    }
    return postmaster;
  }

  private void end(String doing, PostmasterStep step) {
    Postmaster running = running();
    run(doing, () -> step.apply(running));
    janitor.watchNothing();
    postmaster = null;
  }

  private void run(String doing, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new SandboxException(doing + " " + name + " failed: " + e, e);
    } catch (InterruptedException e) {
      throw interrupted(doing + " " + name, e);
    }
  }

  private static SandboxException interrupted(String doing, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new SandboxException("interrupted while " + doing, cause);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  @FunctionalInterface
  private interface PostmasterStep {
    void apply(Postmaster postmaster) throws IOException, InterruptedException;
  }
}
