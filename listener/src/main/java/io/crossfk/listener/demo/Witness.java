package io.crossfk.listener.demo;

import io.crossfk.listener.feed.FeedReader;
import io.crossfk.listener.feed.FeedSettings;
import io.crossfk.listener.feed.FeedStartException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as anybody could run one: it reads committed records of the violations topic, and
 * notes when each arrived. What it has seen may be asked for from any thread.
 */
final class Witness implements AutoCloseable {
  private static final Duration POLL_TIME = Duration.ofSeconds(1);

  private final FeedReader reader;
  private final Consumer<String> values;
  private final List<Sighting> sightings = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::read, "demo-consumer");
  private volatile @Nullable KafkaException failure;
  private volatile boolean closing;

  /**
   * @param values given every record's value as it comes, by the witness's own thread
   */
  Witness(FeedSettings settings, Consumer<String> values) throws DemoFailure {
    try {
      this.reader = FeedReader.open(settings);
    } catch (FeedStartException e) {
      throw new DemoFailure(e.problems(), Demo.ERROR_OF_CROSSFK);
    }
    this.values = values;
  }

  void start() {
    thread.start();
  }

  private void read() {
    try {
      while (!closing) {
        reader
            .poll(POLL_TIME)
            .forEach(
                record -> {
                  long now = System.nanoTime();
                  Sighting.of(record, now).ifPresent(sightings::add);
                  record.json().ifPresent(values);
                });
      }
    } catch (WakeupException told) {
      // The end.
    } catch (KafkaException e) {
      failure = e;
    } finally {
      reader.close();
    }
  }

  /** All that came so far, in the order in which it came. */
  List<Sighting> sightings() throws DemoFailure {
    KafkaException failed = failure;
    if (failed != null) {
      throw DemoFailure.of("the demo's consumer lost Kafka: " + failed.getMessage());
    }
    return List.copyOf(sightings);
  }

  /** What is open by the records alone. */
  Set<ViolationKey> open() throws DemoFailure {
    Set<ViolationKey> open = new LinkedHashSet<>();
    for (Sighting each : sightings()) {
      if (each.open()) {
        open.add(each.key());
      } else {
        open.remove(each.key());
      }
    }
    return open;
  }

  @Override
  public void close() {
    closing = true;
    reader.wakeUp();
    if (thread.getState() == Thread.State.NEW) {
      reader.close();
    }
    Waiting.untilEnded(thread);
  }
}
