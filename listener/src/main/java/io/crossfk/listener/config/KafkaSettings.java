package io.crossfk.listener.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Properties for every client of Kafka: producer, consumer and admin.
 *
 * @param properties as written, {@code bootstrap.servers} among them, and none that crossfk must
 *     set itself
 */
public record KafkaSettings(Map<String, String> properties) {

  static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

  /** What the protocol rests on, and nobody may loosen: the property, and what it is set to. */
  static final Map<String, String> SET_BY_CROSSFK = setByCrossfk();

  public KafkaSettings {
    properties = Map.copyOf(properties);
    if (!properties.containsKey(BOOTSTRAP_SERVERS)) {
      throw new IllegalArgumentException(BOOTSTRAP_SERVERS + " is missing");
    }
  }

  public String bootstrapServers() {
    return properties.getOrDefault(BOOTSTRAP_SERVERS, "");
  }

  private static Map<String, String> setByCrossfk() {
    Map<String, String> set = new LinkedHashMap<>();
    set.put("acks", "it is all, since a verdict is as durable as its record");
    set.put("enable.idempotence", "it is true, since a transition is told once");
    set.put("transactional.id", "it comes from the installation's name, which you may set");
    set.put("group.id", "it comes from the installation's name, which you may set");
    set.put("isolation.level", "it is read_committed, since an aborted cut never happened");
    set.put("enable.auto.commit", "it is false, since a position moves only with its cut");
    set.put("auto.offset.reset", "it is earliest, since the journal is read from its beginning");
    for (String role : new String[] {"key", "value"}) {
      set.put(role + ".serializer", "the records' form is fixed");
      set.put(role + ".deserializer", "the records' form is fixed");
    }
    return set;
  }

  /** The names only: values may hold passwords and keys. */
  @Override
  public String toString() {
    return "KafkaSettings[" + bootstrapServers() + ", " + properties.keySet() + "]";
  }
}
