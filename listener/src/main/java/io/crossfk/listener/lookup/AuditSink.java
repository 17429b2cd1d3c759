package io.crossfk.listener.lookup;

import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import java.util.List;

/** Takes what an audit reads, on the thread that called {@link AuditReader#audit}. */
public interface AuditSink {

  /**
   * Before the keys of each piece: what the snapshot of all that follows saw (I1).
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

  /**
   * All keys up to this place were handed out.
   *
   * @param place for {@link AuditReader#audit}; a text without a meaning elsewhere
   * @return false to abort
   */
  boolean passed(String place);
}
