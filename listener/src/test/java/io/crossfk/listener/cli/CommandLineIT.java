package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands as processes, on servers that somebody else started. */
class CommandLineIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration SOON = Duration.ofSeconds(60);

  /** What is promised: settled things are flushed, and the process has ended. */
  private static final Duration ORDERLY_END = Duration.ofSeconds(5);

  @TempDir private static Path folder;
  private static PostgresServer server;
  private static KafkaBroker kafka;

  @BeforeAll
  static void start() throws SQLException, IOException {
    server = PostgresServer.start();
    kafka = KafkaBroker.start();
    server.createDatabase("users");
    server.createDatabase("orders");
    server.execute("users", "create table users (id bigint primary key)");
    server.execute("orders", "create table orders (id bigint primary key, user_id bigint)");
    server.execute("orders", "insert into orders values (1, 42)");
    write("crossfk.yaml", kafka.bootstrapServers());
    write("away.yaml", "127.0.0.1:1");
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        rules:
          - name: orders-user
            child: orders:public.orders(user_id)
            parent: users:public.users(id)
            grace: 100ms
        """);
  }

  private static void write(String file, String brokers) throws IOException {
    Files.writeString(
        folder.resolve(file),
        """
        name: command_line
        databases:
          users:  { url: "%s", user: %s, password: "%s" }
          orders: { url: "%s", user: %s, password: "%s", slot: orders_slot }
        kafka: { bootstrap.servers: "%s" }
        rules: [ rules.yaml ]
        """
            .formatted(
                server.jdbcUrl("users"),
                server.user(),
                server.password(),
                server.jdbcUrl("orders"),
                server.user(),
                server.password(),
                brokers));
  }

  @AfterAll
  static void stop() {
    kafka.close();
    server.close();
  }

  @Test
  void whatRunPublishesTailShowsAndBothEndInAnOrderlyWay() throws Exception {
    try (CrossfkProcess run = crossfk("run", "-c", config());
        CrossfkProcess tail = tailOnceThereIsATopic()) {
      await().atMost(SOON).untilAsserted(() -> assertThat(tail.out()).hasSize(1));
      assertThat(tail.out().getFirst())
          .contains("OPEN", "orders-user", "(user_id)=(42)", "1 orphan", "existing");
      assertThat(run.err())
          .as("a log for machines, as standard error is no terminal")
          .allSatisfy(line -> assertThat(JSON.readTree(line).path("message").isString()).isTrue());

      List<String> open = once("tail", "-c", config(), "--open");
      assertThat(open).hasSize(3).last().isEqualTo("1 open violation");
      JsonNode value = JSON.readTree(once("tail", "-c", config(), "--open", "--json").getFirst());
      assertThat(value.path("id").asString("")).isEqualTo("orders-user|[42]");

      server.execute("users", "insert into users values (42)");
      await().atMost(SOON).untilAsserted(() -> assertThat(tail.out()).hasSize(2));
      assertThat(tail.out().getLast()).contains("RESOLVED");
      assertThat(once("tail", "-c", config(), "--open")).containsExactly("No open violations.");

      tail.interrupt();
      assertThat(tail.exitCode(ORDERLY_END)).isZero();
      run.terminate();
      assertThat(run.exitCode(ORDERLY_END)).isZero();
    }
  }

  /** Before the first run there is none, which tail tells. */
  private static CrossfkProcess tailOnceThereIsATopic() throws IOException, InterruptedException {
    while (true) {
      CrossfkProcess tail = crossfk("tail", "-c", config(), "--open");
      int exitCode = tail.exitCode(SOON);
      if (exitCode == 0) {
        return crossfk("tail", "-c", config());
      }
      assertThat(exitCode).isEqualTo(78);
      assertThat(tail.err()).hasSize(1).first().asString().contains("does not exist");
    }
  }

  @Test
  void aSignalBeforeItLeadsEndsItAsOrderly() throws Exception {
    try (CrossfkProcess run = crossfk("run", "-c", config())) {
      await().atMost(SOON).until(() -> !run.err().isEmpty());
      run.terminate();
      assertThat(run.exitCode(ORDERLY_END)).isZero();
    }
  }

  @Test
  void runSaysInOneLineThatKafkaDoesNotAnswer() throws Exception {
    try (CrossfkProcess run =
        crossfk("run", "-c", folder.resolve("away.yaml").toString(), "--log-format", "human")) {
      assertThat(run.exitCode(SOON)).isEqualTo(69);
      assertThat(run.err())
          .filteredOn(line -> line.startsWith("crossfk: "))
          .hasSize(1)
          .first()
          .asString()
          .contains("127.0.0.1:1");
      assertThat(run.err()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  private static List<String> once(String... arguments) throws IOException, InterruptedException {
    try (CrossfkProcess process = crossfk(arguments)) {
      assertThat(process.exitCode(SOON)).as(process.err().toString()).isZero();
      return process.out();
    }
  }

  private static CrossfkProcess crossfk(String... arguments) throws IOException {
    return CrossfkProcess.start(folder, arguments);
  }

  private static String config() {
    return folder.resolve("crossfk.yaml").toString();
  }
}
