package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.Suspicion;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the state topic held when this instance took over: the sum of all durable cuts. It does not
 * follow the cuts of this run; only {@link FeedWriter#retire} and {@link FeedWriter#reconcile} take
 * out of it what no judge may get. Any thread may use it.
 */
public final class Journal {
  private final Map<String, JournalEntry> entries;

  Journal(Collection<JournalEntry> entries) {
    this.entries = new LinkedHashMap<>();
    entries.forEach(entry -> this.entries.put(entry.key(), entry));
  }

  /** The installation whose memory this is; empty if nobody has written yet. */
  synchronized Optional<String> installation() {
    return entries.get(JournalEntry.Leader.KEY) instanceof JournalEntry.Leader leader
        ? Optional.of(leader.installation())
        : Optional.empty();
  }

  /** Names of the judges that have written a cut. */
  public synchronized Set<String> judges() {
    Set<String> judges = new HashSet<>();
    for (JournalEntry entry : entries.values()) {
      judgeOf(entry).ifPresent(judges::add);
    }
    return judges;
  }

  /** What is remembered of each rule, by name. */
  public synchronized Map<String, Cut.RememberedRule> rules() {
    return entriesOf(JournalEntry.RuleState.class).stream()
        .collect(
            Collectors.toMap(JournalEntry.RuleState::rule, JournalEntry.RuleState::remembered));
  }

  /** Which server the positions of a database belong to; empty if never told. */
  public synchronized Optional<SourceIdentity> identity(String database) {
    return entries.get(JournalEntry.Database.key(database)) instanceof JournalEntry.Database found
        ? Optional.of(found.identity())
        : Optional.empty();
  }

  /** How far a judge has judged each database; empty if it has written no cut. */
  public synchronized Map<String, Position> positions(String judge) {
    return entries.get(JournalEntry.Positions.key(judge)) instanceof JournalEntry.Positions found
        ? found.positions()
        : Map.of();
  }

  /**
   * What to give to a judge on start.
   *
   * @param waiting rules that are not judged in this run, since a database of theirs is down: what
   *     is known of them stays in the journal
   * @param rules the judge's rules by name; asked only for rules that the journal remembers
   * @throws IllegalStateException if the journal remembers a rule that {@code rules} does not give
   *     or that {@link #fits} refuses: leaving it out would lose what is suspected, so it must be
   *     retired first
   */
  public synchronized Memory memory(
      String judge, Set<String> waiting, Function<String, Optional<BoundRule>> rules) {
    Function<String, BoundRule> bound =
        name ->
            rules
                .apply(name)
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "judge "
                                + judge
                                + ": rule "
                                + name
                                + " is in the journal, not bound"
                                + " and not retired"));
    Map<String, Cut.RememberedRule> remembered = new HashMap<>();
    List<Suspicion> suspicions = new ArrayList<>();
    List<Violation> violations = new ArrayList<>();
    for (JournalEntry entry : entries.values()) {
      if (!judgeOf(entry).equals(Optional.of(judge))
          || ruleOf(entry).filter(waiting::contains).isPresent()) {
        continue;
      }
      if (entry instanceof JournalEntry.RuleState state) {
        remembered.put(state.rule(), state.remembered());
      } else if (entry instanceof JournalEntry.Suspected suspected) {
        suspicions.add(suspicion(suspected, bound.apply(suspected.rule()).shape()));
      } else if (entry instanceof JournalEntry.Remembered violation) {
        violations.add(violation(violation, bound.apply(violation.violation().rule())));
      }
    }
    return new Memory(positions(judge), suspicions, violations, remembered);
  }

  /**
   * Whether everything remembered of the rule can be read with the types its columns have now. If
   * not, a column changed its type to one of another form: retire the rule with {@link
   * Resolution#RULE_CHANGED}.
   */
  public synchronized boolean fits(BoundRule rule) {
    try {
      for (JournalEntry entry : entries.values()) {
        if (ruleOf(entry).equals(Optional.of(rule.rule().name()))) {
          if (entry instanceof JournalEntry.Suspected suspected) {
            rule.shape().parse(suspected.canonicalKey());
          } else if (entry instanceof JournalEntry.Remembered violation) {
            rule.shape().parse(violation.canonicalKey());
          }
        }
      }
      return true;
    } catch (IllegalArgumentException anotherForm) {
      return false;
    }
  }

  private static Suspicion suspicion(JournalEntry.Suspected suspected, KeyShape shape) {
    return new Suspicion(
        suspected.rule(),
        keyOf(suspected.rule(), suspected.canonicalKey(), shape),
        suspected.referrers(),
        suspected.cause(),
        suspected.brokenAt(),
        suspected.transaction(),
        suspected.raisedBy());
  }

  private static Violation violation(JournalEntry.Remembered entry, BoundRule bound) {
    return entry
        .violation()
        .toViolation(
            bound.rule(),
            keyOf(bound.rule().name(), entry.canonicalKey(), bound.shape()),
            entry.openedAtParent(),
            entry.transition());
  }

  private static io.crossfk.rules.key.Key keyOf(String rule, String canonicalKey, KeyShape shape) {
    try {
      return shape.parse(canonicalKey);
    } catch (IllegalArgumentException anotherForm) {
      throw new IllegalStateException(
          "rule " + rule + ": a key in the journal is not of the columns' types, retire the rule",
          anotherForm);
    }
  }

  /**
   * Why what is remembered of rules must not reach a judge: the rule is gone, disabled or not the
   * same any more.
   *
   * @param configured the enabled rules
   */
  synchronized Map<String, Resolution> outdated(Collection<Rule> configured) {
    Map<String, Rule> byName =
        configured.stream().collect(Collectors.toMap(Rule::name, Function.identity()));
    Map<String, Resolution> outdated = new TreeMap<>();
    for (JournalEntry entry : entries.values()) {
      ruleOf(entry)
          .filter(name -> !byName.containsKey(name))
          .ifPresent(name -> outdated.put(name, Resolution.RULE_REMOVED));
    }
    rules()
        .forEach(
            (name, remembered) -> {
              Rule rule = byName.get(name);
              if (rule != null
                  && (remembered.removed()
                      || !remembered.fingerprint().equals(rule.fingerprint()))) {
                outdated.put(name, Resolution.RULE_CHANGED);
              }
            });
    return outdated;
  }

  synchronized List<JournalEntry> entries() {
    return List.copyOf(entries.values());
  }

  synchronized <E extends JournalEntry> List<E> entriesOf(Class<E> type) {
    return entries.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Makes the picture follow a change that was written. */
  synchronized void apply(JournalChange change) {
    change.deleted().forEach(entries::remove);
    change.written().forEach(entry -> entries.put(entry.key(), entry));
  }

  static Optional<String> ruleOf(JournalEntry entry) {
    return switch (entry) {
      case JournalEntry.RuleState state -> Optional.of(state.rule());
      case JournalEntry.Suspected suspected -> Optional.of(suspected.rule());
      case JournalEntry.Remembered violation -> Optional.of(violation.violation().rule());
      case JournalEntry.Alert alert -> Optional.of(alert.document().rule());
      case JournalEntry.Positions positions -> Optional.empty();
      case JournalEntry.Database database -> Optional.empty();
      case JournalEntry.Retired retired -> Optional.empty();
      case JournalEntry.Leader leader -> Optional.empty();
    };
  }

  private static Optional<String> judgeOf(JournalEntry entry) {
    return switch (entry) {
      case JournalEntry.Positions positions -> Optional.of(positions.judge());
      case JournalEntry.RuleState state -> Optional.of(state.judge());
      case JournalEntry.Suspected suspected -> Optional.of(suspected.judge());
      case JournalEntry.Remembered violation -> Optional.of(violation.judge());
      case JournalEntry.Alert alert -> Optional.empty();
      case JournalEntry.Database database -> Optional.empty();
      case JournalEntry.Retired retired -> Optional.empty();
      case JournalEntry.Leader leader -> Optional.empty();
    };
  }
}
