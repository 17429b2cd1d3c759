package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.finding.Finding;
import java.util.Map;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.Test;

class TopicPlanTest {
  private static final FeedSettings SETTINGS =
      FeedSettings.of("shop", Map.of("bootstrap.servers", "kafka:9092"));
  private static final TopicCures CURES = new TopicCures(SETTINGS);
  private static final TopicPlan STATE = TopicPlan.state(SETTINGS);
  private static final TopicPlan ALERTS = TopicPlan.alerts(SETTINGS);
  private static final TopicPlan VIOLATIONS = TopicPlan.violations(SETTINGS);
  private static final Map<String, String> SAFE =
      Map.of(
          "cleanup.policy", "compact",
          "min.insync.replicas", "2",
          "unclean.leader.election.enable", "false",
          "min.compaction.lag.ms", "604800000");

  @Test
  void aTopicAsCrossfkMakesItIsRight() {
    for (TopicPlan plan : new TopicPlan[] {STATE, ALERTS, VIOLATIONS}) {
      assertThat(plan.wrong(SAFE, CURES)).isEmpty();
      assertThat(plan.risky(SAFE, CURES)).isEmpty();
      assertThat(plan.wrong(plan.configuration(), CURES)).isEmpty();
    }
  }

  @Test
  void memoryThatAgesIsRefusedWithTheCommandThatMendsIt() {
    assertThat(STATE.wrong(Map.of("cleanup.policy", "compact,delete"), CURES))
        .extracting(Finding::sentence)
        .containsExactly(
            "Kafka topic crossfk.state has cleanup.policy=compact,delete, so Kafka would throw"
                + " crossfk's memory away as it ages; run: kafka-configs.sh --bootstrap-server"
                + " kafka:9092 --alter --entity-type topics --entity-name crossfk.state"
                + " --add-config cleanup.policy=compact");
    assertThat(STATE.wrong(Map.of("cleanup.policy", "delete"), CURES)).hasSize(1);
  }

  @Test
  void violationsMustBeCompactedAndShouldNotAge() {
    assertThat(VIOLATIONS.wrong(Map.of("cleanup.policy", "delete"), CURES)).hasSize(1);
    Map<String, String> both = Map.of("cleanup.policy", "delete,compact");
    assertThat(VIOLATIONS.wrong(both, CURES)).isEmpty();
    assertThat(VIOLATIONS.risky(both, CURES))
        .extracting(Finding::sentence)
        .anyMatch(risk -> risk.contains("open violations would vanish as they age"));
  }

  @Test
  void alertsMustBeCompactedAndShouldStayReadableForAWeek() {
    assertThat(ALERTS.wrong(Map.of("cleanup.policy", "delete"), CURES))
        .extracting(Finding::sentence)
        .anyMatch(wrong -> wrong.contains("alerts that are firing would vanish as they age"));
    Map<String, String> brief = Map.of("cleanup.policy", "compact", "min.insync.replicas", "2");
    assertThat(ALERTS.risky(brief, CURES))
        .extracting(Finding::sentence)
        .anyMatch(risk -> risk.contains("--add-config min.compaction.lag.ms=604800000"));
    assertThat(ALERTS.wrongPartitions(3, CURES)).isEmpty();
  }

  @Test
  void aTopicThatOneBrokersLossCanHurtIsARisk() {
    assertThat(
            STATE.risky(
                Map.of("min.insync.replicas", "1", "unclean.leader.election.enable", "true"),
                CURES))
        .hasSize(2)
        .extracting(Finding::sentence)
        .anyMatch(risk -> risk.contains("--add-config min.insync.replicas=2"))
        .anyMatch(risk -> risk.contains("--add-config unclean.leader.election.enable=false"));
  }

  @Test
  void memoryInSeveralPartitionsIsRefused() {
    assertThat(STATE.wrongPartitions(1, CURES)).isEmpty();
    assertThat(STATE.wrongPartitions(3, CURES).getFirst().sentence())
        .contains("has 3 partitions and must have 1", "kafka-topics.sh", "--delete");
    assertThat(VIOLATIONS.wrongPartitions(12, CURES)).isEmpty();
  }

  @Test
  void aTopicThatMayNotBeCreatedComesWithTheCommand() {
    assertThat(CURES.notCreated(VIOLATIONS, new PolicyViolationException("not by you")).sentence())
        .isEqualTo(
            "Kafka topic crossfk.violations is missing and could not be created (not by you); let"
                + " somebody who may run: kafka-topics.sh --bootstrap-server kafka:9092 --create"
                + " --topic crossfk.violations --partitions 3 --config cleanup.policy=compact"
                + " --config min.compaction.lag.ms=604800000");
  }
}
