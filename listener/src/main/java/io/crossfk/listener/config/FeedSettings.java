package io.crossfk.listener.config;

/**
 * The topics on Kafka.
 *
 * @param violations the topic of violations
 * @param alerts the topic of what a person is woken for
 * @param state the topic of crossfk's own memory
 * @param partitions of the topic of violations when it is created; 1 to 1000
 */
public record FeedSettings(String violations, String alerts, String state, int partitions) {

  public static final String DEFAULT_VIOLATIONS = "crossfk.violations";

  public static final String DEFAULT_ALERTS = "crossfk.alerts";

  public static final String DEFAULT_STATE = "crossfk.state";

  /** As many consumers can share the feed; more cost little, and fewer cannot be had later. */
  public static final int DEFAULT_PARTITIONS = 3;

  public static final FeedSettings DEFAULT =
      new FeedSettings(DEFAULT_VIOLATIONS, DEFAULT_ALERTS, DEFAULT_STATE, DEFAULT_PARTITIONS);
}
