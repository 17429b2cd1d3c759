package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.OfRules;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
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
   * @param finding of no rules as yet
   * @param ofSide whether the message begins with the words for the sides
   */
  private record Problem(Finding finding, boolean ofSide) {}

  /** Whom a problem concerns. */
  private static final class Concerned {
    private final Set<String> rules = new LinkedHashSet<>();
    private final Set<Side> sides = EnumSet.noneOf(Side.class);
  }

  private final Map<Problem, Concerned> problems = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();

  /** A finding of one side: the message has it after "child " or "parent ". */
  void add(Finding finding, Rule rule, Side side) {
    concerned(new Problem(finding, true), rule).sides.add(side);
  }

  /** A finding of the two sides together. */
  void add(Finding finding, Rule rule) {
    concerned(new Problem(finding, false), rule);
  }

  private Concerned concerned(Problem problem, Rule rule) {
    if (problem.finding().level() == Level.ERROR) {
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
          findings.add(new OfRules(problem.finding().of(List.copyOf(concerned.rules)), sides));
        });
    return findings;
  }
}
