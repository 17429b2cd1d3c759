package io.crossfk.listener.feed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The user's client properties, parted among the kinds of client, under what crossfk needs.
 *
 * <p>Defaults give way to the user. What the truth of the feed rests on does not: a user who sets
 * it otherwise is told, rather than silently overruled.
 */
final class KafkaProperties {
  private static final String FIVE_MINUTES = "300000";

  /** Properties that the user may not set otherwise, with the only right value and the reason. */
  private static final List<Fixed> FIXED =
      List.of(
          new Fixed(
              "acks", Set.of("all", "-1"), "a verdict acknowledged by one broker can be lost"),
          new Fixed(
              "enable.idempotence", Set.of("true"), "a retried write would be published twice"),
          new Fixed(
              "isolation.level",
              Set.of("read_committed"),
              "a transaction that was never committed would be taken for the journal"),
          new Fixed(
              "enable.auto.commit", Set.of("false"), "the journal is always read from its start"),
          new Fixed(
              "transaction.two.phase.commit.enable",
              Set.of("false"),
              "a dead writer's transaction would stay open for ever"));

  /** Properties that are crossfk's own, whatever their value. */
  private static final Map<String, String> OWN =
      Map.of(
          "transactional.id", "it is made from the installation's name, set \"name\" instead",
          "group.id", "it is made from the installation's name, set \"name\" instead",
          "key.serializer", "crossfk writes bytes",
          "value.serializer", "crossfk writes bytes",
          "key.deserializer", "crossfk reads bytes",
          "value.deserializer", "crossfk reads bytes");

  private record Fixed(String name, Set<String> allowed, String reason) {}

  private final FeedSettings settings;

  KafkaProperties(FeedSettings settings) {
    this.settings = settings;
  }

  /** Mistakes in the user's properties, all of them; each with its cure. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    Map<String, String> kafka = settings.kafka();
    if (settings.bootstrapServers().isBlank()) {
      problems.add("kafka: bootstrap.servers is missing; name at least one broker as host:port");
    }
    for (Fixed fixed : FIXED) {
      String value = kafka.get(fixed.name());
      if (value != null && !fixed.allowed().contains(value.toLowerCase(Locale.ROOT))) {
        problems.add(
            "kafka: "
                + fixed.name()
                + " cannot be \""
                + value
                + "\", because "
                + fixed.reason()
                + "; take the line out");
      }
    }
    OWN.forEach(
        (name, reason) -> {
          if (kafka.containsKey(name)) {
            problems.add("kafka: " + name + " is set by crossfk: " + reason);
          }
        });
    problems.sort(null);
    return problems;
  }

  /** For the one transactional producer. A broker that is away for a minute is only waited for. */
  Map<String, Object> producer() {
    Map<String, Object> properties = common("writer");
    properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, FIVE_MINUTES);
    properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, FIVE_MINUTES);
    properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, FIVE_MINUTES);
    properties.putIfAbsent(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
    properties.putAll(userProperties(ProducerConfig.configNames()));
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId());
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return properties;
  }

  /**
   * For reading without a group, committed transactions only. The position moves past the mark of a
   * commit only with the next fetch, so a fetch that finds nothing must not wait for long.
   */
  Map<String, Object> reader(String purpose) {
    Map<String, Object> properties = consumer(purpose);
    for (String ofGroups :
        List.of(
            ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG)) {
      properties.remove(ofGroups);
    }
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "50");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(8 << 20));
    return properties;
  }

  /**
   * For the election. Sticky, so that an instance that joins does not take the lead from a healthy
   * one; heartbeats often enough that a standby hears within a second that the leader left.
   */
  Map<String, Object> member() {
    Map<String, Object> properties = consumer("leadership");
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    Object protocol = properties.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
    if (protocol == null || protocol.toString().equalsIgnoreCase("classic")) {
      // The newer protocol keeps these on the broker and refuses a client that names them.
      properties.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
      properties.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "300");
      properties.putIfAbsent(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    return properties;
  }

  /** For creating and looking at topics; answers within {@code timeoutMillis} or fails. */
  Map<String, Object> admin(int timeoutMillis) {
    Map<String, Object> properties = common("admin");
    properties.putAll(userProperties(AdminClientConfig.configNames()));
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Integer.toString(timeoutMillis));
    properties.put(
        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Integer.toString(timeoutMillis));
    return properties;
  }

  private Map<String, Object> consumer(String purpose) {
    Map<String, Object> properties = common(purpose);
    properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
    properties.putAll(userProperties(ConsumerConfig.configNames()));
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return properties;
  }

  private Map<String, Object> common(String purpose) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("client.id", settings.group() + "-" + purpose);
    return properties;
  }

  /**
   * The user's properties without those that only another kind of client knows: each client warns
   * of what it does not know. Names that no client knows stay, plug-ins read them.
   */
  private Map<String, String> userProperties(Set<String> known) {
    Set<String> others = new HashSet<>(ProducerConfig.configNames());
    others.addAll(ConsumerConfig.configNames());
    others.addAll(AdminClientConfig.configNames());
    others.removeAll(known);
    Map<String, String> mine = new HashMap<>(settings.kafka());
    mine.keySet().removeAll(others);
    return mine;
  }
}
