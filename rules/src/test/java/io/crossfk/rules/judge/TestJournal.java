package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut.RememberedRule;
import io.crossfk.rules.key.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a reader of the feed and of the journal finds after the cuts that became durable: the sum of
 * them.
 */
final class TestJournal {
  private record Name(String rule, Key key, boolean referrers) {}

  private final Map<String, Position> positions = new HashMap<>();
  private final Map<Name, Suspicion> suspicions = new LinkedHashMap<>();
  private final Map<Name, Violation> violations = new LinkedHashMap<>();
  private final Map<String, RememberedRule> rules = new HashMap<>();

  TestJournal(Memory memory) {
    positions.putAll(memory.positions());
    memory.suspicions().forEach(this::note);
    memory.violations().forEach(each -> violations.put(name(each), each));
    rules.putAll(memory.rules());
  }

  void write(Cut cut) {
    cut.transitions().forEach(this::publish);
    cut.noted().forEach(this::note);
    cut.dropped().forEach(this::drop);
    positions.putAll(cut.positions());
    rules.putAll(cut.lives());
  }

  void publish(Transition transition) {
    Violation violation = transition.violation();
    switch (transition) {
      case Transition.Opened opened -> violations.put(name(violation), violation);
      case Transition.Updated updated -> violations.put(name(violation), violation);
      case Transition.Resolved resolved -> violations.put(name(violation), violation);
      case Transition.Ignored ignored -> violations.put(name(violation), violation);
      case Transition.NoLongerIgnored gone -> violations.remove(name(violation));
      case Transition.Forgotten forgotten -> violations.remove(name(violation));
    }
  }

  void note(Suspicion suspicion) {
    suspicions.put(
        new Name(suspicion.ruleName(), suspicion.key(), suspicion.referrers()), suspicion);
  }

  void drop(Cut.Dropped dropped) {
    suspicions.remove(new Name(dropped.ruleName(), dropped.key(), dropped.referrers()));
  }

  void position(String database, Position position) {
    positions.put(database, position);
  }

  void live(String rule, RememberedRule life) {
    rules.put(rule, life);
  }

  private static Name name(Violation violation) {
    return new Name(violation.rule().name(), violation.key(), false);
  }

  /** The keys of the violations that a reader of the feed takes for open. */
  List<Key> open() {
    return violations.values().stream().filter(Violation::isOpen).map(Violation::key).toList();
  }

  Memory memory() {
    return new Memory(
        positions,
        new ArrayList<>(suspicions.values()),
        new ArrayList<>(violations.values()),
        rules);
  }
}
