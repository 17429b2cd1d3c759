package io.crossfk.listener.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.cli.CrossfkProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo as a newcomer starts it. */
@Order(7) // Long: it begins first.
class DemoIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONGEST = Duration.ofMinutes(3);

  @TempDir private Path temporary;

  /** Root steps down to another user to run PostgreSQL, who must see the folder. */
  @BeforeEach
  void openTheFolder() throws IOException {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void itTellsItsStoryAgreesWithTheDatabasesAndLeavesNothing() throws Exception {
    try (CrossfkProcess demo = CrossfkProcess.start(temporary, "demo", "--for", "25s", "--json")) {
      assertThat(demo.exitCode(LONGEST)).as(String.join("\n", demo.err())).isZero();

      assertThat(demo.err())
          .as("the story")
          .anyMatch(line -> line.contains("PostgreSQL 18 \"users\" is ready"))
          .anyMatch(line -> line.contains("PostgreSQL 18 \"orders\" is ready"))
          .anyMatch(line -> line.contains("Kafka is ready"))
          .anyMatch(line -> line.contains("crossfk is ready"))
          .contains(
              "1. An order for a user who is there",
              "2. An order that comes before its user",
              "3. An order for nobody",
              "4. A user goes, the orders stay",
              "5. An order moves to a user who does not exist",
              "6. A key of two columns",
              "The count",
              "Open violations by the records on Kafka: 2",
              "Anti-join over both databases, just now: 2");

      List<JsonNode> records = demo.out().stream().map(JSON::readTree).toList();
      assertThat(records)
          .as("standard output holds the records and nothing else")
          .extracting(
              record -> record.path("id").asString(""),
              record -> record.path("status").asString(""))
          .containsExactly(
              tuple("orders-user|[202]", "open"),
              tuple("orders-user|[202]", "resolved"),
              tuple("orders-user|[2]", "open"),
              tuple("orders-user|[2]", "resolved"),
              tuple("orders-user|[203]", "open"),
              tuple("shipments-order-line|[1,7]", "open"));
    }
    assertNothingIsLeft();
  }

  @Test
  void controlCEndsItEarlyAndLeavesNothing() throws Exception {
    try (CrossfkProcess demo = CrossfkProcess.start(temporary, "demo")) {
      await()
          .atMost(LONGEST)
          .until(() -> demo.out().stream().anyMatch(line -> line.contains("Kafka is ready")));
      demo.interrupt();
      assertThat(demo.exitCode(Duration.ofSeconds(20))).isZero();
      // A newer JVM warns of what Kafka's client does, unless told otherwise, as the launcher does.
      assertThat(demo.err()).allMatch(line -> line.startsWith("WARNING: "));
    }
    assertNothingIsLeft();
  }

  /** But PostgreSQL's unpacked binaries, which the next start uses again. */
  private void assertNothingIsLeft() {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () -> {
              assertThat(entries(temporary))
                  .allMatch(entry -> entry.startsWith("crossfk-sandbox-"));
              for (String sandbox : entries(temporary)) {
                assertThat(entries(temporary.resolve(sandbox)))
                    .noneMatch(entry -> entry.startsWith("run-"));
              }
              assertThat(
                      ProcessHandle.allProcesses()
                          .filter(
                              process ->
                                  process
                                      .info()
                                      .commandLine()
                                      .orElse("")
                                      .contains(temporary.toString())))
                  .isEmpty();
            });
  }

  private static List<String> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
    }
  }
}
