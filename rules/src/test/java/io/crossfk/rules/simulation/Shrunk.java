package io.crossfk.rules.simulation;

import io.crossfk.rules.simulation.Walk.Plan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** A failed world, made as small as it can be while it fails: fewer rules, then fewer steps. */
final class Shrunk {
  private static final int MOST_RULES = 5;

  private final Supplier<Parts> parts;
  private Plan plan;

  private Shrunk(long seed, Supplier<Parts> parts) {
    this.parts = parts;
    this.plan = Plan.of(seed);
  }

  static Shrunk of(long seed, Supplier<Parts> parts) {
    Shrunk shrunk = new Shrunk(seed, parts);
    Walk.End end = shrunk.play(shrunk.plan, false);
    for (int rule = 0; rule < MOST_RULES; rule++) {
      Set<Integer> fewer = new HashSet<>(shrunk.plan.rulesLeftOut());
      fewer.add(rule);
      shrunk.tryOut(new Plan(seed, fewer, shrunk.plan.stepsLeftOut()));
    }
    List<Integer> steps = new ArrayList<>(List.of(-3, -2, -1));
    for (int step = 1; step <= end.steps(); step++) {
      steps.add(step);
    }
    for (int size = steps.size() / 2; size > 0; size /= 2) {
      for (int from = 0; from < steps.size(); from += size) {
        Set<Integer> fewer = new HashSet<>(shrunk.plan.stepsLeftOut());
        if (fewer.addAll(steps.subList(from, Math.min(steps.size(), from + size)))) {
          shrunk.tryOut(new Plan(seed, shrunk.plan.rulesLeftOut(), fewer));
        }
      }
    }
    return shrunk;
  }

  private void tryOut(Plan smaller) {
    if (fails(smaller)) {
      plan = smaller;
    }
  }

  private boolean fails(Plan tried) {
    try {
      return !play(tried, false).world().flaws.isEmpty();
    } catch (RuntimeException nothingLeft) {
      return false;
    }
  }

  private Walk.End play(Plan tried, boolean told) {
    return Walk.play(tried, parts.get(), new Tally(), new History(told));
  }

  /** The seed, what is wrong, and the history. */
  String report() {
    World full = play(Plan.of(plan.seed()), false).world();
    World world = play(plan, true).world();
    return "seed %d: %s%nmade smaller: %s%n%s"
        .formatted(
            plan.seed(),
            full.flaws.remarks(),
            world.flaws.remarks(),
            String.join("\n", world.history.lines()));
  }
}
