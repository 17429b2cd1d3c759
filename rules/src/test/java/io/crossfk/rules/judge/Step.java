package io.crossfk.rules.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What may happen next, and how often it does. */
enum Step {
  WRITE(4),
  COMMIT(16),
  SHOW(16),
  HEAR(40),
  READ(40),
  STIR(9),
  ANSWER(30),
  FAIL(1),
  AUDIT(5),
  PASS(9),
  CUT(6),
  WRITE_CUT(9),
  KEEP_ALIVE(1),
  REPLAY(3),
  PEEK(2),
  EVICT(2),
  RESTART_STREAM(1),
  CRASH(3),
  GAP(1);

  private final int weight;

  Step(int weight) {
    this.weight = weight;
  }

  /**
   * How often each step happens in this world. Worlds differ on purpose: some crash often and some
   * never, in some time stands still, in some look-ups are slow.
   */
  static List<Step> draw(Random random) {
    List<Step> drawn = new ArrayList<>();
    for (Step step : Step.values()) {
      boolean leftOut = step.weight < 10 && step != Step.WRITE && random.nextBoolean();
      int times = leftOut ? 0 : step.weight * List.of(1, 2, 4, 12).get(random.nextInt(4));
      for (int i = 0; i < times; i++) {
        drawn.add(step);
      }
    }
    return drawn;
  }
}
