package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.LookupCounters;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what look-ups do. */
final class Tally {
  private final LongAdder asked = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder statements = new LongAdder();
  private final LongAdder keys = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  void asked(int questions) {
    asked.add(questions);
  }

  void answered(int questions, int failures) {
    answered.add(questions);
    failed.add(failures);
  }

  void batch(long duration) {
    batches.increment();
    nanos.add(duration);
  }

  void statement(int keysOfIt) {
    statements.increment();
    keys.add(keysOfIt);
  }

  LookupCounters counters() {
    return new LookupCounters(
        asked.sum(),
        answered.sum(),
        failed.sum(),
        batches.sum(),
        keys.sum(),
        statements.sum(),
        Duration.ofNanos(nanos.sum()));
  }
}
