package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartSummaryTest {
  @TempDir private Path folder;

  @Test
  void itSaysWhatIsWatchedWhereAndWhereItIsTold() throws Exception {
    assertThat(new StartSummary(configuration(2, 1)).lines())
        .containsExactly(
            "crossfk \"crossfk\" watches 1 rule over 2 databases",
            "  database db0: jdbc:postgresql://host0:5432/db (slot crossfk, publication crossfk)",
            "  database db1: jdbc:postgresql://host1:5432/db (slot crossfk, publication crossfk)",
            "  rule rule0: db0:public.child(a) -> db1:public.parent(b), grace 10s",
            "  Kafka kafka:9092: violations go to topic crossfk.violations, alerts to"
                + " crossfk.alerts, its own memory is topic crossfk.state");
  }

  @Test
  void itIsTenLinesAtMostHoweverMuchIsWatched() throws Exception {
    List<String> lines = new StartSummary(configuration(20, 200)).lines();

    assertThat(lines).hasSizeLessThanOrEqualTo(10);
    assertThat(lines).contains("  and 17 more databases", "  and 197 more rules");
  }

  @Test
  void itTellsNoSecret() throws Exception {
    assertThat(new StartSummary(configuration(2, 1)).lines().toString())
        .doesNotContain("hush", "hunter2");
  }

  private Configuration configuration(int databases, int rules)
      throws IOException, ConfigurationMistakes {
    StringBuilder crossfk = new StringBuilder("databases:\n");
    for (int i = 0; i < databases; i++) {
      crossfk.append(
          "  db%d: { url: \"jdbc:postgresql://host%d:5432/db?sslkey=hush\", user: u, password: hunter2 }%n"
              .formatted(i, i));
    }
    crossfk.append("kafka: { bootstrap.servers: \"kafka:9092\" }\nrules: [ rules.yaml ]\n");
    StringBuilder text = new StringBuilder("rules:\n");
    for (int i = 0; i < rules; i++) {
      text.append(
          "  - { name: rule%d, child: \"db%d:public.child(a)\", parent: \"db%d:public.parent(b)\" }%n"
              .formatted(i, i % databases, (i + 1) % databases));
    }
    Files.writeString(folder.resolve("rules.yaml"), text);
    return ConfigurationReader.read(
        Files.writeString(folder.resolve("crossfk.yaml"), crossfk), Map.of());
  }
}
