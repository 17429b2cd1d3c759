package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** A large table is read once: a crash does not begin it again. */
class BaselineIT {
  private static final int ROWS = 2_000_000;
  private static final int ORPHANS = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String RULES =
      """
      - { name: orders-user, child: "orders:public.orders(user_id)", parent: "users:public.users(id)", grace: 50ms }
      """;

  /** What a process says of an audit, in JSON. */
  private static final Pattern READ =
      Pattern.compile("audit has read the child table.*\"rows\":\"?(\\d+)");

  private static Arena arena;

  @BeforeAll
  static void start() {
    arena = Arena.with(Map.of("users", 18, "orders", 18));
  }

  @AfterAll
  static void end() {
    arena.close();
  }

  @Test
  void aBaselineGoesOnWhereItWasAfterAKill(TestReporter reporter) throws Exception {
    Stage stage = arena.stage();
    stage.sql(
        "users",
        "create table users (id bigint primary key)",
        "insert into users select generate_series(1, 1000)");
    stage.sql(
        "orders",
        "create table orders (id bigint primary key, user_id bigint)",
        // Orphans from the first page to the last.
        "insert into orders select g,"
            + " case when mod(g, %d) = 7 then 5000000 + g else 1 + mod(g, 1000) end"
                .formatted(ROWS / ORPHANS)
            + " from generate_series(1, %d) g".formatted(ROWS),
        "create index on orders (user_id)");
    Configuration configuration = stage.configuration(RULES);
    AntiJoin antiJoin = new AntiJoin(stage, configuration.rules().enabled());
    FeedLog feed = stage.follow();
    Path file = stage.configure(RULES);

    ListenerProcess first = stage.runProcess(file, "128m");
    awaitPlace(stage);
    first.kill();
    assertThat(rowsRead(file)).as("the first one was killed in the middle").isEmpty();
    ListenerProcess second = stage.runProcess(file, "128m");
    Awaitility.await("the second one has read the rest")
        .atMost(PATIENCE)
        .until(
            () -> {
              second.requireAlive();
              return rowsRead(file).isPresent();
            });

    assertThat(antiJoin.awaitEqual(feed, PATIENCE)).hasSize(ORPHANS);
    feed.assertLawful();
    assertThat(feed.transitions()).hasSize(ORPHANS);
    assertThat(rowsRead(file).orElseThrow()).isLessThan(ROWS);
    reporter.publishEntry("rows read after the kill", rowsRead(file).toString());
    assertThat(second.terminate().exitCode()).isZero();
  }

  /** How many rows the process that reached the end has read by itself. */
  private static OptionalLong rowsRead(Path file) throws IOException {
    Matcher said = READ.matcher(Files.readString(file.resolveSibling("listener.log")));
    return said.find() ? OptionalLong.of(Long.parseLong(said.group(1))) : OptionalLong.empty();
  }

  /** Waits until the journal holds a place in the table. */
  private static void awaitPlace(Stage stage) {
    TopicPartition state = new TopicPartition(stage.name() + ".state", 0);
    List<String> places = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", stage.bootstrapServers(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "metadata.max.age.ms", "1000"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(state));
      Awaitility.await("a place in the journal")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(1))
          .until(
              () -> {
                for (ConsumerRecord<String, String> entry : consumer.poll(Duration.ofMillis(100))) {
                  if (entry.value() != null && entry.value().contains("\"auditedTo\"")) {
                    places.add(entry.value());
                  }
                }
                return places.size() >= 2;
              });
    }
  }
}
