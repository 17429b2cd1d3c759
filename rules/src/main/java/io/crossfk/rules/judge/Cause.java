package io.crossfk.rules.judge;

import java.util.Locale;

/** What broke the key, as far as the log tells. Information; the verdict never rests on it. */
public enum Cause {
  CHILD_INSERT,
  CHILD_UPDATE,
  PARENT_DELETE,
  PARENT_UPDATE,
  PARENT_TRUNCATE,
  /** It was broken before the rule was watched, or an audit found it. */
  EXISTING;

  /** The word used in the feed: {@code child-insert}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
