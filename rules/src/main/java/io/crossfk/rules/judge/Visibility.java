package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which transactions of one database the judge has begun to process and no snapshot has seen yet
 * (I1). PostgreSQL hands a commit to a log reader before queries can see it, so an answer counts
 * only if its snapshot sees every transaction that was begun when the question was asked.
 *
 * <p>Answers overtake each other: a look-up may have read before a transaction became visible, and
 * be heard after another that read later and saw it. So a transaction that was seen is kept until
 * no look-up is in flight that was asked before that; a look-up asked later sees it in any case.
 */
final class Visibility {

  /** The look-ups whose answers may still come. */
  interface InFlight {
    /** The number of the question asked last. */
    long lastAsked();

    /** The smallest number of a question in flight; {@link Long#MAX_VALUE} if none is. */
    long oldest();
  }

  private record Begun(long sequence, TransactionId transaction, Position before) {}

  private record Seen(Begun begun, long lastAsked) {}

  private final InFlight inFlight;
  private final ArrayDeque<Begun> unseen = new ArrayDeque<>();
  private final ArrayDeque<Seen> lately = new ArrayDeque<>();
  private long sequence;
  private Position lastFinal = Position.ZERO;
  private @Nullable Sight lastSight;
  private long lastMissed;

  Visibility(InFlight inFlight) {
    this.inFlight = inFlight;
  }

  /**
   * A transaction starts to arrive.
   *
   * @param before up to where the log was judged before it: a cut may not pass this while the
   *     transaction is unseen (I5)
   */
  void begun(TransactionId transaction, Position finalPosition, Position before) {
    unseen.add(new Begun(++sequence, transaction, before));
    lastFinal = Position.larger(lastFinal, finalPosition);
    lastSight = null;
    long oldest = inFlight.oldest();
    while (!lately.isEmpty() && lately.getFirst().lastAsked() < oldest) {
      lately.removeFirst();
    }
  }

  /** Counts the transactions begun; a question keeps it to say what its answer must have seen. */
  long sequence() {
    return sequence;
  }

  /** Whether the sight saw all that was begun up to the sequence; notes what it saw. */
  boolean covers(Sight sight, long askedSequence) {
    return switch (sight) {
      case Sight.Primary primary -> firstMissed(primary) > askedSequence;
      // A standby lists nothing in progress; only its replay position tells. Strict on purpose: it
      // must be past the last Begin of all, also of those begun after the question.
      case Sight.Standby standby -> standby.replayed().isAfter(lastFinal);
    };
  }

  /**
   * The transactions that a statement must see that is asked for now and read at any time later.
   */
  List<TransactionId> unseenNow() {
    return unseen.stream().map(Begun::transaction).toList();
  }

  /** The first transaction, by its sequence, that the sight does not show. */
  @SuppressWarnings("ReferenceEquality") // the answers of one batch share one sight
  private long firstMissed(Sight.Primary primary) {
    if (primary != lastSight) {
      lastSight = primary;
      lastMissed = Long.MAX_VALUE;
      for (Seen seen : lately) {
        if (!primary.snapshot().sees(seen.begun().transaction())) {
          lastMissed = Math.min(lastMissed, seen.begun().sequence());
        }
      }
      for (Iterator<Begun> each = unseen.iterator(); each.hasNext(); ) {
        Begun begun = each.next();
        if (primary.snapshot().sees(begun.transaction())) {
          each.remove();
          lately.add(new Seen(begun, inFlight.lastAsked()));
        } else {
          lastMissed = Math.min(lastMissed, begun.sequence());
        }
      }
    }
    return lastMissed;
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
    lately.clear();
    lastSight = null;
  }
}
