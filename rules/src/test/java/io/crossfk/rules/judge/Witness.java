package io.crossfk.rules.judge;

import io.crossfk.rules.key.Key;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sees both databases at once, as nobody in the world can, at every step; and holds against it what
 * the judge says.
 */
final class Witness {
  /** What can be wrong with a run. */
  enum Flaw {
    /** A violation was opened that was none at any instant since it was asked. */
    FALSE,
    /** A violation was opened that was none at the instant at which its parent was read. */
    NO_INSTANT,
    /** A resolution that was not true at any instant since it was asked and opened. */
    NEVER_TRUE,
    /** In the end a key is broken and not open. */
    MISSED,
    /** In the end a key is whole and open. */
    OPEN_FOR_EVER,
    /** A reader of the feed sees a transition twice, or one out of order. */
    REPEATED,
    /** It does not come to rest. */
    UNSETTLED
  }

  private static final List<Long> KEYS = List.of(1L, 2L, 3L);

  /** The last instants at which each was true of a key. */
  private static final class Last {
    long broken = -1;
    long parent = -1;
    long childless = -1;
    long opened = -1;
  }

  private final World world;
  private final Map<Long, Last> lasts = new HashMap<>();
  private final Map<Key, Transition> published = new HashMap<>();
  private final List<String> remarks = new ArrayList<>();
  private final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
  private long instant;
  private long opened;
  private long resolved;

  Witness(World world) {
    this.world = world;
    KEYS.forEach(key -> lasts.put(key, new Last()));
    look();
  }

  private Last last(long key) {
    return lasts.getOrDefault(key, new Last());
  }

  /** Time goes on by one instant; what is true now is noted. */
  void look() {
    instant++;
    for (long key : KEYS) {
      Last last = last(key);
      boolean child = world.orders.has(key);
      boolean parent = world.users.has(key);
      if (child && !parent) {
        last.broken = instant;
      }
      if (parent) {
        last.parent = instant;
      }
      if (!child) {
        last.childless = instant;
      }
    }
  }

  long instant() {
    return instant;
  }

  boolean isBroken(Key key) {
    return last(World.number(key)).broken == instant;
  }

  /** The judge was given an answer; did it open or resolve the key? */
  void answered(LookUp lookUp, Finding finding, JudgeTally before, JudgeTally after) {
    if (lookUp.key().isEmpty()) {
      return;
    }
    long key = World.number(lookUp.key().get());
    Last last = last(key);
    if (after.opened() > before.opened()) {
      opened++;
      last.opened = instant;
      if (last.broken < lookUp.asked) {
        flaw(Flaw.FALSE, "key " + key + " was opened and not broken since it was asked");
      }
    }
    if (after.opened() > before.opened() && !lookUp.wasBroken()) {
      flaw(Flaw.NO_INSTANT, "key " + key + " was opened and not broken when its parent was read");
    }
    if (after.resolved() > before.resolved()) {
      resolved++;
      long since = Math.max(last.opened, lookUp.asked);
      long truth = finding instanceof Finding.Present ? last.parent : last.childless;
      if (truth < since) {
        flaw(Flaw.NEVER_TRUE, "key " + key + " was resolved and never whole since it was opened");
      }
    }
  }

  /** A reader of the feed sees a transition. */
  void published(Transition transition) {
    Violation violation = transition.violation();
    Transition last = published.get(violation.key());
    boolean wasOpen = last != null && last.violation().isOpen();
    int number = last == null ? 1 : last.violation().transition() + 1;
    boolean fits =
        switch (transition) {
          case Transition.Opened now -> !wasOpen && violation.transition() == number;
          case Transition.Updated now -> wasOpen && violation.transition() == number;
          case Transition.Resolved now -> wasOpen && violation.transition() == number;
          case Transition.Ignored now -> false;
          case Transition.NoLongerIgnored now -> false;
          case Transition.Forgotten now -> last != null && !wasOpen;
        };
    if (!fits) {
      flaw(Flaw.REPEATED, "after " + number(last) + " the feed tells " + number(transition));
    }
    published.put(violation.key(), transition);
    if (transition instanceof Transition.Forgotten) {
      published.remove(violation.key());
    }
  }

  private static String number(@org.jspecify.annotations.Nullable Transition transition) {
    return transition == null
        ? "nothing"
        : transition.getClass().getSimpleName() + " " + transition.violation().transition();
  }

  /** At rest: what the feed says is open, and what an anti-join returns. */
  void compare() {
    List<Key> open = world.journal.open();
    for (long key : KEYS) {
      boolean broken = world.orders.has(key) && !world.users.has(key);
      boolean told = open.contains(World.key(key));
      if (broken && !told) {
        flaw(Flaw.MISSED, "key " + key + " is broken and not open");
      } else if (told && !broken) {
        flaw(Flaw.OPEN_FOR_EVER, "key " + key + " is open and not broken");
      }
    }
  }

  void unsettled() {
    flaw(Flaw.UNSETTLED, "questions without end: " + world.judge.tally());
  }

  private void flaw(Flaw flaw, String remark) {
    flaws.add(flaw);
    remarks.add(remark);
  }

  /** Empty if all was right. */
  Set<Flaw> flaws() {
    return flaws;
  }

  List<String> remarks() {
    return remarks;
  }

  long opened() {
    return opened;
  }

  long resolved() {
    return resolved;
  }
}
