package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code crossfk setup} where something is in the way: it does no harm, touches nothing before a
 * person has decided, and leaves what others made.
 */
class SetupHarmlessIT {
  private static final List<String> TABLES = List.of("whole", "silent", "keyless");
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  @TempDir private static Path folder;
  private static final Map<Integer, PostgresServer> SERVERS = new LinkedHashMap<>();
  private static PostgresServer unready;

  @BeforeAll
  static void start() {
    for (int version : new int[] {14, 18}) {
      SERVERS.put(version, PostgresServer.builder().version(version).start());
    }
    unready = PostgresServer.builder().version(15).setting("wal_level", "replica").start();
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(PostgresServer::close);
    unready.close();
  }

  private static PostgresServer server(int version) {
    return Objects.requireNonNull(SERVERS.get(version));
  }

  /** Two databases of one server, {@code users} and {@code orders}, and their configuration. */
  private record Case(PostgresServer server, String name, Path configuration) {
    static Case on(PostgresServer server, String... children) throws SQLException, IOException {
      String name = "case" + NUMBERS.incrementAndGet();
      server.createDatabase(name + "_users");
      server.createDatabase(name + "_orders");
      Case made = new Case(server, name, folder.resolve(name + ".yaml"));
      made.users(
          "create table users (id int primary key, name text)", "insert into users values (1)");
      made.orders(
          "create table plain (id int primary key, user_id int)",
          "create table whole (id int primary key, user_id int)",
          "alter table whole replica identity full",
          "create table silent (id int primary key, user_id int)",
          "alter table silent replica identity nothing",
          "create table keyless (id int, user_id int)");
      made.write("sesame", children);
      return made;
    }

    void write(String password, String... children) throws IOException {
      StringBuilder rules = new StringBuilder("rules:\n");
      for (String child : children) {
        rules.append(
            "  - { name: %s, child: \"orders:public.%s(user_id)\", parent: \"users:public.users(id)\" }%n"
                .formatted(child, child));
      }
      Files.writeString(folder.resolve(name + "-rules.yaml"), rules);
      Files.writeString(
          configuration,
          """
          name: %s
          databases:
            users:  { url: "%s", user: %s, password: "%s" }
            orders: { url: "%s", user: %s, password: "%s", slot: %s_orders }
          kafka: { bootstrap.servers: "127.0.0.1:1" }
          rules: [ %s-rules.yaml ]
          """
              .formatted(
                  name,
                  server.jdbcUrl(name + "_users"),
                  role(),
                  password,
                  server.jdbcUrl(name + "_orders"),
                  role(),
                  password,
                  name,
                  name));
    }

    String role() {
      return name + "_watcher";
    }

    void users(String... statements) throws SQLException {
      for (String statement : statements) {
        server.execute(name + "_users", statement);
      }
    }

    void orders(String... statements) throws SQLException {
      for (String statement : statements) {
        server.execute(name + "_orders", statement);
      }
    }

    SetupRun setup(String... options) throws IOException {
      return setupAs(server.user(), server.password(), options);
    }

    SetupRun setupAs(String user, String password, String... options) throws IOException {
      Path file = Files.writeString(folder.resolve(name + "-" + user), password + "\n");
      List<String> all = new ArrayList<>(Arrays.asList(options));
      all.addAll(List.of("--admin-user", user, "--admin-password-file", file.toString()));
      return SetupRun.of(configuration, all.toArray(String[]::new));
    }

    List<String> picture() throws SQLException {
      List<String> picture = new ArrayList<>(ServerPicture.of(server, name + "_users"));
      picture.addAll(ServerPicture.of(server, name + "_orders"));
      // Other cases share the server.
      picture.removeIf(line -> line.contains("case") && !line.contains(name));
      return picture;
    }
  }

  /** Inserts, updates and deletes rows of each table again and again, as an application would. */
  private static final class Application implements AutoCloseable {
    private final Connection connection;
    private final Thread thread;
    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    private volatile boolean closing;

    Application(Case where) throws SQLException {
      connection = where.server().connect(where.name() + "_orders");
      thread = Thread.ofPlatform().start(this::work);
    }

    private void work() {
      try (Statement statement = connection.createStatement()) {
        while (!closing) {
          for (String table : TABLES) {
            statement.execute("insert into " + table + " values (1, 1), (2, 1)");
            statement.execute("update " + table + " set user_id = 2, id = id + 10");
            statement.execute("delete from " + table);
          }
          rounds.incrementAndGet();
        }
      } catch (SQLException failed) {
        failure.set(failed);
      }
    }

    /** It goes on working. */
    void requireWorking() {
      int before = rounds.get();
      await().until(() -> failure.get() != null || rounds.get() > before + 1);
      SQLException failed = failure.get();
      if (failed != null) {
        throw new AssertionError("a statement of the application failed", failed);
      }
    }

    @Override
    public void close() throws SQLException {
      closing = true;
      await().until(() -> !thread.isAlive());
      connection.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void theApplicationsStatementsGoOnWorkingBeforeDuringAndAfter(int version) throws Exception {
    Case fit = Case.on(server(version), "plain", "whole");
    List<String> before = fit.picture();
    try (Application application = new Application(fit)) {
      application.requireWorking();
      SetupRun printed = fit.setup();
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out().replaceAll("\\s+(-- )?", " ")).contains("Whole rows of ");
      SetupRun applied = fit.setup("--apply");
      assertThat(applied.exitCode()).as(applied.err()).isZero();
      application.requireWorking();

      fit.write("sesame", "plain", "whole", "silent", "keyless");
      List<String> half = fit.picture();
      for (String option : new String[] {"--database=orders", "--apply"}) {
        SetupRun refused = fit.setup(option);
        assertThat(refused.exitCode()).as(refused.out()).isEqualTo(78);
        assertThat(refused.err())
            .contains("orders:public.silent", "orders:public.keyless", "no replica identity")
            .contains("REPLICA IDENTITY FULL;");
        assertThat(refused.statements()).noneMatch(line -> line.contains("PUBLICATION"));
      }
      assertThat(fit.picture()).as("nothing is done while there is a decision").isEqualTo(half);
      application.requireWorking();

      fit.orders(
          "alter table silent replica identity default",
          "alter table keyless replica identity full");
      SetupRun decided = fit.setup("--apply");
      assertThat(decided.exitCode()).as(decided.err()).isZero();
      application.requireWorking();

      SetupRun undone = fit.setup("--apply", "--undo");
      assertThat(undone.exitCode()).as(undone.err()).isZero();
      application.requireWorking();
    }
    fit.orders(
        "alter table silent replica identity nothing",
        "alter table keyless replica identity default");
    assertThat(fit.picture()).isEqualTo(before);
  }

  @Test
  void anAdministratorWhoIsNoSuperuserSetsUpWhatItOwnsAndTakesItBack() throws Exception {
    Case managed = Case.on(server(18), "plain");
    String dba = managed.name() + "_dba";
    managed.users(
        "create role " + dba + " login createrole replication password 'dba'",
        "alter table users owner to " + dba);
    for (String database : new String[] {"_users", "_orders"}) {
      managed.users("grant create on database " + managed.name() + database + " to " + dba);
    }
    List<String> before = managed.picture();

    SetupRun refused = managed.setupAs(dba, "dba", "--apply");
    assertThat(refused.exitCode()).as(refused.out()).isEqualTo(78);
    assertThat(refused.err()).contains("only an owner of public.plain may publish it");
    assertThat(managed.picture()).isEqualTo(before);

    managed.orders("alter table plain owner to " + dba);
    before = managed.picture();
    SetupRun applied = managed.setupAs(dba, "dba", "--apply");
    assertThat(applied.exitCode()).as(applied.err()).isZero();
    SetupRun undone = managed.setupAs(dba, "dba", "--apply", "--undo");
    assertThat(undone.exitCode()).as(undone.err()).isZero();
    assertThat(managed.picture()).isEqualTo(before);
  }

  @Test
  void whatOthersMadeStays() throws Exception {
    Case shared = Case.on(server(14), "plain");
    shared.users("create role " + shared.role() + " login replication password 'other'");
    shared.orders("grant select (id) on plain to " + shared.role());
    shared.orders("create publication " + shared.name() + " for table whole");
    List<String> before = shared.picture();

    SetupRun wrong = shared.setup("--apply");
    assertThat(wrong.exitCode()).isEqualTo(78);
    assertThat(wrong.err()).contains("has another password than the configuration");
    assertThat(shared.picture()).isEqualTo(before);

    shared.write("other", "plain");
    assertThat(shared.setup("--apply").exitCode()).isZero();
    SetupRun undone = shared.setup("--apply", "--undo");
    assertThat(undone.exitCode()).as(undone.err()).isZero();
    assertThat(undone.out())
        .contains("role " + shared.role() + " was not made by crossfk setup: it stays")
        .contains("publication " + shared.name() + " was not made by crossfk setup");
    assertThat(shared.picture()).anyMatch(line -> line.contains("publication"));
    assertThat(shared.picture()).noneMatch(line -> line.startsWith("(slot"));
  }

  @Test
  void aRoleThatHoldsSomethingElsewhereStaysUntilThatIsGone() throws Exception {
    Case two = Case.on(server(18), "plain");
    assertThat(two.setup("--apply").exitCode()).isZero();
    SetupRun one = two.setup("--apply", "--undo", "--database", "users");
    assertThat(one.exitCode()).as(one.err()).isZero();
    assertThat(one.out())
        .contains("stays, as it holds something in database " + two.name() + "_orders");
    assertThat(two.picture())
        .anyMatch(line -> line.startsWith("(role") && line.contains(two.role()));
    SetupRun other = two.setup("--apply", "--undo", "--database", "orders");
    assertThat(other.exitCode()).as(other.err()).isZero();
    assertThat(two.picture()).noneMatch(line -> line.contains(two.role()));
  }

  /** The harm would be done: with it published, the application's UPDATE fails. */
  @Test
  void aReplicaIdentityThatGoesWhileSetUpWaitsForTheTableIsSeen() throws Exception {
    Case racing = Case.on(server(18), "plain");
    assertThat(racing.setup("--apply").exitCode()).isZero();
    racing.orders("drop publication " + racing.name());
    try (Connection other = racing.server().connect(racing.name() + "_orders");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("alter table plain replica identity nothing");
      AtomicReference<@Nullable SetupRun> run = new AtomicReference<>();
      Thread setUp =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      run.set(racing.setup("--apply"));
                    } catch (IOException failed) {
                      throw new UncheckedIOException(failed);
                    }
                  });
      await().until(() -> isWaitingForALock(racing));
      other.commit();
      setUp.join();
      SetupRun refused = Objects.requireNonNull(run.get());
      assertThat(refused.exitCode()).as(refused.out()).isEqualTo(78);
      assertThat(refused.err()).contains("orders:public.plain", "no replica identity");
      assertThat(racing.picture())
          .noneMatch(line -> line.startsWith("(published") && line.contains("plain"));
      statement.execute("insert into plain values (1, 1)");
      statement.execute("update plain set user_id = 2");
    }
  }

  private static boolean isWaitingForALock(Case where) throws SQLException {
    try (Connection connection = where.server().connect(where.name() + "_orders");
        Statement statement = connection.createStatement();
        ResultSet waiting =
            statement.executeQuery(
                "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
                    + " and datname = current_database() and query like 'CREATE PUBLICATION%')")) {
      return waiting.next() && waiting.getBoolean(1);
    }
  }

  @Test
  void rowLevelSecurityIsForAPersonToDecide() throws Exception {
    Case secured = Case.on(server(18), "plain");
    secured.orders("alter table plain enable row level security");
    List<String> before = secured.picture();
    SetupRun refused = secured.setup("--apply");
    assertThat(refused.exitCode()).isEqualTo(78);
    assertThat(refused.err()).contains("row-level security", "BYPASSRLS;");
    assertThat(secured.picture()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain    | wal_level = 'logical'            | REPLICATION;
          rds      | rds.logical_replication = 1      | GRANT rds_replication TO
          cloudsql | cloudsql.logical_decoding = on   | REPLICATION;
          azure    | server parameter wal_level       | REPLICATION;
          """)
  void eachFlavorSaysHowItsServersLogWhatCanBeDecoded(
      String flavor, String setting, String replication) throws Exception {
    Case early = Case.on(unready, "plain");
    List<String> before = early.picture();
    SetupRun printed = early.setup("--flavor", flavor);
    assertThat(printed.exitCode()).isEqualTo(78);
    assertThat(printed.err()).contains("wal_level is replica", setting);
    assertThat(printed.statements()).anyMatch(line -> line.contains(replication));
    assertThat(early.setup("--flavor", flavor, "--apply").exitCode()).isEqualTo(78);
    assertThat(early.picture()).isEqualTo(before);
  }

  @Test
  void aServerThatIsAwayIsSaidToBe() throws Exception {
    Case away = Case.on(server(18), "plain");
    Files.writeString(
        away.configuration(),
        Files.readString(away.configuration()).replaceAll("127.0.0.1:\\d{2,}/", "127.0.0.1:1/"));
    SetupRun run = away.setup();
    assertThat(run.exitCode()).isEqualTo(69);
    assertThat(run.err()).contains("cannot be reached");
    assertThat(run.out()).isEmpty();
  }
}
