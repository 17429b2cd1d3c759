package io.crossfk.listener.feed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Reads the violations topic from its beginning, committed transactions only, and follows it; the
 * alerts topic too if that is asked for. In no group: it disturbs nobody. One thread at a time, but
 * {@link #wakeUp} may come from any.
 */
public final class FeedReader implements AutoCloseable {
  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, Long> ends;

  private FeedReader(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    this.consumer = consumer;
    this.ends = ends;
  }

  /** Opens the topic of violations; its end as of now is what {@link #caughtUp} means. */
  public static FeedReader open(FeedSettings settings) throws FeedStartException {
    return open(settings, false);
  }

  /** Opens the topic of violations, and that of alerts if it is there: an old feed has none. */
  public static FeedReader openWithAlerts(FeedSettings settings) throws FeedStartException {
    return open(settings, true);
  }

  private static FeedReader open(FeedSettings settings, boolean alerts) throws FeedStartException {
    List<String> problems = new KafkaProperties(settings).problems();
    if (!problems.isEmpty()) {
      throw new FeedStartException(FeedStartException.Reason.REFUSED, problems, null);
    }
    Consumer<byte[], byte[]> consumer = null;
    try {
      consumer = new KafkaConsumer<>(new KafkaProperties(settings).reader("reader"));
      List<PartitionInfo> infos =
          new ArrayList<>(consumer.partitionsFor(settings.violationsTopic(), ANSWER_TIME));
      if (infos.isEmpty()) {
        throw FeedStartException.refused(
            "Kafka topic "
                + settings.violationsTopic()
                + " does not exist; crossfk run creates it when it starts",
            null);
      }
      if (alerts) {
        infos.addAll(consumer.partitionsFor(settings.alertsTopic(), ANSWER_TIME));
      }
      List<TopicPartition> partitions =
          infos.stream().map(info -> new TopicPartition(info.topic(), info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      return new FeedReader(consumer, consumer.endOffsets(partitions, ANSWER_TIME));
    } catch (FeedStartException | KafkaException failed) {
      if (consumer != null) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
      }
      throw failed instanceof FeedStartException known
          ? known
          : StartProblems.ofKafka(settings, (KafkaException) failed);
    }
  }

  /**
   * The next records, oldest first within a partition; empty if none came in time.
   *
   * @throws org.apache.kafka.common.errors.WakeupException after {@link #wakeUp}
   */
  public List<FeedRecord> poll(Duration atMost) {
    List<FeedRecord> records = new ArrayList<>();
    consumer.poll(atMost).forEach(entry -> records.add(record(entry)));
    return records;
  }

  private static FeedRecord record(ConsumerRecord<byte[], byte[]> entry) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : entry.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return new FeedRecord(
        new String(entry.key(), StandardCharsets.UTF_8),
        Optional.ofNullable(entry.value()).map(value -> new String(value, StandardCharsets.UTF_8)),
        headers,
        entry.partition(),
        entry.offset(),
        Instant.ofEpochMilli(entry.timestamp()));
  }

  /** Whether everything that was there when the reader was opened has been polled. */
  public boolean caughtUp() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /**
   * Reads on until {@link #caughtUp}, and gives the newest record of each violation that is open
   * still, and of each alert that fires.
   */
  public Collection<FeedRecord> open() {
    Map<String, FeedRecord> open = new LinkedHashMap<>();
    while (!caughtUp()) {
      for (FeedRecord each : poll(Duration.ofMillis(200))) {
        open.remove(each.id());
        if (each.isOpen()) {
          open.put(each.id(), each);
        }
      }
    }
    return open.values();
  }

  /** Ends a {@link #poll} that waits, with an exception. */
  public void wakeUp() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
