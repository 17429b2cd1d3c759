package io.crossfk.rules.simulation;

import java.util.ArrayList;
import java.util.List;

/** What may happen, how often it does, and whether a world may do without it. */
enum Step {
  WRITE(16, false),
  COMMIT(16, false),
  ROLL_BACK(1, true),
  FLUSH(5, false),
  SHOW(16, false),
  SHOW_GHOST(1, true),
  HEAR(60, false),
  JUDGE(80, false),
  READ(50, false),
  STIR(12, false),
  ANSWER(30, false),
  FAIL(1, true),
  AUDIT(14, false),
  FAIL_AUDIT(1, true),
  PASS(9, false),
  CUT(8, false),
  WRITE_CUT(12, false),
  KEEP_ALIVE(2, true),
  REPLAY(4, true),
  EVICT(2, true),
  DISCONNECT(2, true),
  CONNECT(5, false),
  PEEK(1, true),
  CRASH(2, true),
  CRASH_QUIETLY(1, true),
  FEED_FAILS(1, true),
  LOSE_SLOT(1, true),
  CRASH_SERVER(1, true),
  UNFIT(1, true),
  CHANGE_UNSEEN(1, true),
  UNPUBLISH(1, true),
  PUBLISH(1, false),
  READ_CATALOGUE(3, false);

  private final int weight;
  private final boolean rare;

  Step(int weight, boolean rare) {
    this.weight = weight;
    this.rare = rare;
  }

  /** Worlds differ on purpose: some crash often and some never, in some look-ups are slow. */
  static List<Step> draw(Chance chance) {
    List<Step> drawn = new ArrayList<>();
    for (Step step : Step.values()) {
      boolean leftOut = step.rare && chance.below(4) > 0;
      int times = leftOut ? 0 : step.weight * chance.any(List.of(1, 1, 2, 5));
      for (int i = 0; i < times; i++) {
        drawn.add(step);
      }
    }
    return drawn;
  }
}
