package io.crossfk.rules.text;

import io.crossfk.rules.model.Rule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Rules with different names, in the order in which they were written. */
public record RuleSet(List<Rule> rules) {

  public static final RuleSet EMPTY = new RuleSet(List.of());

  public RuleSet {
    rules = List.copyOf(rules);
    Set<String> names = new HashSet<>();
    for (Rule rule : rules) {
      if (!names.add(rule.name())) {
        throw new IllegalArgumentException("two rules are named " + rule.name());
      }
    }
  }

  public Optional<Rule> named(String name) {
    return rules.stream().filter(rule -> rule.name().equals(name)).findFirst();
  }

  /** The rules to enforce. */
  public List<Rule> enabled() {
    return rules.stream().filter(Rule::enabled).toList();
  }

  /** The names of the databases that the rules to enforce touch. */
  public SortedSet<String> databases() {
    SortedSet<String> databases = new TreeSet<>();
    for (Rule rule : enabled()) {
      databases.add(rule.child().database());
      databases.add(rule.parent().database());
    }
    return databases;
  }
}
