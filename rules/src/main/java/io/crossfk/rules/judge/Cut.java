package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.key.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One cut through a judge's memory (I5): all of it becomes durable in one transaction, and only
 * then may a slot move to its positions.
 *
 * @param judge the judge's name: its parent table
 * @param number counts the judge's cuts in this run
 * @param positions how far each database's stream is judged, never past a transaction that no
 *     snapshot has seen; absent for a database of which nothing was judged yet
 * @param transitions in order
 * @param noted suspicions that are new since the last cut
 * @param dropped suspicions of an earlier cut that are none any more
 * @param lives rules whose life changed since the last cut, by name
 * @param passed in order, states of rules that came and went since the last cut, and that readers
 *     are to hear of all the same: it was blind, be it for a moment
 */
public record Cut(
    String judge,
    long number,
    Map<String, Position> positions,
    List<Transition> transitions,
    List<Suspicion> noted,
    List<Dropped> dropped,
    Map<String, RememberedRule> lives,
    List<PassedLife> passed) {

  /** Between the last cut and this one the rule was in this state. */
  public record PassedLife(String rule, RuleLife life) {}

  /** In which no state came and went. */
  public Cut(
      String judge,
      long number,
      Map<String, Position> positions,
      List<Transition> transitions,
      List<Suspicion> noted,
      List<Dropped> dropped,
      Map<String, RememberedRule> lives) {
    this(judge, number, positions, transitions, noted, dropped, lives, List.of());
  }

  /** Names a suspicion that is none any more. */
  public record Dropped(String ruleName, Key key, boolean referrers) {}

  /**
   * What the journal keeps of a rule.
   *
   * @param auditedTo the place up to which the audit that runs has handed out its keys: those that
   *     were not settled are suspicions of the same cut
   */
  public record RememberedRule(
      String fingerprint,
      RuleLife life,
      boolean removed,
      Optional<String> auditedTo,
      RulePast past) {

    /** A rule of which nothing else is known. */
    public RememberedRule(String fingerprint, RuleLife life, boolean removed) {
      this(fingerprint, life, removed, Optional.empty(), RulePast.NONE);
    }

    /** The same rule, whose audit begins at the beginning, in another state. */
    public RememberedRule stoppedAs(RuleLife other) {
      return new RememberedRule(fingerprint, other, removed, Optional.empty(), past);
    }
  }

  public Cut {
    positions = Map.copyOf(positions);
    transitions = List.copyOf(transitions);
    noted = List.copyOf(noted);
    dropped = List.copyOf(dropped);
    lives = Map.copyOf(lives);
    passed = List.copyOf(passed);
  }
}
