package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.judge.Suspicion;
import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.simulation.Flaws.Flaw;
import io.crossfk.rules.simulation.Schema.Edge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is durable: the feed as its readers see it, and the sum of all cuts. */
final class Journal {
  private record Name(String rule, Key key, boolean referrers) {}

  /** Positions of each judge, by database. */
  final Map<String, Map<String, Position>> positions = new LinkedHashMap<>();

  /** The life of the server that a database's positions belong to. */
  final Map<String, Integer> lives = new HashMap<>();

  private final Map<Name, Suspicion> suspicions = new LinkedHashMap<>();
  private final Map<Name, Violation> violations = new LinkedHashMap<>();
  private final Map<String, Cut.RememberedRule> rules = new HashMap<>();

  Journal() {}

  Journal(Journal other) {
    other.positions.forEach((judge, each) -> positions.put(judge, new HashMap<>(each)));
    lives.putAll(other.lives);
    suspicions.putAll(other.suspicions);
    violations.putAll(other.violations);
    rules.putAll(other.rules);
  }

  void write(Cut cut, Flaws flaws) {
    for (Transition transition : cut.transitions()) {
      publish(transition, flaws);
    }
    for (Suspicion each : cut.noted()) {
      suspicions.put(new Name(each.ruleName(), each.key(), each.referrers()), each);
    }
    for (Cut.Dropped each : cut.dropped()) {
      suspicions.remove(new Name(each.ruleName(), each.key(), each.referrers()));
    }
    positions.computeIfAbsent(cut.judge(), none -> new HashMap<>()).putAll(cut.positions());
    rules.putAll(cut.lives());
  }

  /** A reader of the feed sees it: each transition once, and in order. */
  private void publish(Transition transition, Flaws flaws) {
    Violation now = transition.violation();
    Name name = new Name(now.rule().name(), now.key(), false);
    Violation last = violations.get(name);
    boolean wasOpen = last != null && last.isOpen();
    boolean wasIgnored = last != null && last.isIgnored();
    boolean wasTold = wasOpen && !wasIgnored;
    int number = last == null || wasIgnored ? 1 : last.transition() + 1;
    boolean fits =
        switch (transition) {
          case Transition.Opened opened -> !wasOpen && now.isOpen() && now.transition() == number;
          case Transition.Updated updated -> wasTold && now.isOpen() && now.transition() == number;
          case Transition.Resolved ended -> wasTold && !now.isOpen() && now.transition() == number;
          case Transition.Ignored ignored -> last == null && now.isOpen() && now.isIgnored();
          case Transition.NoLongerIgnored gone -> wasIgnored;
          case Transition.Forgotten forgotten -> last != null && !wasOpen;
        };
    if (!fits) {
      flaws.add(
          Flaw.REPEATED,
          name
              + " was "
              + (last == null ? "unknown" : (wasOpen ? "open " : "ended ") + last.transition())
              + " and the feed tells "
              + transition.getClass().getSimpleName()
              + " "
              + now.transition());
    }
    if (transition instanceof Transition.Forgotten
        || transition instanceof Transition.NoLongerIgnored) {
      violations.remove(name);
    } else {
      violations.put(name, now);
    }
  }

  /** What a judge gets back, as it comes back from its canonical text. */
  Memory memory(String judge, List<Edge> judged) {
    Map<String, Edge> edges = new HashMap<>();
    judged.forEach(edge -> edges.put(edge.name(), edge));
    List<Suspicion> suspected = new ArrayList<>();
    for (Suspicion each : suspicions.values()) {
      Edge edge = edges.get(each.ruleName());
      if (edge != null) {
        suspected.add(
            new Suspicion(
                each.ruleName(),
                fromText(edge.bound(), each.key()),
                each.referrers(),
                each.cause(),
                each.brokenAt(),
                each.transaction(),
                each.raisedBy()));
      }
    }
    List<Violation> known = new ArrayList<>();
    Map<String, Cut.RememberedRule> remembered = new HashMap<>();
    violations.values().stream()
        .filter(each -> edges.containsKey(each.rule().name()))
        .forEach(known::add);
    rules.forEach(
        (rule, life) -> {
          if (edges.containsKey(rule)) {
            remembered.put(rule, life);
          }
        });
    return new Memory(positions.getOrDefault(judge, Map.of()), suspected, known, remembered);
  }

  private static Key fromText(BoundRule bound, Key key) {
    return bound.shape().parse(bound.shape().canonical(key));
  }

  /** Whether its audit has not begun, and may have been asked to wait. */
  boolean mayHaveToWait(Edge edge) {
    Cut.RememberedRule known = rules.get(edge.name());
    return known != null
        && !(known.life() instanceof RuleLife.Watching)
        && known.auditedTo().isEmpty();
  }

  /** Rules that wait for a database: an audit must find what they miss meanwhile. */
  void markBlind(Edge edge, Instant now) {
    Cut.RememberedRule known = rules.get(edge.name());
    if (known != null
        && (known.life() instanceof RuleLife.Watching || known.auditedTo().isPresent())) {
      RuleLife blind = new RuleLife.Blind("a database was down at the start", now);
      rules.put(edge.name(), known.stoppedAs(blind));
    }
  }

  /** Positions that the streams of the judged rules leave behind are forgotten. */
  void leaveBehind(List<Edge> judged) {
    Map<String, Set<String>> read = new HashMap<>();
    Set<String> all = new HashSet<>();
    for (Edge edge : judged) {
      for (String database :
          List.of(edge.rule().child().database(), edge.rule().parent().database())) {
        read.computeIfAbsent(Listener.judgeOf(edge), none -> new HashSet<>()).add(database);
        all.add(database);
      }
    }
    positions.forEach(
        (judge, each) ->
            each.keySet()
                .removeIf(
                    database ->
                        all.contains(database)
                            && !read.getOrDefault(judge, Set.of()).contains(database)));
  }

  void forgetSuspicions() {
    suspicions.clear();
  }

  List<Key> open(Edge edge) {
    return violations.values().stream()
        .filter(each -> each.isOpen() && each.rule().name().equals(edge.name()))
        .map(Violation::key)
        .toList();
  }

  List<Violation> open() {
    return violations.values().stream().filter(Violation::isOpen).toList();
  }
}
