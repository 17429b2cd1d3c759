package io.crossfk.rules.judge;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;

/**
 * What the judge wants to know of a database. Each is answered exactly once, by an {@link Answer}.
 */
public sealed interface Question {

  /** Unique within one judge and one run. */
  long number();

  /** Is the key in the parent table? Answered by Present, Absent or Failed. */
  record Presence(long number, Rule rule, Key key) implements Question {}

  /**
   * Who refers to the key, and is it there: children, parent, children again (I4). Answered by
   * NobodyRefers, Present, Broken, Inconclusive or Failed. For a partly NULL key (MATCH FULL) the
   * children alone are read, by IS NOT DISTINCT FROM: NobodyRefers, Broken or Failed.
   */
  record Proof(long number, Rule rule, Key key) implements Question {}

  /**
   * Which keys do children hold that are equal to this removed key of the parent, in their own
   * spelling? Asked only where equality has no canonical form. Answered by Referring or Failed.
   */
  record Referrers(long number, Rule rule, Key parentKey) implements Question {}

  /** A bare snapshot of a database, asked when nothing else is. Answered by Seen or Failed. */
  record Visibility(long number, String database) implements Question {}
}
