package io.crossfk.listener.feed;

import org.jspecify.annotations.Nullable;

/**
 * The feed can vouch for nothing any more; the process must end, and a new one read the journal
 * (I5).
 */
public final class FeedFault extends RuntimeException {

  /** What happened. */
  public enum Kind {
    /** Another instance leads: it fenced this one. Nothing of this one is in doubt. */
    FENCED,
    /** Kafka refused a record or the transaction: nothing of the last transaction is visible. */
    REFUSED,
    /** Whether the last transaction is visible is not known. */
    UNKNOWN_OUTCOME,
    /** A mistake of crossfk itself. */
    BUG
  }

  private final Kind kind;

  FeedFault(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
