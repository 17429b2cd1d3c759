package io.crossfk.listener.feed;

import io.crossfk.listener.feed.TopicCures.Setting;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;

/**
 * What one of the feed's topics has to be.
 *
 * @param exactPartitions whether another number of partitions is wrong rather than a choice
 * @param configuration given at creation; replication is the broker's own default
 */
record TopicPlan(
    String name,
    int partitions,
    boolean exactPartitions,
    Map<String, String> configuration,
    Set<AclOperation> operations,
    Kind kind) {

  enum Kind {
    VIOLATIONS,
    ALERTS,
    STATE
  }

  /** Every transition can be read for so long, even by a reader that was away. */
  static final Duration EVERY_TRANSITION = Duration.ofDays(7);

  private static final String CLEANUP = "cleanup.policy";
  private static final String LAG = "min.compaction.lag.ms";

  /** Every topic of the feed. */
  static List<TopicPlan> all(FeedSettings settings) {
    return List.of(violations(settings), alerts(settings), state(settings));
  }

  static TopicPlan violations(FeedSettings settings) {
    return new TopicPlan(
        settings.violationsTopic(),
        settings.partitions(),
        false,
        sorted(Map.of(CLEANUP, "compact", LAG, Long.toString(EVERY_TRANSITION.toMillis()))),
        Set.of(AclOperation.WRITE, AclOperation.DESCRIBE),
        Kind.VIOLATIONS);
  }

  /** Few records; in one partition, so that all incidents can be read in one order. */
  static TopicPlan alerts(FeedSettings settings) {
    return new TopicPlan(
        settings.alertsTopic(),
        1,
        false,
        sorted(Map.of(CLEANUP, "compact", LAG, Long.toString(EVERY_TRANSITION.toMillis()))),
        Set.of(AclOperation.WRITE, AclOperation.DESCRIBE),
        Kind.ALERTS);
  }

  /** Small segments that are compacted soon: a start reads all of this topic. */
  static TopicPlan state(FeedSettings settings) {
    return new TopicPlan(
        settings.stateTopic(),
        1,
        true,
        sorted(
            Map.of(
                CLEANUP,
                "compact",
                "segment.bytes",
                Integer.toString(16 << 20),
                "segment.ms",
                Long.toString(Duration.ofMinutes(10).toMillis()),
                "min.cleanable.dirty.ratio",
                "0.1",
                "delete.retention.ms",
                Long.toString(Duration.ofHours(1).toMillis()))),
        Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE),
        Kind.STATE);
  }

  private static Map<String, String> sorted(Map<String, String> configuration) {
    return new TreeMap<>(configuration);
  }

  List<Finding> wrongPartitions(int actual, TopicCures cures) {
    return exactPartitions && actual != partitions
        ? List.of(cures.wrongPartitions(this, actual))
        : List.of();
  }

  /** What makes the topic unfit. */
  List<Finding> wrong(Map<String, String> actual, TopicCures cures) {
    Set<String> policies = policies(actual);
    boolean fit =
        switch (kind) {
          // Deletion by age would forget suspicions and positions.
          case STATE -> policies.equals(Set.of("compact"));
          case VIOLATIONS, ALERTS -> policies.contains("compact");
        };
    return fit
        ? List.of()
        : List.of(
            cures.wrongSetting(
                this,
                new Setting(
                    Subject.TOPIC_CLEANUP,
                    CLEANUP,
                    actual.getOrDefault(CLEANUP, ""),
                    "compact",
                    lossOf())));
  }

  private static Set<String> policies(Map<String, String> actual) {
    return new HashSet<>(List.of(actual.getOrDefault(CLEANUP, "").split("\\s*,\\s*", -1)));
  }

  private String lossOf() {
    return switch (kind) {
      case STATE -> "Kafka would throw crossfk's memory away as it ages";
      case VIOLATIONS -> "open violations would vanish as they age";
      case ALERTS -> "alerts that are firing would vanish as they age";
    };
  }

  /** What makes the topic less safe than it could be. */
  List<Finding> risky(Map<String, String> actual, TopicCures cures) {
    List<Finding> risks = new ArrayList<>();
    if (number(actual, "min.insync.replicas", 1) < 2) {
      risks.add(
          cures.riskySetting(
              this,
              new Setting(
                  Subject.TOPIC_REPLICAS,
                  "min.insync.replicas",
                  actual.getOrDefault("min.insync.replicas", "1"),
                  "2",
                  "the loss of one broker can lose what was acknowledged; it needs a replication"
                      + " factor of 3")));
    }
    if (actual.getOrDefault("unclean.leader.election.enable", "false").equals("true")) {
      risks.add(
          cures.riskySetting(
              this,
              new Setting(
                  Subject.TOPIC_ELECTION,
                  "unclean.leader.election.enable",
                  "true",
                  "false",
                  "a broker that lags may become leader and lose what was acknowledged")));
    }
    if (kind != Kind.STATE) {
      // Without compact it is wrong, and has been said.
      if (policies(actual).containsAll(Set.of("compact", "delete"))) {
        risks.add(
            cures.riskySetting(
                this,
                new Setting(
                    Subject.TOPIC_CLEANUP,
                    CLEANUP,
                    actual.getOrDefault(CLEANUP, ""),
                    "compact",
                    lossOf())));
      }
      long lag = number(actual, LAG, 0);
      if (lag < EVERY_TRANSITION.toMillis()) {
        risks.add(
            cures.riskySetting(
                this,
                new Setting(
                    Subject.TOPIC_COMPACTION_LAG,
                    LAG,
                    Long.toString(lag),
                    Long.toString(EVERY_TRANSITION.toMillis()),
                    "a reader that was away may miss transitions")));
      }
    }
    return risks;
  }

  private static long number(Map<String, String> actual, String name, long otherwise) {
    String value = actual.get(name);
    return value == null ? otherwise : Long.parseLong(value);
  }
}
