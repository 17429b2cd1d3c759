package io.crossfk.listener.catalog;

/** What rules are read for: it decides what stands in the way. */
public enum Purpose {
  /** To be watched from the log: settings, slots and what the log does not tell matter. */
  WATCH,
  /** To be read once: privileges, types and a primary suffice. */
  CHECK
}
