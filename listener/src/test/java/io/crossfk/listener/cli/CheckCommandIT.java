package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code crossfk check} against servers with {@code wal_level = minimal}, and no Kafka at all. */
class CheckCommandIT {
  @TempDir private static Path folder;
  private static PostgresServer server;

  /** What a command said, and how it ended. */
  private record Ending(int exitCode, String out, String err) {}

  @BeforeAll
  static void start() throws SQLException, IOException {
    server =
        PostgresServer.builder()
            .setting("wal_level", "minimal")
            .setting("max_wal_senders", "0")
            .start();
    for (String database : new String[] {"users", "orders", "clone"}) {
      server.createDatabase(database);
    }
    server.execute(
        "users",
        "create table users (id bigint primary key, name text);"
            + " insert into users select g, 'user ' || g from generate_series(1, 5000) g");
    server.execute(
        "clone",
        "create table users (id bigint primary key);"
            + " insert into users select g from generate_series(1, 20000) g");
    server.execute(
        "orders",
        "create table orders (id bigint primary key, user_id bigint, boss_id bigint, note text);"
            + " create index on orders (user_id); create index on orders (boss_id);"
            + " insert into orders select g, g, 1 from generate_series(1, 5000) g;"
            + " insert into orders values (6001, 7001), (6002, 7001), (6003, 7002)");
    // What it needs, and nothing else: no REPLICATION.
    server.execute(
        "users",
        "create role checker login password 'check'; grant select (id) on users to checker");
    server.execute("clone", "grant select (id) on users to checker");
    server.execute("orders", "grant select (id, user_id, boss_id, xmin) on orders to checker");
    Files.writeString(
        folder.resolve("crossfk.yaml"),
        """
        databases:
          users:  { url: "%s", user: checker, password: check }
          orders: { url: "%s", user: checker, password: check }
        kafka: { bootstrap.servers: "127.0.0.1:1" }
        rules: [ rules.yaml ]
        """
            .formatted(server.jdbcUrl("users"), server.jdbcUrl("orders")));
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        rules:
          - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms }
          - { name: orders-boss, child: "orders:public.orders(boss_id)", parent: "users:public.users(id)", grace: 50ms }
        """);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Ending check(String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("check", "-c", folder.resolve("crossfk.yaml").toString()));
    arguments.addAll(List.of(options));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            Terminal.NONE,
            new PrintWriter(out),
            new PrintWriter(err),
            arguments.toArray(String[]::new));
    return new Ending(exitCode, out.toString(), err.toString());
  }

  @Test
  void brokenKeysAreToldToPeopleAndTheExitCodeIsOne() {
    Ending ending = check();

    assertThat(ending.exitCode()).isEqualTo(1);
    assertThat(ending.err()).isEmpty();
    assertThat(
            ending
                .out()
                .lines()
                .map(line -> line.replaceAll(" +", " ").replaceAll("[0-9.]+ s$", "s")))
        .containsExactly(
            "RULE CHILD ROWS PARENT ROWS BROKEN KEYS TIME",
            "orders-user 5,003 5,000 2 s",
            "orders-boss 5,000 5,000 0 s",
            "orders-user: Key (user_id)=(7001) of orders:public.orders is not present in"
                + " users:public.users(id): 2 orphans",
            "orders-user: Key (user_id)=(7002) of orders:public.orders is not present in"
                + " users:public.users(id): 1 orphan");
  }

  @Test
  void aSoundRuleEndsWithZero() {
    assertThat(check("--rule", "orders-boss").exitCode()).isZero();
  }

  @Test
  void aCloneIsCheckedInPlaceOfItsDatabase() {
    Ending ending = check("--database", "users=" + server.jdbcUrl("clone"));

    assertThat(ending.exitCode()).isZero();
    assertThat(ending.out()).contains("20,000").doesNotContain("Key (");
  }

  @Test
  void jsonTellsEachBrokenKeyWithItsRows() {
    JsonNode rules = new JsonMapper().readTree(check("--format", "json").out()).required("rules");

    assertThat(rules).hasSize(2);
    assertThat(rules.get(1).required("status").stringValue()).isEqualTo("clean");
    assertThat(rules.get(0).required("candidates").intValue()).isEqualTo(2);
    JsonNode violation = rules.get(0).required("violations").get(0);
    assertThat(violation.required("id").stringValue()).isEqualTo("orders-user|[7001]");
    assertThat(violation.required("key").toString()).isEqualTo("{\"user_id\":7001}");
    assertThat(violation.required("orphans").required("count").intValue()).isEqualTo(2);
    assertThat(violation.required("orphans").required("sample").toString())
        .contains("{\"id\":\"6001\"}", "{\"id\":\"6002\"}");
  }

  @Test
  void junitHasATestForEachRule() throws Exception {
    String xml = check("--format", "junit").out();

    Element suite =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(xml)))
            .getDocumentElement();
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    Element failure = (Element) suite.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message")).isEqualTo("2 broken keys");
    assertThat(failure.getTextContent()).contains("(7001)", "(7002)");
  }

  @Test
  void aSampleOfEverythingFindsEverything() {
    assertThat(check("--sample", "100000").out()).contains("(7001)", "(7002)");
    assertThat(check("--sample", "10", "--rule", "orders-boss").exitCode()).isZero();
  }

  @Test
  void noMoreRowsASecondAreReadThanAllowed() {
    long start = System.nanoTime();

    check("--rule", "orders-boss", "--max-rate", "5000");

    // The last of 5,000 rows comes a second after the first, less the batches at both ends.
    assertThat(System.nanoTime() - start).isGreaterThan(700_000_000);
  }

  @Test
  void whatCannotBeCheckedIsToldWithItsCureAndItsCode() throws SQLException {
    assertThat(check("--rule", "orders-usr"))
        .extracting(Ending::exitCode, ending -> ending.err().lines().findFirst().orElse(""))
        .containsExactly(
            64, "crossfk: unknown rule \"orders-usr\"; there are: orders-user, orders-boss");
    assertThat(check("--database", "user=jdbc:postgresql://x/y").exitCode()).isEqualTo(64);
    assertThat(check("--sample", "0").exitCode()).isEqualTo(64);
    assertThat(check("--temp", "/nowhere").exitCode()).isEqualTo(64);
    assertThat(check("--database", "users=jdbc:postgresql://127.0.0.1:1/users").exitCode())
        .isEqualTo(69);
    server.execute("orders", "revoke select (xmin) on orders from checker");
    try {
      Ending ending = check();
      assertThat(ending.exitCode()).isEqualTo(78);
      assertThat(ending.err()).contains("GRANT SELECT (xmin) ON public.orders TO checker;");
    } finally {
      server.execute("orders", "grant select (xmin) on orders to checker");
    }
  }

  @Test
  void aReadingThatTakesTooLongEndsAsUnavailable() throws SQLException {
    try (Connection connection = server.connect("users");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table users in access exclusive mode");
      Ending ending = check("--rule", "orders-boss", "--statement-timeout", "1");
      assertThat(ending.exitCode()).isEqualTo(69);
      assertThat(ending.err())
          .contains("rule orders-boss could not be checked: database users: canceling statement");
      connection.rollback();
    }
  }
}
