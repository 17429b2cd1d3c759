package io.crossfk.listener.feed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the state topic to its end (I5). To be used only after {@code initTransactions}: before,
 * the former leader might still write.
 */
final class JournalReader {
  private static final Logger log = LoggerFactory.getLogger(JournalReader.class);

  /** Without a record or a moving end for so long, reading is given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration POLL = Duration.ofMillis(200);

  private final FeedSettings settings;
  private final KafkaProperties properties;
  private final TopicPartition partition;

  JournalReader(FeedSettings settings, KafkaProperties properties) {
    this.settings = settings;
    this.properties = properties;
    this.partition = new TopicPartition(settings.stateTopic(), 0);
  }

  Journal read() throws FeedStartException {
    long start = System.nanoTime();
    Map<String, byte[]> values = new LinkedHashMap<>();
    long records;
    try {
      records = readTo(logEnd(), values);
    } catch (KafkaException failed) {
      throw StartProblems.ofKafka(settings, failed);
    }
    Journal journal = decode(values);
    log.atInfo()
        .addKeyValue("topic", settings.stateTopic())
        .addKeyValue("records", records)
        .addKeyValue("entries", values.size())
        .addKeyValue("millis", (System.nanoTime() - start) / 1_000_000)
        .log("journal read");
    refuseForeign(journal);
    return journal;
  }

  private long readTo(long end, Map<String, byte[]> values) throws FeedStartException {
    long records = 0;
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties.reader("journal"))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long reached = consumer.position(partition);
      long moved = System.nanoTime();
      // KAFKA-10167: the position stays below the log's end until the last stable offset, which
      // lags behind the end of the former leader's transaction, has come up to it.
      while (reached < end) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> entry : polled) {
          fold(values, entry);
          records++;
        }
        long now = System.nanoTime();
        long position = consumer.position(partition);
        if (position > reached) {
          reached = position;
          moved = now;
        } else if (now - moved > PATIENCE.toNanos()) {
          throw stuck(reached, end);
        }
      }
    }
    return records;
  }

  /** Two installations on one topic would forget each other's suspicions. */
  private void refuseForeign(Journal journal) throws FeedStartException {
    Optional<String> owner = journal.installation();
    if (owner.isPresent() && !owner.get().equals(settings.name())) {
      throw FeedStartException.refused(
          "Kafka topic "
              + settings.stateTopic()
              + " is the memory of the installation \""
              + owner.get()
              + "\" and not of \""
              + settings.name()
              + "\"; name another topic under feed: state (and others under feed: violations and"
              + " alerts)",
          null);
    }
  }

  /** The log's end, open transactions and all: what a committed reader must get past. */
  private long logEnd() {
    Map<String, Object> uncommitted = properties.reader("journal-end");
    uncommitted.put("isolation.level", IsolationLevel.READ_UNCOMMITTED.toString());
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(uncommitted)) {
      return consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
    }
  }

  private static void fold(Map<String, byte[]> values, ConsumerRecord<byte[], byte[]> entry) {
    String key = new String(entry.key(), StandardCharsets.UTF_8);
    if (entry.value() == null) {
      values.remove(key);
    } else {
      values.put(key, entry.value());
    }
  }

  private Journal decode(Map<String, byte[]> values) throws FeedStartException {
    List<JournalEntry> entries = new ArrayList<>(values.size());
    List<String> problems = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          try {
            entries.add(JournalEntry.read(key, value));
          } catch (RuntimeException unreadable) {
            // Jackson's and our own complaints alike; reported below, all of them together.
            problems.add(
                "Kafka topic "
                    + settings.stateTopic()
                    + ": record \""
                    + key
                    + "\" cannot be read: "
                    + unreadable.getMessage());
          }
        });
    if (!problems.isEmpty()) {
      throw new FeedStartException(FeedStartException.Reason.REFUSED, problems, null);
    }
    return new Journal(entries);
  }

  private FeedStartException stuck(long reached, long end) {
    return FeedStartException.unreachable(
        "Kafka topic "
            + settings.stateTopic()
            + ": reading stopped at offset "
            + reached
            + " of "
            + end
            + " for "
            + PATIENCE.toMinutes()
            + " minutes; a transaction of a program that is not crossfk may be open on it, see"
            + " kafka-transactions.sh --bootstrap-server "
            + settings.bootstrapServers()
            + " find-hanging --topic "
            + settings.stateTopic(),
        null);
  }
}
