package io.crossfk.rules.judge;

import java.util.Locale;

/** What put a key on the desk. */
public enum RaisedBy {
  /** A change of one of the logs. */
  LOG,

  /** An audit before the rule first watched: it was broken before. */
  BASELINE,

  /** An audit that had a reason: a gap, a truncate, an unknown key. */
  AUDIT,

  /** An audit without a reason: the logs should have told. */
  SCHEDULE;

  /** The word used in the journal. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
