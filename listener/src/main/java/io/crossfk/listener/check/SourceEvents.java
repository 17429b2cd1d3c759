package io.crossfk.listener.check;

import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;

/**
 * What of a source concerns more than its judges: the one who wired the source decides. Called by
 * the source's thread; must not block.
 */
public interface SourceEvents {

  /**
   * Connected.
   *
   * @return true if commits may have vanished since the identity seen before
   */
  boolean started(String database, SourceIdentity identity);

  void lost(String database, String reason);

  /** What the judges are told of a gap: the gap, and what follows if that is not an audit. */
  default String reasonOf(Gap gap) {
    return gap.message();
  }

  /** The source has ended; its judges know already. */
  void gap(String database, Gap gap);

  /** The log of a table does not tell what its rules need; their judges know already. */
  default void unfit(String database) {}

  /** The source has ended by a fault of crossfk itself. */
  void failed(String database, RuntimeException fault);
}
