package io.crossfk.listener.config;

/** What follows when a database's change stream has lost a part. */
public enum OnGap {
  /** Slot and publication are made anew, and the rules are audited. */
  AUDIT,

  /** The rules stay blind until a person has looked, and starts crossfk with AUDIT. */
  STOP
}
