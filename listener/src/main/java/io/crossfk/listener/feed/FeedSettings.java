package io.crossfk.listener.feed;

import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Where the feed goes.
 *
 * @param name the installation's name; two listeners of one name are leader and standby
 * @param violationsTopic the topic that people and programs read
 * @param alertsTopic the topic of what a person is woken for
 * @param stateTopic crossfk's own memory; one partition
 * @param partitions of the violations topic, used when it is created; 1 or more
 * @param kafka client properties as the user wrote them, {@code bootstrap.servers} among them
 */
public record FeedSettings(
    String name,
    String violationsTopic,
    String alertsTopic,
    String stateTopic,
    int partitions,
    Map<String, String> kafka) {

  /** Partitions of a violations topic that crossfk creates, unless configured. */
  public static final int DEFAULT_PARTITIONS = 3;

  public FeedSettings {
    kafka = Map.copyOf(kafka);
    if (partitions < 1) {
      throw new IllegalArgumentException("feed: partitions " + partitions + " is below 1");
    }
    if (new HashSet<>(List.of(violationsTopic, alertsTopic, stateTopic)).size() < 3) {
      throw new IllegalArgumentException(
          "feed: violations, alerts and state are \"%s\", \"%s\" and \"%s\", they need a topic each"
              .formatted(violationsTopic, alertsTopic, stateTopic));
    }
  }

  /** The default topics of an installation. */
  public static FeedSettings of(String name, Map<String, String> kafka) {
    return new FeedSettings(
        name, "crossfk.violations", "crossfk.alerts", "crossfk.state", DEFAULT_PARTITIONS, kafka);
  }

  /** What fences a second writer of this installation. */
  public String transactionalId() {
    return "crossfk-" + name;
  }

  /** The consumer group in which the instances of this installation elect their leader. */
  public String group() {
    return "crossfk-" + name;
  }

  /** CloudEvents' {@code source} of every record. */
  public String source() {
    return "/crossfk/" + name;
  }

  String bootstrapServers() {
    return kafka.getOrDefault("bootstrap.servers", "");
  }
}
