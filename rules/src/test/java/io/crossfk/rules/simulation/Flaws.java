package io.crossfk.rules.simulation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What was wrong with a run. */
final class Flaws {
  enum Flaw {
    /** I4: a violation was opened that was none at the instant at which its parent was read. */
    FALSE,
    /** A resolution that was not true at any instant since it was asked and opened. */
    NEVER_TRUE,
    /** In the end a key is broken and not open. */
    MISSED,
    /** In the end a key is whole and open. */
    OPEN_FOR_EVER,
    /** A reader of the feed sees a transition twice, or one out of order. */
    REPEATED,
    /** It does not come to rest, or a rule does not come back to watching. */
    UNSETTLED,
    /** I0: something other than an answer opened or resolved, or two look-ups of a key are out. */
    UNASKED,
    /** I2: a key is cached that was removed. */
    CACHED,
    /** I5: a position went back, or claims what was not judged or not seen. */
    POSITION,
    /** A rule's life took a step that there is not. */
    LIFE,
    /** The judge threw an exception. */
    EXCEPTION
  }

  private final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
  private final List<String> remarks = new ArrayList<>();

  void add(Flaw flaw, String remark) {
    flaws.add(flaw);
    remarks.add(flaw + ": " + remark);
  }

  boolean isEmpty() {
    return flaws.isEmpty();
  }

  Set<Flaw> kinds() {
    return flaws;
  }

  List<String> remarks() {
    return remarks;
  }
}
