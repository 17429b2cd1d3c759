package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import io.crossfk.listener.catalog.CatalogFinding.OfRules;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gathers what stands against rules, in the order in which it is found. What several rules share is
 * one finding.
 */
final class RuleProblems {
  /** A rule's side that a problem is about. */
  enum Side {
    CHILD("child"),
    PARENT("parent");

    private final String word;

    Side(String word) {
      this.word = word;
    }
  }

  /**
   * @param ofSide whether the text begins with the words for the sides
   */
  private record Problem(Level level, boolean ofSide, String text) {}

  /** Whom a problem concerns. */
  private static final class Concerned {
    private final Set<String> rules = new LinkedHashSet<>();
    private final Set<Side> sides = EnumSet.noneOf(Side.class);
  }

  private final Map<Problem, Concerned> problems = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();

  /** A problem of one side: the text goes on after "child " or "parent ". */
  void add(Level level, Rule rule, Side side, String text) {
    concerned(new Problem(level, true, text), rule).sides.add(side);
  }

  /** A problem of the two sides together. */
  void add(Level level, Rule rule, String text) {
    concerned(new Problem(level, false, text), rule);
  }

  private Concerned concerned(Problem problem, Rule rule) {
    if (problem.level() == Level.ERROR) {
      broken.add(rule.name());
    }
    Concerned concerned = problems.computeIfAbsent(problem, any -> new Concerned());
    concerned.rules.add(rule.name());
    return concerned;
  }

  boolean hasError(Rule rule) {
    return broken.contains(rule.name());
  }

  List<OfRules> findings() {
    List<OfRules> findings = new ArrayList<>();
    problems.forEach(
        (problem, concerned) -> {
          String sides =
              concerned.sides.stream()
                  .map(side -> side.word)
                  .collect(Collectors.joining(" and ", "", problem.ofSide() ? " " : ""));
          findings.add(
              new OfRules(
                  problem.level(),
                  List.copyOf(concerned.rules),
                  (concerned.rules.size() == 1 ? "rule " : "rules ")
                      + String.join(", ", concerned.rules)
                      + ": "
                      + sides
                      + problem.text()));
        });
    return findings;
  }
}
