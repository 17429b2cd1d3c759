package io.crossfk.rules.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Draws; the same seed draws the same. */
final class Chance {
  private final SplittableRandom random;

  Chance(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The draws of one step: they do not depend on which steps were taken before. */
  static Chance ofStep(long seed, int step) {
    return new Chance(seed * 0x9E3779B97F4A7C15L + step * 0xD1B54A32D192ED03L);
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** 0 to {@code bound}, exclusive. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Both ends belong to it. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  <T> T any(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
