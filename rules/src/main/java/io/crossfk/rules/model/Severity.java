package io.crossfk.rules.model;

import java.util.Locale;

/** How loudly a violation is told; the words are those of PagerDuty's Events API v2. */
public enum Severity {
  CRITICAL,
  ERROR,
  WARNING,
  INFO;

  /** The word used in rule files and in the feed. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
