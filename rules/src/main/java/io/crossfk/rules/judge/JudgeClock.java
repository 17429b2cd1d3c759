package io.crossfk.rules.judge;

import java.time.Instant;

/** The time that the judge was told; it has no clock of its own. */
final class JudgeClock {
  /** Monotonic: grace and pauses are measured on it. */
  long nanos;

  /** For people: what the records say. */
  Instant wall = Instant.EPOCH;
}
