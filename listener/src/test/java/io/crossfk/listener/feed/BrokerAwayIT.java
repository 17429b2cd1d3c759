package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.key.Key;
import io.crossfk.sandbox.KafkaBroker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A broker that goes away and comes back costs time, never a record. */
class BrokerAwayIT {
  private static final Duration AWAY = Duration.ofSeconds(10);

  @Test
  void aBrokerAwayForTenSecondsLosesNothingAndRepeatsNothing() throws Exception {
    try (KafkaBroker kafka = KafkaBroker.start()) {
      Broker feed = new Broker(kafka, "away");
      Set<Long> durable = ConcurrentHashMap.newKeySet();
      AtomicLong submitted = new AtomicLong();
      AtomicBoolean enough = new AtomicBoolean();
      try (FeedWriter writer = feed.writer();
          Leadership leadership = Leadership.join(feed.settings(), Broker::failOnFault)) {
        leadership.awaitLeadership();
        leadership.onLoss(writer::prove);
        submitNext(writer, submitted, durable, enough);
        await().until(() -> durable.size() > 50);

        kafka.stop();
        long stopped = durable.size();
        await()
            .during(AWAY)
            .atMost(AWAY.plusSeconds(5))
            .pollInterval(Duration.ofMillis(100))
            .until(() -> durable.size() - stopped < 2);
        kafka.startAgain();

        await().atMost(Duration.ofSeconds(60)).until(() -> durable.size() > stopped + 50);
        enough.set(true);
        await().atMost(Duration.ofSeconds(10)).until(() -> durable.size() == submitted.get());
        leadership.awaitLeadership();
      }

      Map<String, Long> seen =
          feed.published().stream()
              .collect(Collectors.groupingBy(FeedRecord::id, Collectors.counting()));
      assertThat(seen).hasSize(durable.size());
      assertThat(seen.values()).allMatch(times -> times == 1);
      try (FeedWriter next = feed.writer()) {
        assertThat(Broker.memory(next).violations()).hasSize(durable.size());
      }
    }
  }

  /** As a judge does: the next cut when the last is durable. */
  private static void submitNext(
      FeedWriter writer, AtomicLong submitted, Set<Long> durable, AtomicBoolean enough) {
    long number = submitted.incrementAndGet();
    writer.submit(
        Samples.cut(number)
            .transitions(new Transition.Opened(Samples.opened(Samples.ORDERS_USER, Key.of(number))))
            .build(),
        () -> {
          durable.add(number);
          if (!enough.get()) {
            submitNext(writer, submitted, durable, enough);
          }
        });
  }
}
