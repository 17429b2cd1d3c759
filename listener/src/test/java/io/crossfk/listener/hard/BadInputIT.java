package io.crossfk.listener.hard;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is wrong when {@code crossfk run} starts is told in one message each, with its cure, all
 * of it at once; the exit code says who has to act; and there is no stack trace.
 */
class BadInputIT {
  private static final String ORDERS_USER =
      rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)");

  private static PostgresServer server;
  private static PostgresServer withoutLogicalLog;
  private static KafkaBroker kafka;

  @TempDir private Path folder;
  private final Map<String, String> databases = new TreeMap<>();

  @BeforeAll
  static void startServers() throws SQLException {
    server = PostgresServer.builder().name("good").start();
    withoutLogicalLog =
        PostgresServer.builder().name("old").version(17).setting("wal_level", "replica").start();
    kafka =
        KafkaBroker.builder()
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .setting("super.users", "User:boss")
            .setting(
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT")
            .setting("sasl.enabled.mechanisms", "PLAIN")
            .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .setting("sasl.mechanism.controller.protocol", "PLAIN")
            .setting("inter.broker.listener.name", "PLAINTEXT")
            .setting("listener.name.plaintext.plain.sasl.jaas.config", users())
            .setting("listener.name.controller.plain.sasl.jaas.config", users())
            .start();
    server.createDatabase("users");
    server.execute(
        "users",
        """
        create role crossfk login replication password 'sesame';
        create table users (id bigint primary key, email text);
        create table tenants (id uuid primary key);
        create table secrets (id bigint primary key);
        create table accounts (id bigint primary key, number bigint not null unique);
        create table nicknames (id bigint primary key, name text);
        grant select on users, tenants, accounts, nicknames to crossfk;
        """);
    server.createDatabase("orders");
    server.execute(
        "orders",
        """
        create table orders (id bigint primary key, user_id bigint, note text);
        create index on orders (user_id);
        """);
    withoutLogicalLog.createDatabase("archive");
    withoutLogicalLog.execute("archive", "create table users (id bigint primary key)");
  }

  @AfterAll
  static void closeServers() {
    server.close();
    withoutLogicalLog.close();
    kafka.close();
  }

  private static String users() {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"boss\""
        + " password=\"secret\" user_boss=\"secret\" user_crossfk=\"secret\";";
  }

  @Test
  void everyMistakeOfEveryFileIsNamedAtOnceWithItsPlace() throws Exception {
    write(
        "crossfk.yaml",
        """
        databases:
          users: { url: "jdbc:postgresql://localhost/users", user: me, passwort: secret }
          orders: { url: "jdbc:postgresql://localhost/orders", user: me, password: "${NO_SUCH_VARIABLE}" }
        kafka:
          bootstrap.servers: localhost
        rules: [ one.yaml, two.yaml, three.yaml ]
        """);
    write(
        "one.yaml",
        """
        rules:
          - name: orders-user
            child: order:public.orders(user_id)
            parent: users:public.users(id)
            grace: soon
          - name: lines
            child: orders:public.lines(order_id, line)
            parent: orders:public.orders(id)
        """);
    write("two.yaml", "rules:\n  - name: orders-user\n    child: [\n");
    CrossfkProcess.Ending ending = run();

    assertThat(ending.exitCode()).isEqualTo(78);
    assertThat(ending.out()).isEmpty();
    String here = folder + "/";
    assertThat(ending.lines())
        .containsExactly(
            here
                + "crossfk.yaml:2:64: databases.users.passwort: unknown property \"passwort\"; did"
                + " you mean \"password\"?",
            here
                + "crossfk.yaml:3:77: databases.orders.password: the environment has no"
                + " NO_SUCH_VARIABLE: set it before crossfk starts",
            here
                + "crossfk.yaml:5:22: kafka[\"bootstrap.servers\"]: in \"localhost\" a broker has"
                + " no port: write host:9092, host:9092",
            here + "crossfk.yaml:6:30: rules[2]: no such file or folder: " + here + "three.yaml",
            here
                + "one.yaml:3:12: rules[0].child: unknown database \"order\"; did you mean"
                + " \"orders\"?",
            here
                + "one.yaml:5:12: rules[0].grace: \"soon\" does not fit: a duration is a number"
                + " with a unit, as in 500ms, 10s, 2m or 1h; only 0 needs none",
            here
                + "one.yaml:8:33: rules[1].parent: 1 column here and 2 columns in child: they are"
                + " paired by position, so write as many",
            here
                + "two.yaml:4:1: $: not YAML: expected the node content, but found '<stream end>'"
                + " (while parsing a flow node)",
            "8 mistakes in 3 files; nothing was started");
  }

  @Test
  void whateverIsWrongInDatabasesAndKafkaIsNamedAtOnce() throws Exception {
    database("users", server, "users", "crossfk", "sesame");
    database("orders", server, "orders", server.user(), server.password());
    database("archive", withoutLogicalLog, "archive", server.user(), server.password());
    database("billing", server, "orders", server.user(), "wrong");
    database("crm", server, "no_such_database", server.user(), server.password());
    configure(
        "crossfk",
        kafka.bootstrapServers(),
        rule("missing-table", "orders:public.ordres(user_id)", "users:public.users(id)"),
        rule("missing-column", "orders:public.orders(usr_id)", "users:public.users(id)"),
        rule("types", "orders:public.orders(user_id)", "users:public.tenants(id)"),
        rule("privilege", "orders:public.orders(user_id)", "users:public.secrets(id)"),
        rule("identity", "orders:public.orders(user_id)", "users:public.accounts(number)"),
        rule("not-unique", "orders:public.orders(note)", "users:public.nicknames(name)"),
        rule("log-level", "orders:public.orders(user_id)", "archive:public.users(id)"),
        rule("password", "billing:public.orders(user_id)", "users:public.users(id)"),
        rule("database", "crm:public.contacts(user_id)", "users:public.users(id)"));
    CrossfkProcess.Ending ending = run();

    assertThat(ending.exitCode()).isEqualTo(78);
    assertProblems(
        ending,
        List.of(
            List.of(
                "database archive has wal_level = replica",
                "ALTER SYSTEM SET wal_level = logical;"),
            List.of(
                "database billing",
                "password authentication failed for user \"postgres\"",
                "correct the database's user and password"),
            List.of(
                "database crm",
                "database \"no_such_database\" does not exist",
                "correct the database's name at the end of its url"),
            List.of(
                "rule missing-table: child table \"ordres\" does not exist in orders:public",
                "did you mean \"orders\"?"),
            List.of(
                "rule missing-column: child column \"usr_id\" does not exist in"
                    + " orders:public.orders",
                "did you mean \"user_id\"?"),
            List.of(
                "rule types: child column orders:public.orders.user_id and parent column"
                    + " users:public.tenants.id cannot be compared",
                "bigint and uuid do not compare",
                "give both columns one type"),
            List.of(
                "rule privilege: parent table users:public.secrets does not let role crossfk read"
                    + " id",
                "GRANT SELECT (id) ON public.secrets TO crossfk;"),
            List.of(
                "rule not-unique: parent column users:public.nicknames(name) has no unique index",
                "CREATE UNIQUE INDEX CONCURRENTLY ON public.nicknames (name);"),
            List.of(
                "users:public.accounts: has the parent's key [number] not in the replica identity"
                    + " [id]",
                "ALTER TABLE \"public\".\"accounts\" REPLICA IDENTITY USING INDEX"
                    + " \"accounts_number_key\";"),
            List.of(
                "users:public.nicknames: has the parent's key [name] not in the replica identity"
                    + " [id]",
                "ALTER TABLE \"public\".\"nicknames\" REPLICA IDENTITY FULL;"),
            List.of(
                "Kafka topic crossfk.violations cannot be seen (Topic authorization failed.)",
                "--operation Write",
                "kafka-topics.sh --bootstrap-server",
                "--create --topic crossfk.violations --partitions 3"),
            List.of(
                "Kafka topic crossfk.alerts cannot be seen (Topic authorization failed.)",
                "--create --topic crossfk.alerts --partitions 1"),
            List.of(
                "Kafka topic crossfk.state cannot be seen (Topic authorization failed.)",
                "--operation Read",
                "--create --topic crossfk.state --partitions 1")));
    assertThat(slots()).as("nothing was changed").isEmpty();
  }

  @Test
  void aKafkaThatCannotBeReachedEndsTheStart() throws Exception {
    twoGoodDatabases();
    configure("boss", "127.0.0.1:1", ORDERS_USER);
    CrossfkProcess.Ending ending = run();

    assertThat(ending.exitCode()).isEqualTo(69);
    assertProblems(
        ending,
        List.of(
            List.of(
                "Kafka at 127.0.0.1:1 cannot be reached",
                "is it running, and is kafka: bootstrap.servers right?")));
  }

  @Test
  void aKafkaThatRefusesThePasswordEndsTheStart() throws Exception {
    twoGoodDatabases();
    configure("stranger", kafka.bootstrapServers(), ORDERS_USER);
    CrossfkProcess.Ending ending = run();

    assertThat(ending.exitCode()).isEqualTo(78);
    assertProblems(
        ending,
        List.of(
            List.of(
                "Kafka at " + kafka.bootstrapServers() + " does not accept crossfk's credentials",
                "look at kafka: security.protocol and kafka: sasl.*")));
  }

  @Test
  void aDatabaseThatIsDownAtTheStartIsTriedAgainAndTheOthersRun() throws Exception {
    twoGoodDatabases();
    try (PostgresServer late = PostgresServer.builder().name("late").start()) {
      late.createDatabase("late");
      late.execute("late", "create table notes (id bigint primary key, user_id bigint)");
      late.stop();
      database("late", late, "late", late.user(), late.password());
      configure(
          "boss",
          kafka.bootstrapServers(),
          ORDERS_USER,
          rule("notes-user", "late:public.notes(user_id)", "users:public.users(id)"));
      try (CrossfkProcess crossfk = CrossfkProcess.run(folder.resolve("crossfk.yaml"))) {
        crossfk.awaitSaying(
            "database late cannot be reached at "
                + late.jdbcUrl("late")
                + ": the connection was refused; start the server, or correct the url");
        crossfk.awaitSaying("\"rule\":\"orders-user\",\"state\":\"watching\"");
        assertThat(crossfk.err()).doesNotContain("\"rule\":\"notes-user\"");
        late.startAgain();
        crossfk.awaitSaying("\"rule\":\"notes-user\",\"state\":\"watching\"");
        assertThat(slots()).containsExactly("crossfk_orders", "crossfk_users");
        CrossfkProcess.Ending ending = crossfk.terminate();
        assertThat(ending.exitCode()).isZero();
        assertThat(ending.err()).doesNotContain("Exception", "\tat ");
      }
    }
    for (String slot : slots()) {
      server.execute("postgres", "select pg_drop_replication_slot('" + slot + "')");
    }
  }

  @Test
  void aCommandThatCannotBeUnderstoodIsUsage() throws Exception {
    try (CrossfkProcess crossfk = CrossfkProcess.start(folder, List.of(), "run", "--conf", "x")) {
      CrossfkProcess.Ending ending = crossfk.awaitEnd();
      assertThat(ending.exitCode()).isEqualTo(64);
      assertThat(ending.err()).contains("--conf", "Try: crossfk run --help");
      assertThat(ending.out()).isEmpty();
    }
  }

  /** Each in its order, with what is wrong and the cure; no other, and no stack trace. */
  private static void assertProblems(CrossfkProcess.Ending ending, List<List<String>> wanted) {
    List<String> problems = problems(ending.err());
    assertThat(problems).hasSameSizeAs(wanted);
    for (int each = 0; each < wanted.size(); each++) {
      assertThat(problems.get(each)).contains(wanted.get(each));
    }
    assertThat(ending.err()).doesNotContain("\tat ", "Exception");
    assertThat(ending.out()).isEmpty();
  }

  /** From "crossfk: " to the next one: SQL that cures comes on lines of its own. */
  private static List<String> problems(String err) {
    List<String> problems = new ArrayList<>();
    for (String line : err.lines().toList()) {
      if (line.startsWith("crossfk: ")) {
        problems.add(line);
      } else if (line.startsWith("  ") && !problems.isEmpty()) {
        problems.add(problems.removeLast() + "\n" + line);
      }
    }
    return problems;
  }

  private static List<String> slots() throws SQLException {
    List<String> slots = new ArrayList<>();
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select slot_name from pg_replication_slots order by 1")) {
      while (rows.next()) {
        slots.add(rows.getString(1));
      }
    }
    return slots;
  }

  private void twoGoodDatabases() {
    database("users", server, "users", server.user(), server.password());
    database("orders", server, "orders", server.user(), server.password());
  }

  private void database(
      String name, PostgresServer on, String database, String user, String password) {
    databases.put(
        name,
        "  %s: { url: \"%s\", user: \"%s\", password: \"%s\", slot: \"crossfk_%s\" }%n"
            .formatted(name, on.jdbcUrl(database), user, password, name));
  }

  private static String rule(String name, String child, String parent) {
    return "  - { name: %s, child: \"%s\", parent: \"%s\", grace: 100ms }%n"
        .formatted(name, child, parent);
  }

  private void configure(String kafkaUser, String brokers, String... rules) throws IOException {
    write("rules.yaml", "rules:\n" + String.join("", rules));
    write(
        "crossfk.yaml",
        "databases:\n"
            + String.join("", databases.values())
            + """
            kafka:
              bootstrap.servers: "%s"
              security.protocol: SASL_PLAINTEXT
              sasl.mechanism: PLAIN
              sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule required username="%s" password="secret";'
            rules: [ rules.yaml ]
            """
                .formatted(brokers, kafkaUser));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private CrossfkProcess.Ending run() throws InterruptedException {
    try (CrossfkProcess crossfk = CrossfkProcess.run(folder.resolve("crossfk.yaml"))) {
      return crossfk.awaitEnd();
    }
  }
}
