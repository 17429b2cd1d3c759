package io.crossfk.rules.model;

/** What becomes of violations that were there before their rule first watched. */
public enum Existing {
  /** They are published as any other, with the cause {@code existing}. */
  REPORT,

  /**
   * They are remembered and not published, as a constraint that is NOT VALID: until a row with the
   * key is written, or the key's parent comes and goes.
   */
  IGNORE
}
