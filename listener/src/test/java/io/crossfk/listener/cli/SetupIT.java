package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.RunningListener;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code crossfk setup} by a superuser for a fresh role on servers of three versions, each the
 * parent of one and the child of another; the service then runs with that role.
 */
class SetupIT {
  private static final String SECRET = "open sesame 'quoted' \\\\ 1";
  private static final Map<String, Integer> VERSIONS = new LinkedHashMap<>();

  static {
    VERSIONS.put("v14", 14);
    VERSIONS.put("v15", 15);
    VERSIONS.put("v18", 18);
  }

  private static Arena arena;

  @BeforeAll
  static void startServers() {
    arena = Arena.with(VERSIONS);
  }

  @AfterAll
  static void closeServers() {
    arena.close();
  }

  @Test
  void theServiceRunsWithWhatWasAppliedAndUndoLeavesTheServersAsTheyWere() throws Exception {
    Stage stage = stage();
    Path configuration = configure(stage, "watcher");
    String[] administrator = administrator(stage);
    for (PostgresServer server : arena.servers().values()) {
      server.execute("postgres", "alter system set log_statement = 'all'");
      server.execute("postgres", "select pg_reload_conf()");
    }
    Map<String, List<String>> before = pictures(stage);

    SetupRun alone = SetupRun.of(configuration);
    assertThat(alone.exitCode()).as(alone.err()).isEqualTo(78);
    assertThat(alone.err()).contains("--admin-user");
    SetupRun printed = SetupRun.of(configuration, administrator);
    assertThat(printed.exitCode()).as(printed.err()).isZero();
    assertThat(printed.out()).contains("\\password \"watcher\"");
    assertThat(pictures(stage)).as("printing changes nothing").isEqualTo(before);

    SetupRun applied = SetupRun.of(configuration, with(administrator, "--apply"));
    assertThat(applied.exitCode()).as(applied.err()).isZero();
    Map<String, List<String>> after = pictures(stage);
    SetupRun again = SetupRun.of(configuration, with(administrator, "--apply"));
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out())
        .contains("v14: nothing to change", "v15: nothing to change", "v18: nothing to change");
    assertThat(pictures(stage)).as("a second time changes nothing").isEqualTo(after);

    serviceTellsAViolation(stage, configuration, administrator);

    SetupRun undone = SetupRun.of(configuration, with(administrator, "--apply", "--undo"));
    assertThat(undone.exitCode()).as(undone.err()).isZero();
    assertThat(pictures(stage)).isEqualTo(before);
    SetupRun nothing = SetupRun.of(configuration, with(administrator, "--apply", "--undo"));
    assertThat(nothing.exitCode()).isZero();
    assertThat(nothing.out()).contains("v14: nothing to change");

    for (SetupRun run : List.of(alone, printed, applied, again, undone)) {
      assertThat(run.out() + run.err()).doesNotContain("sesame");
    }
    for (PostgresServer server : arena.servers().values()) {
      assertThat(Files.readString(server.log())).contains("CREATE ROLE").doesNotContain("sesame");
    }
  }

  private static void serviceTellsAViolation(
      Stage stage, Path configuration, String[] administrator) throws Exception {
    try (FeedLog feed = FeedLog.of(stage);
        RunningListener listener = stage.run(ConfigurationReader.read(configuration))) {
      listener.awaitWatching();
      for (String child : VERSIONS.keySet()) {
        stage.sql(child, "insert into closed.children values (7, 7)");
      }
      for (String child : VERSIONS.keySet()) {
        assertThat(feed.awaitOpened(child + "|[7]").text("cause")).isEqualTo("child-insert");
      }
      Map<String, List<String>> running = pictures(stage);
      SetupRun undo = SetupRun.of(configuration, with(administrator, "--apply", "--undo"));
      assertThat(undo.exitCode()).isEqualTo(78);
      assertThat(undo.err())
          .contains("is being read: stop crossfk first")
          .contains("role watcher reads the log of this server");
      assertThat(pictures(stage)).as("nothing is taken from a running service").isEqualTo(running);
    }
    for (String database : VERSIONS.keySet()) {
      await().until(() -> hasStopped(stage, database));
    }
  }

  /** Servers notice a moment later that a client has gone. */
  private static boolean hasStopped(Stage stage, String database) throws SQLException {
    return stage
        .row(
            database,
            "select count(*) from pg_stat_activity where usename = 'watcher'"
                + " and backend_type = 'walsender'")
        .equals(List.of("0"));
  }

  @Test
  void whatIsPrintedDoesTheSame() throws Exception {
    Stage stage = stage();
    Path configuration = configure(stage, "reader");
    String[] administrator = administrator(stage);
    Map<String, List<String>> before = pictures(stage);

    for (String database : VERSIONS.keySet()) {
      SetupRun printed =
          SetupRun.of(
              configuration, with(administrator, "--show-password", "--database", database));
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertEachStatementSaysWhy(printed);
      for (String statement : printed.statements()) {
        stage.sql(database, statement);
      }
    }
    SetupRun applied = SetupRun.of(configuration, with(administrator, "--apply"));
    assertThat(applied.exitCode()).as(applied.err()).isZero();
    assertThat(applied.out().lines().filter(line -> line.endsWith(": nothing to change")))
        .hasSize(3);

    for (String database : VERSIONS.keySet()) {
      SetupRun undo =
          SetupRun.of(configuration, with(administrator, "--undo", "--database", database));
      assertThat(undo.exitCode()).as(undo.err()).isZero();
      assertEachStatementSaysWhy(undo);
      for (String statement : undo.statements()) {
        stage.sql(database, statement);
      }
    }
    assertThat(pictures(stage)).isEqualTo(before);
  }

  private static void assertEachStatementSaysWhy(SetupRun printed) {
    List<String> lines = printed.out().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank() && lines.get(i).matches("[A-Z].*")) {
        assertThat(lines.get(i - 1)).as(lines.get(i)).startsWith("-- ");
      }
    }
  }

  private static Stage stage() throws Exception {
    Stage stage = arena.stage();
    for (String database : VERSIONS.keySet()) {
      stage.sql(
          database,
          "create schema closed",
          "create domain closed.parent_number as int",
          "create table parents (id bigint primary key, secret text)",
          "create table closed.children (id int, parent_id closed.parent_number, secret text,"
              + " place int default 1, primary key (place, id)) partition by range (place)",
          "create table closed.children_all partition of closed.children default",
          "create index on closed.children (parent_id)",
          "revoke connect on database " + stage.name() + " from public");
    }
    return stage;
  }

  private static Path configure(Stage stage, String role) throws Exception {
    StringBuilder rules = new StringBuilder();
    String parent = "v18";
    for (String child : VERSIONS.keySet()) {
      rules.append(
          """
          - { name: %s, child: "%s:closed.children(parent_id)", parent: "%s:public.parents(id)",
              grace: 200ms }
          """
              .formatted(child, child, parent));
      parent = child;
    }
    Path configuration = stage.configure(rules.toString());
    return Files.writeString(
        configuration,
        Files.readString(configuration)
            .replaceAll("user: \"postgres\"", "user: \"" + role + "\"")
            .replaceAll(
                "password: \"[^\"]*\"", Matcher.quoteReplacement("password: \"" + SECRET + "\"")));
  }

  private static String[] administrator(Stage stage) throws Exception {
    PostgresServer server = arena.server("v14");
    Path password = Files.writeString(stage.folder().resolve("admin"), server.password() + "\n");
    return new String[] {
      "--admin-user", server.user(), "--admin-password-file", password.toString()
    };
  }

  private static String[] with(String[] options, String... more) {
    String[] all = Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return all;
  }

  private static Map<String, List<String>> pictures(Stage stage) throws SQLException {
    Map<String, List<String>> pictures = new LinkedHashMap<>();
    for (String database : VERSIONS.keySet()) {
      pictures.put(database, ServerPicture.of(arena.server(database), stage.name()));
    }
    return pictures;
  }
}
