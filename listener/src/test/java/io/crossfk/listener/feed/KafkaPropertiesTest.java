package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaPropertiesTest {

  @Test
  void theUsersPropertiesReachEveryClientThatKnowsThem() {
    KafkaProperties properties =
        with(
            Map.of(
                "bootstrap.servers", "kafka:9092",
                "security.protocol", "SASL_SSL",
                "session.timeout.ms", "20000",
                "linger.ms", "1",
                "my.plugin", "x"));

    assertThat(properties.producer())
        .containsEntry("bootstrap.servers", "kafka:9092")
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("linger.ms", "1")
        .containsEntry("my.plugin", "x")
        .doesNotContainKey("session.timeout.ms");
    assertThat(properties.member())
        .containsEntry("session.timeout.ms", "20000")
        .containsEntry("my.plugin", "x")
        .doesNotContainKey("linger.ms");
    assertThat(properties.admin(1000)).containsEntry("security.protocol", "SASL_SSL");
    assertThat(properties.reader("test")).doesNotContainKeys("group.id", "session.timeout.ms");
  }

  @Test
  void defaultsGiveWayToTheUser() {
    assertThat(with(Map.of("bootstrap.servers", "k:1")).producer())
        .containsEntry("compression.type", "lz4")
        .containsEntry("delivery.timeout.ms", "300000");
    assertThat(with(Map.of("bootstrap.servers", "k:1", "compression.type", "zstd")).producer())
        .containsEntry("compression.type", "zstd");
  }

  @Test
  void whatTheTruthRestsOnIsNotForTheUserAndHeIsTold() {
    assertThat(
            with(Map.of(
                    "acks", "1",
                    "enable.idempotence", "FALSE",
                    "isolation.level", "read_uncommitted",
                    "transactional.id", "mine"))
                .problems())
        .containsExactly(
            "kafka: acks cannot be \"1\", because a verdict acknowledged by one broker can be lost;"
                + " take the line out",
            "kafka: bootstrap.servers is missing; name at least one broker as host:port",
            "kafka: enable.idempotence cannot be \"FALSE\", because a retried write would be"
                + " published twice; take the line out",
            "kafka: isolation.level cannot be \"read_uncommitted\", because a transaction that was"
                + " never committed would be taken for the journal; take the line out",
            "kafka: transactional.id is set by crossfk: it is made from the installation's name,"
                + " set \"name\" instead");
    assertThat(
            with(Map.of("bootstrap.servers", "k:1", "acks", "ALL", "enable.idempotence", "true"))
                .problems())
        .isEmpty();
  }

  @Test
  void theNewerGroupProtocolIsLeftToTheBroker() {
    assertThat(with(Map.of("bootstrap.servers", "k:1", "group.protocol", "consumer")).member())
        .doesNotContainKeys(
            "session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy");
  }

  private static KafkaProperties with(Map<String, String> kafka) {
    return new KafkaProperties(FeedSettings.of("shop", kafka));
  }
}
