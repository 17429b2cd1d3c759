package io.crossfk.listener.lookup;

import io.crossfk.rules.key.Key;

/** Takes the keys that a {@link KeyScanner} reads, one by one, on its thread. */
public interface KeySink {

  /** A key of one integer column, see {@link KeyCode#isOneWhole}. */
  void whole(long key);

  /** Any other key, by its {@link KeyCode}. The array is the caller's, and is written over. */
  void code(byte[] bytes, int from, int to);

  /** A child's key that is NULL in part: MATCH FULL calls it broken, whatever the parents are. */
  void partlyNull(Key key);
}
