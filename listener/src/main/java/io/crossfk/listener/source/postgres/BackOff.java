package io.crossfk.listener.source.postgres;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses that double from a tenth of a second, each shortened at random by up to a half. */
final class BackOff {
  private static final long FIRST_MILLISECONDS = 100;

  private final RandomGenerator random;
  private long milliseconds = FIRST_MILLISECONDS;

  BackOff(RandomGenerator random) {
    this.random = random;
  }

  /** The next pause, at most that long. */
  Duration next(Duration atMost) {
    long pause = Math.min(milliseconds, atMost.toMillis());
    milliseconds = Math.min(milliseconds * 2, 3_600_000);
    return Duration.ofMillis(pause - random.nextLong(pause / 2 + 1));
  }

  void reset() {
    milliseconds = FIRST_MILLISECONDS;
  }
}
