package io.crossfk.rules.judge;

import java.util.Locale;

/** Why a violation ended. */
public enum Resolution {
  PARENT_ARRIVED,
  NO_ORPHANS,
  RULE_REMOVED,
  RULE_CHANGED;

  /** The word used in the feed: {@code parent-arrived}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
