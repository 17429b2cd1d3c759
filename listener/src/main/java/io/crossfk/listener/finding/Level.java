package io.crossfk.listener.finding;

/** How much is in the way. */
public enum Level {
  /** crossfk cannot work so, or the application could not. */
  ERROR,
  /** It works, and will hurt. */
  WARNING,
  /** It was looked at, and is as it should be. */
  OK
}
