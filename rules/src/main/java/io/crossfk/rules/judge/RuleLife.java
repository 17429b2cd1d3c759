package io.crossfk.rules.judge;

import java.time.Instant;

/**
 * Where a rule stands in its life (design: baseline, watching, blind, overflow).
 *
 * <p>Only a rule that is {@link Watching} vouches for the databases. The way from the others to
 * watching is one: the streams are judged first, then an audit raises suspicions.
 */
public sealed interface RuleLife {

  /** What was broken before is being read. */
  record Baseline() implements RuleLife {}

  /** Open violations are what an anti-join returns, once drained and past grace. */
  record Watching() implements RuleLife {}

  /** A source was lost: it cannot vouch for anything, and says so. */
  record Blind(String reason, Instant since) implements RuleLife {}

  /** More suspicions and open violations than its limit: no records per key until an audit. */
  record Overflow(Instant since) implements RuleLife {}

  /** The word for people, for metrics and for the journal. */
  default String word() {
    return switch (this) {
      case Baseline baseline -> "baseline";
      case Watching watching -> "watching";
      case Blind blind -> "blind";
      case Overflow overflow -> "overflow";
    };
  }
}
