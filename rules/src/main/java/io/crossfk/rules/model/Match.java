package io.crossfk.rules.model;

/** How a key with NULLs is matched (SQL: MATCH SIMPLE and MATCH FULL). */
public enum Match {
  /** Any NULL in the child's columns: the row is not checked. SQL's and our default. */
  SIMPLE,
  /** All NULL: not checked. Some NULL: a violation by itself. */
  FULL
}
