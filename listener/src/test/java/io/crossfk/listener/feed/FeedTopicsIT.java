package io.crossfk.listener.feed;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfk.sandbox.KafkaBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Topics on a real broker. */
class FeedTopicsIT {
  private static KafkaBroker kafka;
  private static Admin admin;

  @BeforeAll
  static void startBroker() {
    kafka = KafkaBroker.start();
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  @AfterAll
  static void stopBroker() {
    admin.close(Duration.ZERO);
    kafka.close();
  }

  @Test
  void missingTopicsAreCreatedAsTheyMustBe() throws Exception {
    FeedSettings settings = settings("fresh");

    List<String> warnings = FeedTopics.ensure(settings);

    assertThat(partitions("fresh.violations")).isEqualTo(3);
    assertThat(partitions("fresh.state")).isEqualTo(1);
    assertThat(partitions("fresh.alerts")).isEqualTo(1);
    for (String topic : List.of("fresh.violations", "fresh.alerts")) {
      assertThat(configuration(topic))
          .containsEntry("cleanup.policy", "compact")
          .containsEntry("min.compaction.lag.ms", "604800000");
    }
    assertThat(configuration("fresh.state"))
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("min.compaction.lag.ms", "0")
        .containsEntry("segment.bytes", "16777216");
    assertThat(warnings)
        .as("one broker is a risk")
        .hasSize(3)
        .allMatch(w -> w.contains("min.insync.replicas"));
    assertThat(FeedTopics.ensure(settings)).as("the second time").isEqualTo(warnings);
  }

  @Test
  void topicsThatWouldLoseDataAreRefusedAllAtOnceWithTheCure() throws Exception {
    admin
        .createTopics(
            List.of(
                new NewTopic("bad.violations", Optional.of(1), Optional.empty())
                    .configs(Map.of("cleanup.policy", "delete")),
                new NewTopic("bad.state", Optional.of(2), Optional.empty())
                    .configs(Map.of("cleanup.policy", "compact,delete"))))
        .all()
        .get();

    FeedStartException refused = refused(settings("bad"));

    assertThat(refused.reason()).isEqualTo(FeedStartException.Reason.REFUSED);
    assertThat(refused.problems())
        .hasSize(3)
        .anyMatch(
            p ->
                p.contains("bad.violations has cleanup.policy=delete")
                    && p.contains("kafka-configs.sh"))
        .anyMatch(p -> p.contains("bad.state has 2 partitions and must have 1"))
        .anyMatch(p -> p.contains("bad.state has cleanup.policy=compact,delete"));
  }

  @Test
  void aBrokerThatDoesNotAnswerIsUnreachableWithinSeconds() {
    long start = System.nanoTime();

    FeedStartException unreachable =
        refused(FeedSettings.of("nobody", Map.of("bootstrap.servers", "127.0.0.1:1")));

    assertThat(unreachable.reason()).isEqualTo(FeedStartException.Reason.UNREACHABLE);
    assertThat(unreachable).hasMessageContaining("Kafka at 127.0.0.1:1 cannot be reached");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void aHostThatDoesNotExistIsUnreachable() {
    FeedStartException unreachable =
        refused(
            FeedSettings.of("nobody", Map.of("bootstrap.servers", "no.such.host.invalid:9092")));

    assertThat(unreachable.reason()).isEqualTo(FeedStartException.Reason.UNREACHABLE);
    assertThat(unreachable).hasMessageContaining("no.such.host.invalid:9092");
  }

  @Test
  void aBrokenPropertyIsRefusedByName() {
    FeedStartException refused =
        refused(
            FeedSettings.of(
                "x",
                Map.of(
                    "bootstrap.servers",
                    kafka.bootstrapServers(),
                    "security.protocol",
                    "NONSENSE")));

    assertThat(refused.reason()).isEqualTo(FeedStartException.Reason.REFUSED);
    assertThat(refused).hasMessageContaining("security.protocol");
  }

  private static FeedStartException refused(FeedSettings settings) {
    return requireNonNull(
        catchThrowableOfType(FeedStartException.class, () -> FeedTopics.ensure(settings)));
  }

  private static FeedSettings settings(String name) {
    return new Broker(kafka, name).settings();
  }

  private static int partitions(String topic) throws Exception {
    Map<String, TopicDescription> found =
        admin.describeTopics(List.of(topic)).allTopicNames().get();
    return requireNonNull(found.get(topic)).partitions().size();
  }

  private static Map<String, String> configuration(String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Map<ConfigResource, Config> found = admin.describeConfigs(List.of(resource)).all().get();
    return requireNonNull(found.get(resource)).entries().stream()
        .filter(entry -> entry.value() != null)
        .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
  }
}
