package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which transactions of one database the judge has begun to process and no snapshot has seen yet
 * (I1). PostgreSQL hands a commit to a log reader before queries can see it, so an answer counts
 * only if its snapshot sees every transaction that was begun when the question was asked.
 */
final class Visibility {
  private record Begun(
      long sequence, TransactionId transaction, Position finalPosition, Position before) {}

  private final ArrayDeque<Begun> unseen = new ArrayDeque<>();
  private long sequence;
  private Position lastFinal = Position.ZERO;
  private @Nullable Sight lastSight;

  /**
   * A transaction starts to arrive.
   *
   * @param before up to where the log was judged before it: a cut may not pass this while the
   *     transaction is unseen (I5)
   */
  void begun(TransactionId transaction, Position finalPosition, Position before) {
    unseen.add(new Begun(++sequence, transaction, finalPosition, before));
    lastFinal = Position.larger(lastFinal, finalPosition);
    lastSight = null;
  }

  /** Counts the transactions begun; a question keeps it to say what its answer must have seen. */
  long sequence() {
    return sequence;
  }

  /** Whether the sight saw all that was begun up to the sequence; forgets what it saw. */
  boolean covers(Sight sight, long askedSequence) {
    return switch (sight) {
      case Sight.Primary primary -> {
        forgetSeen(primary);
        yield unseen.isEmpty() || unseen.getFirst().sequence() > askedSequence;
      }
      // A standby lists nothing in progress; only its replay position tells. Strict on purpose: it
      // must be past the last Begin of all, also of those begun after the question.
      case Sight.Standby standby -> sequence == 0 || standby.replayed().isAfter(lastFinal);
    };
  }

  @SuppressWarnings("ReferenceEquality") // the answers of one batch share one sight
  private void forgetSeen(Sight.Primary primary) {
    if (primary == lastSight) {
      return;
    }
    lastSight = primary;
    for (Iterator<Begun> each = unseen.iterator(); each.hasNext(); ) {
      if (primary.snapshot().sees(each.next().transaction())) {
        each.remove();
      }
    }
  }

  /** The position that a cut may not pass, if a transaction is unseen. */
  Optional<Position> ceiling() {
    return unseen.isEmpty() ? Optional.empty() : Optional.of(unseen.getFirst().before());
  }

  int unseen() {
    return unseen.size();
  }

  Optional<TransactionId> oldestUnseen() {
    return unseen.isEmpty() ? Optional.empty() : Optional.of(unseen.getFirst().transaction());
  }

  /** After a gap the transactions of the past may never become visible. */
  void clear() {
    unseen.clear();
    lastSight = null;
  }
}
