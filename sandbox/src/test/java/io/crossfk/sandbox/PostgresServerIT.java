package io.crossfk.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGProperty;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresServerIT {
  private PostgresServer server;

  @BeforeAll
  void startServer() throws SQLException {
    server = PostgresServer.builder().name("users").start();
    server.createDatabase("users");
    server.execute("users", "create table users (id bigint primary key)");
  }

  @AfterAll
  void closeServer() {
    server.close();
  }

  @Test
  void allVersionsRunSideBySideAndEachIsItself() throws SQLException {
    List<CompletableFuture<PostgresServer>> starts =
        PostgresServer.VERSIONS.stream()
            .map(
                version ->
                    CompletableFuture.supplyAsync(
                        () -> PostgresServer.builder().version(version).start()))
            .toList();
    try {
      Set<String> identifiers = new HashSet<>();
      for (CompletableFuture<PostgresServer> start : starts) {
        PostgresServer one = start.join();
        assertThat(query(one, "postgres", "show server_version")).startsWith(one.version() + ".");
        identifiers.add(
            query(one, "postgres", "select system_identifier from pg_control_system()"));
        assertThat(
                query(
                    one,
                    "postgres",
                    "select count(*) from pg_create_logical_replication_slot('one', 'pgoutput')"))
            .isEqualTo("1");
      }
      assertThat(identifiers).as("system identifiers").hasSameSizeAs(PostgresServer.VERSIONS);
    } finally {
      starts.forEach(start -> start.thenAccept(PostgresServer::close).join());
    }
  }

  @Test
  void aStoppedServerComesBackOnItsPortWithItsData() throws SQLException {
    int port = server.port();
    server.execute("users", "insert into users values (1)");

    server.stop();

    assertThat(server.isRunning()).isFalse();
    assertThatThrownBy(() -> server.connect("users"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("refused");
    server.startAgain();
    assertThat(server.port()).isEqualTo(port);
    assertThat(has(1)).isTrue();
  }

  @Test
  void anImmediateStopKeepsWhatWasCommittedAndNothingElse() throws Exception {
    try (Connection connection = server.connect("users");
        Statement statement = connection.createStatement()) {
      statement.execute("insert into users values (2)");
      connection.setAutoCommit(false);
      statement.execute("insert into users values (3)");

      server.stopImmediately();
    }

    server.startAgain();
    assertThat(has(2)).isTrue();
    assertThat(has(3)).isFalse();
    assertThat(Files.readString(server.log())).contains("automatic recovery in progress");
  }

  @Test
  void aKilledServerKeepsWhatWasCommittedAndRecovers() throws SQLException {
    server.execute("users", "insert into users values (4)");

    server.kill();

    server.startAgain();
    assertThat(has(4)).isTrue();
  }

  @Test
  void aPausedServerSaysNothingAndGoesOnWhenItIsResumed() throws SQLException {
    Properties impatient = new Properties();
    PGProperty.USER.set(impatient, server.user());
    PGProperty.PASSWORD.set(impatient, server.password());
    PGProperty.SOCKET_TIMEOUT.set(impatient, 1);
    try (Connection first = DriverManager.getConnection(server.jdbcUrl("users"), impatient);
        Statement statement = first.createStatement();
        Connection second = server.connect("users")) {
      server.pause();
      assertThatThrownBy(() -> statement.executeQuery("select 1"))
          .hasStackTraceContaining("SocketTimeoutException");

      server.resume();

      assertThat(second.isValid(10)).isTrue();
    }
  }

  @Test
  void aSettingReplacesOursAndALaterAlterSystemReplacesTheSetting() throws SQLException {
    try (PostgresServer other =
        PostgresServer.builder()
            .setting("wal_level", "replica")
            .setting("work_mem", "3MB")
            .start()) {
      assertThat(query(other, "postgres", "show wal_level")).isEqualTo("replica");
      other.execute("postgres", "alter system set work_mem = '5MB'");
      other.execute("postgres", "select pg_reload_conf()");
      other.stop();
      other.startAgain();
      assertThat(query(other, "postgres", "show work_mem")).isEqualTo("5MB");
    }
  }

  @Test
  void aServerThatCannotStartSaysWhyAndLeavesNothing() {
    assertThatThrownBy(
            () -> PostgresServer.builder().name("broken").setting("no_such_setting", "1").start())
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("\"broken\"")
        .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    assertThat(Leftovers.runFolders()).noneMatch(folder -> folder.toString().contains("broken"));
  }

  @Test
  void rootStepsDownToNobodyWhereNamespacesAreNotAllowed() throws Exception {
    assumeTrue(Unprivileged.userId() == 0, "only root steps down");
    try (PostgresServer other =
        PostgresServer.builder().unprivileged(Unprivileged.byOtherUser()).start()) {
      other.kill();
      other.startAgain();
      assertThat(query(other, "postgres", "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    assertThatThrownBy(
            () -> DriverManager.getConnection(server.jdbcUrl("users"), server.user(), "wrong"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  private boolean has(int id) throws SQLException {
    return query(server, "users", "select exists (select from users where id = " + id + ")")
        .equals("t");
  }

  private static String query(PostgresServer server, String database, String sql)
      throws SQLException {
    List<String> values = new ArrayList<>();
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return String.join(",", values);
  }
}
