package io.crossfk.listener.lookup;

import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import java.util.List;

/** Takes what an audit reads, on the thread that called {@link AuditReader#audit}. */
public interface AuditSink {

  /**
   * Once, before any keys: what the snapshot of all that follows saw (I1).
   *
   * @return false to abort
   */
  boolean opened(Sight child);

  /**
   * The next keys; may block to hold the reading back.
   *
   * @return false to abort
   */
  boolean keys(List<Key> keys);
}
