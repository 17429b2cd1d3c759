package io.crossfk.rules.judge;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A presence cache without a bound; a test evicts by {@link #clear}. */
class PlainCache implements PresenceCache {
  private final Map<TableKey, Set<Key>> keys = new HashMap<>();

  @Override
  public boolean contains(TableKey parent, Key key) {
    return keys.getOrDefault(parent, Set.of()).contains(key);
  }

  @Override
  public void add(TableKey parent, Key key) {
    keys.computeIfAbsent(parent, none -> new HashSet<>()).add(key);
  }

  @Override
  public void remove(TableKey parent, Key key) {
    keys.getOrDefault(parent, new HashSet<>()).remove(key);
  }

  @Override
  public void clear() {
    keys.clear();
  }
}
