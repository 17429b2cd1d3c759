package io.crossfk.rules.judge;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableKey;

/**
 * Keys that are known to be present (I2): it was there, and no removal of it has been processed
 * since. It may forget any key at any time; it must never hold one that was removed from it. Used
 * by the judge's thread only.
 */
public interface PresenceCache {
  boolean contains(TableKey parent, Key key);

  void add(TableKey parent, Key key);

  void remove(TableKey parent, Key key);

  /** Forgets every key of every parent. */
  void clear();
}
