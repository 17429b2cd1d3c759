package io.crossfk.listener.audit;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.listener.lookup.KeySink;
import io.crossfk.rules.key.Key;
import java.util.LinkedHashSet;
import java.util.Set;

/** The keys of a few rows, each once. */
final class SampledKeys implements KeySink {
  private final KeyCode code;
  private final Set<Key> keys = new LinkedHashSet<>();

  SampledKeys(KeyCode code) {
    this.code = code;
  }

  @Override
  public void whole(long key) {
    keys.add(Key.of(key));
  }

  @Override
  public void code(byte[] bytes, int from, int to) {
    keys.add(code.key(bytes, from, to));
  }

  @Override
  public void partlyNull(Key key) {
    keys.add(key);
  }

  Set<Key> all() {
    return keys;
  }
}
