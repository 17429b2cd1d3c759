package io.crossfk.rules.judge;

/** What a cut publishes: one step in the life of a violation, in the order of the judge. */
public sealed interface Transition {
  Violation violation();

  record Opened(Violation violation) implements Transition {}

  record Updated(Violation violation) implements Transition {}

  record Resolved(Violation violation) implements Transition {}

  /** It was there before its rule first watched, and the rule ignores such: remembered only. */
  record Ignored(Violation violation) implements Transition {}

  /** It is none any more, or not ignored any more: it was remembered only. */
  record NoLongerIgnored(Violation violation) implements Transition {}

  /** A day after its resolution a violation is forgotten: the feed's tombstone. */
  record Forgotten(Violation violation) implements Transition {}
}
