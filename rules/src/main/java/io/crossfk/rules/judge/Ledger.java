package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the next cut will make durable (I5): transitions, and the difference in suspicions since the
 * last cut. One cut is out at a time.
 */
final class Ledger {
  private final String judge;
  private final LinkedHashSet<KeyCase> touched = new LinkedHashSet<>();
  private List<Transition> transitions = new ArrayList<>();
  private Map<String, Position> lastPositions = Map.of();
  private long number;
  private long durable;

  Ledger(String judge) {
    this.judge = judge;
  }

  void publish(Transition transition) {
    transitions.add(transition);
  }

  int unpublished() {
    return transitions.size();
  }

  /** The case came, went, or changed its state. */
  void touch(KeyCase keyCase) {
    if (keyCase.isSuspicion() == keyCase.journaled) {
      touched.remove(keyCase);
    } else {
      touched.add(keyCase);
    }
  }

  void durable(long cutNumber) {
    durable = Math.max(durable, cutNumber);
  }

  boolean isOut() {
    return number > durable;
  }

  Optional<Cut> cut(Collection<DatabaseDesk> databases, Collection<RuleDesk> desks) {
    if (isOut()) {
      return Optional.empty();
    }
    Map<String, Position> positions = new HashMap<>();
    for (DatabaseDesk database : databases) {
      if (database.known) {
        positions.put(database.name, database.cutPosition());
      }
    }
    Map<String, Cut.RememberedRule> lives = new HashMap<>();
    List<Cut.PassedLife> passed = new ArrayList<>();
    for (RuleDesk desk : desks) {
      desk.passedLives.forEach(life -> passed.add(new Cut.PassedLife(desk.rule().name(), life)));
      if (desk.lifeChanged) {
        lives.put(
            desk.rule().name(),
            new Cut.RememberedRule(
                desk.rule().fingerprint(), desk.life, false, desk.resumableAt(), desk.past));
      }
    }
    if (transitions.isEmpty()
        && touched.isEmpty()
        && lives.isEmpty()
        && positions.equals(lastPositions)) {
      return Optional.empty();
    }
    List<Suspicion> noted = new ArrayList<>();
    Set<Cut.Dropped> dropped = new LinkedHashSet<>();
    for (KeyCase keyCase : touched) {
      keyCase.journaled = keyCase.isSuspicion();
      Cut.Dropped name =
          new Cut.Dropped(keyCase.desk.rule().name(), keyCase.key, keyCase.referrers);
      if (keyCase.journaled) {
        noted.add(keyCase.toSuspicion());
        dropped.remove(name); // It left the desk and came back: the journal must keep it.
      } else {
        dropped.add(name);
      }
    }
    Cut cut =
        new Cut(
            judge, ++number, positions, transitions, noted, List.copyOf(dropped), lives, passed);
    touched.clear();
    transitions = new ArrayList<>();
    lastPositions = positions;
    for (RuleDesk desk : desks) {
      desk.lifeChanged = false;
      desk.lifeIsNew = false;
      desk.passedLives.clear();
    }
    return Optional.of(cut);
  }
}
