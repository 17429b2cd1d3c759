package io.crossfk.listener.config;

import io.crossfk.rules.text.RuleSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that a person has decided, read and checked.
 *
 * @param name what slots, publications and Kafka's ids are named after
 * @param databases by the names that rules use, in the order of the file
 * @param rules of all rule files
 */
public record Configuration(
    String name,
    Map<String, DatabaseSettings> databases,
    KafkaSettings kafka,
    FeedSettings feed,
    CacheSettings cache,
    OpsSettings ops,
    RuleSet rules) {

  /** The name of an installation that gives none. */
  public static final String DEFAULT_NAME = "crossfk";

  public Configuration {
    databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    for (String database : rules.databases()) {
      if (!databases.containsKey(database)) {
        throw new IllegalArgumentException("a rule names the unknown database " + database);
      }
    }
  }

  /**
   * The same with other addresses for some databases: a clone's, for a check.
   *
   * @param addresses by the names that rules use
   */
  public Configuration withAddresses(Map<String, String> addresses) {
    Map<String, DatabaseSettings> moved = new LinkedHashMap<>(databases);
    addresses.forEach(
        (database, url) -> moved.computeIfPresent(database, (any, settings) -> settings.at(url)));
    return new Configuration(name, moved, kafka, feed, cache, ops, rules);
  }

  /** The same, where every gap is followed by this. */
  public Configuration onGap(OnGap onGap) {
    Map<String, DatabaseSettings> changed = new LinkedHashMap<>(databases);
    changed.replaceAll((database, settings) -> settings.onGap(onGap));
    return new Configuration(name, changed, kafka, feed, cache, ops, rules);
  }

  /** Fences an older instance of the same installation, and no other's. */
  public String transactionalId() {
    return "crossfk-" + name;
  }

  public String consumerGroup() {
    return "crossfk-" + name;
  }
}
