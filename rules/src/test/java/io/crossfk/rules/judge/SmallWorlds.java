package io.crossfk.rules.judge;

/** The small worlds of {@link RandomWalk}, for those who compare them with larger ones. */
public final class SmallWorlds {
  private SmallWorlds() {}

  /** The first world in which it is seen that a clause is left out; 0 if none does. */
  public static int findsWithout(Clause clause, int most) {
    for (int world = 1; world <= most; world++) {
      if (!RandomWalk.walk(world, clause::leftOut, new History(false)).witness.flaws().isEmpty()) {
        return world;
      }
    }
    return 0;
  }
}
