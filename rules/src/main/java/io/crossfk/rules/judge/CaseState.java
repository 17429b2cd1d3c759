package io.crossfk.rules.judge;

import java.util.Optional;

/**
 * The life of a (rule, key).
 *
 * <pre>
 *  (nothing) ──ask──> Asked ──looks broken──> Suspected ──proved after grace──> Open
 *                       │                         │                              │
 *                       └── parent there / nobody refers ──> (nothing)       Resolved ──a day──> (nothing)
 * </pre>
 *
 * <p>Each legal step is a method that returns the next state; the others do not compile. A key that
 * was resolved and is asked about again carries its last violation along, so that its tombstone
 * waits (a key that opens again cancels it).
 */
sealed interface CaseState {

  /** A first question is out, or waits to be asked; nothing is known. */
  record Asked(Optional<Violation> last) implements CaseState {
    Suspected looksBroken(long nanos) {
      return new Suspected(nanos, last);
    }

    Optional<Resolved> withdrawn() {
      return last.map(Resolved::new);
    }
  }

  /** A look-up found it broken at this moment of the monotonic clock: grace runs from here. */
  record Suspected(long sinceNanos, Optional<Violation> last) implements CaseState {
    Open proved(Violation violation) {
      return new Open(violation);
    }

    Optional<Resolved> withdrawn() {
      return last.map(Resolved::new);
    }
  }

  /** Proved and published. */
  record Open(Violation violation) implements CaseState {
    Open updated(Violation newer) {
      return new Open(newer);
    }

    /** An ignored one that a log speaks of: it is judged as if it were seen for the first time. */
    Asked noLongerIgnored() {
      return new Asked(Optional.empty());
    }

    Resolved resolved(Violation ended) {
      return new Resolved(ended);
    }
  }

  /** Published as ended; remembered until its tombstone. */
  record Resolved(Violation violation) implements CaseState {
    Asked askedAgain() {
      return new Asked(Optional.of(violation));
    }
  }
}
