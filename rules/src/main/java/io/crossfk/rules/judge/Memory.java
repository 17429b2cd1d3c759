package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import java.util.List;
import java.util.Map;

/**
 * What the journal gives back to a judge on start: the sum of its durable cuts.
 *
 * @param violations open ones, and resolved ones that wait for their tombstone
 * @param rules by rule name
 */
public record Memory(
    Map<String, Position> positions,
    List<Suspicion> suspicions,
    List<Violation> violations,
    Map<String, Cut.RememberedRule> rules) {

  public static final Memory EMPTY = new Memory(Map.of(), List.of(), List.of(), Map.of());

  public Memory {
    positions = Map.copyOf(positions);
    suspicions = List.copyOf(suspicions);
    violations = List.copyOf(violations);
    rules = Map.copyOf(rules);
  }
}
