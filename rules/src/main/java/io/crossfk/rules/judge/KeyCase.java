package io.crossfk.rules.judge;

import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.key.Key;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One (rule, key) that the judge has on its desk: its state, and the one look-up it may have out.
 */
final class KeyCase {

  /** What is asked of the databases next. */
  enum Ask {
    PRESENCE,
    PROOF,
    REFERRERS
  }

  /**
   * The look-up in flight, and what was processed since it was asked that could contradict its
   * answer (I0).
   */
  static final class InFlight {
    final long number;
    final Ask ask;
    final long childSequence;
    final long parentSequence;
    final long deskRemovals;
    final long deskSpelledRemovals;
    final long deskArrivals;
    final long deskWritings;
    final long deskLeavings;
    boolean removedSince;
    boolean arrivedSince;
    boolean writtenSince;
    boolean leftSince;

    InFlight(long number, Ask ask, RuleDesk desk) {
      this.number = number;
      this.ask = ask;
      this.childSequence = desk.child.visibility.sequence();
      this.parentSequence = desk.parent.visibility.sequence();
      this.deskRemovals = desk.removals;
      this.deskSpelledRemovals = desk.spelledRemovals;
      this.deskArrivals = desk.arrivals;
      this.deskWritings = desk.writings;
      this.deskLeavings = desk.leavings;
    }

    boolean removed(RuleDesk desk) {
      return removedSince || deskRemovals < desk.removals;
    }

    /** Whether some key was removed that may be this one in another spelling. */
    boolean removedInSomeSpelling(RuleDesk desk) {
      return deskSpelledRemovals < desk.spelledRemovals;
    }

    boolean arrived(RuleDesk desk) {
      return arrivedSince || deskArrivals < desk.arrivals;
    }

    boolean written(RuleDesk desk) {
      return writtenSince || deskWritings < desk.writings;
    }
  }

  final RuleDesk desk;
  final Key key;

  /** True if it stands for "who refers to this removed key, in which spelling". */
  final boolean referrers;

  CaseState state;
  @Nullable InFlight inFlight;

  /** What to ask once the pause is over; null if nothing waits. */
  @Nullable Ask waiting;

  /** An open violation whose children may have changed since they were last read. */
  boolean stale;

  /** The desk's count of leavings that the last accepted answer had seen. */
  long checkedLeavings;

  /** How often in a row an answer was older than the stream; its pause doubles. */
  int behind;

  /** Whether it counts towards the rule's limit: suspected, or its look-up failed. */
  boolean counted;

  /** Whether the journal holds it as a suspicion. */
  boolean journaled;

  boolean onDesk = true;

  RaisedBy raisedBy = RaisedBy.LOG;
  Cause cause;
  Optional<Instant> brokenAt;
  Optional<TransactionId> transaction;

  KeyCase(
      RuleDesk desk,
      Key key,
      boolean referrers,
      CaseState state,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction) {
    this.desk = desk;
    this.key = key;
    this.referrers = referrers;
    this.state = state;
    this.cause = cause;
    this.brokenAt = brokenAt;
    this.transaction = transaction;
  }

  /** A crash must ask it again: it is in flight, waiting or suspected, and not published (I5). */
  boolean isSuspicion() {
    return onDesk && (state instanceof CaseState.Asked || state instanceof CaseState.Suspected);
  }

  /** Open, and not published: it was broken before its rule first watched. */
  boolean isIgnored() {
    return state instanceof CaseState.Open open && open.violation().isIgnored();
  }

  boolean isOpen() {
    return state instanceof CaseState.Open;
  }

  /** Whether its children may have changed since they were read. */
  boolean needsRecheck() {
    return isOpen()
        && inFlight == null
        && waiting == null
        && (stale || checkedLeavings < desk.leavings);
  }

  Suspicion toSuspicion() {
    return new Suspicion(
        desk.rule().name(), key, referrers, cause, brokenAt, transaction, raisedBy);
  }
}
