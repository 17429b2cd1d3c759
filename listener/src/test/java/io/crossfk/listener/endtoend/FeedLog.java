package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What somebody who follows the violations topic has been told: every committed transition from the
 * topic's beginning, in the order of its arrival. Reads on a thread of its own until it is closed.
 */
public final class FeedLog implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String topic;
  private final KafkaConsumer<String, String> consumer;
  private final Thread thread;
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private volatile boolean closing;

  private final String bootstrapServers;

  // Guarded by this.
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final List<Transition> transitions = new ArrayList<>();
  private final Map<String, List<Transition>> histories = new HashMap<>();

  private FeedLog(String bootstrapServers, String topic) {
    this.topic = topic;
    this.bootstrapServers = bootstrapServers;
    this.consumer = consumer();
    this.thread = Thread.ofPlatform().name("feed-log-" + topic).start(this::follow);
  }

  /** Follows the topic, which need not exist yet. */
  public static FeedLog of(Stage stage) {
    return of(stage, stage.violationsTopic());
  }

  static FeedLog of(Stage stage, String topic) {
    return new FeedLog(stage.bootstrapServers(), topic);
  }

  private KafkaConsumer<String, String> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
            ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "500",
            ConsumerConfig.METADATA_MAX_AGE_CONFIG, "1000"),
        new StringDeserializer(),
        new StringDeserializer());
  }

  private void follow() {
    try (consumer) {
      List<TopicPartition> partitions = partitions();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!closing) {
        for (ConsumerRecord<String, String> each : consumer.poll(POLL)) {
          add(transition(each));
        }
        arriveAt(partitions);
      }
    } catch (RuntimeException failed) {
      failure.set(failed);
    }
  }

  private List<TopicPartition> partitions() {
    while (!closing) {
      try {
        List<PartitionInfo> found = consumer.partitionsFor(topic, Duration.ofMillis(200));
        if (found != null && !found.isEmpty()) {
          return found.stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
        }
      } catch (TimeoutException notYet) {
        // The listener creates it when it starts.
      }
    }
    return List.of();
  }

  private static Transition transition(ConsumerRecord<String, String> from) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : from.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    String type = headers.getOrDefault("ce_type", "none");
    return new Transition(
        from.key(),
        type.substring(type.lastIndexOf('.') + 1),
        headers.getOrDefault("ce_id", "none"),
        Optional.ofNullable(from.value()).map(JSON::readTree),
        headers,
        from.partition(),
        from.offset(),
        Instant.now());
  }

  private synchronized void add(Transition transition) {
    transitions.add(transition);
    histories.computeIfAbsent(transition.id(), first -> new ArrayList<>()).add(transition);
  }

  private synchronized void arriveAt(List<TopicPartition> partitions) {
    partitions.forEach(partition -> positions.put(partition, consumer.position(partition)));
  }

  private synchronized boolean isPast(Map<TopicPartition, Long> ends) {
    requireAlive();
    return ends.entrySet().stream()
        .allMatch(end -> positions.getOrDefault(end.getKey(), -1L) >= end.getValue());
  }

  /** Waits until all is read that is committed now. */
  public void awaitEnd() {
    try (KafkaConsumer<String, String> asking = consumer()) {
      Map<TopicPartition, Long> ends =
          asking.endOffsets(
              asking.partitionsFor(topic).stream()
                  .map(info -> new TopicPartition(info.topic(), info.partition()))
                  .toList());
      Awaitility.await("the end of " + topic)
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> isPast(ends));
    }
  }

  /** Every transition so far, in the order of arrival. */
  public synchronized List<Transition> transitions() {
    requireAlive();
    return List.copyOf(transitions);
  }

  public synchronized int size() {
    requireAlive();
    return transitions.size();
  }

  /** The transitions of one violation so far. */
  public synchronized List<Transition> history(String id) {
    requireAlive();
    return List.copyOf(histories.getOrDefault(id, List.of()));
  }

  /** The ids of the violations that are open now. */
  public synchronized Set<String> open() {
    requireAlive();
    Set<String> open = new TreeSet<>();
    histories.forEach(
        (id, history) -> {
          if (history.getLast().text("status").equals("open")) {
            open.add(id);
          }
        });
    return open;
  }

  private void requireAlive() {
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw new KafkaException("the reader of " + topic + " has ended: " + failed, failed);
    }
  }

  /** Waits for a transition of a violation, and returns the first that fits. */
  public Transition await(String id, Predicate<Transition> wanted, String what) {
    return Awaitility.await(id + " " + what)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> history(id).stream().filter(wanted).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  public Transition awaitOpened(String id) {
    return await(id, transition -> transition.type().equals("opened"), "opens");
  }

  public Transition awaitResolved(String id) {
    return await(id, transition -> transition.type().equals("resolved"), "is resolved");
  }

  /**
   * What holds of every feed, whatever happened: each event once, and each violation's events in a
   * legal order without one missing.
   */
  public synchronized void assertLawful() {
    requireAlive();
    Set<String> eventIds = new HashSet<>();
    for (Transition each : transitions) {
      assertThat(eventIds.add(each.eventId()))
          .withFailMessage(
              () -> "event %s came twice:%n%s".formatted(each.eventId(), told(each.id())))
          .isTrue();
      assertHeaders(each);
    }
    histories.forEach(this::assertLawful);
  }

  private void assertLawful(String id, List<Transition> history) {
    String before = "resolved";
    int number = 0;
    int partition = history.getFirst().partition();
    for (Transition each : history) {
      number++;
      boolean legal =
          switch (each.type()) {
            case "opened" -> before.equals("resolved") && each.text("status").equals("open");
            case "updated" -> !before.equals("resolved") && each.text("status").equals("open");
            case "resolved" -> !before.equals("resolved") && each.text("status").equals("resolved");
            default -> false; // The tombstone comes a day later.
          };
      assertThat(legal && each.number() == number && each.partition() == partition)
          .withFailMessage(
              () -> "after this history, not one more is in order:%n%s".formatted(told(id)))
          .isTrue();
      before = each.type();
    }
  }

  private static void assertHeaders(Transition each) {
    assertThat(each.headers())
        .containsEntry("ce_specversion", "1.0")
        .containsEntry("ce_subject", each.id())
        .containsEntry("content-type", "application/json")
        .containsKeys("ce_id", "ce_source", "ce_type", "ce_time");
    assertThat(each.eventId()).startsWith(each.id() + "@");
    assertThat(each.text("id")).isEqualTo(each.id());
  }

  /** The history of one violation, for a message. */
  public synchronized String told(String id) {
    StringBuilder text = new StringBuilder("  ").append(id).append('\n');
    for (Transition each : histories.getOrDefault(id, List.of())) {
      text.append("    ").append(each).append('\n');
    }
    return text.toString();
  }

  /** Counts by type. */
  public synchronized Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    transitions.forEach(each -> counts.merge(each.type(), 1, Integer::sum));
    return counts;
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
