package io.crossfk.listener.randomwork;

import java.time.Duration;
import java.time.Instant;

/**
 * One monotonic clock for clients, faults and readers: nanoseconds since its making. What other
 * processes stamp by the machine's clock is brought onto it, as far as the two keep together.
 */
final class RunClock {
  private final long begin = System.nanoTime();
  private final Instant wallAtBegin = Instant.now();

  long now() {
    return System.nanoTime() - begin;
  }

  long at(Instant wall) {
    return Duration.between(wallAtBegin, wall).toNanos();
  }

  /** How far the machine's clock has moved against this one. */
  Duration drift() {
    return Duration.ofNanos(Math.abs(at(Instant.now()) - now()));
  }
}
