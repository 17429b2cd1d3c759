package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.PresenceCache;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableKey;
import java.util.HashSet;
import java.util.Set;

/** A cache that forgets when it is told to, and can be looked into. */
class CheckedCache implements PresenceCache {
  private final Set<Key> keys = new HashSet<>();
  private final Tally tally;

  CheckedCache(Tally tally) {
    this.tally = tally;
  }

  @Override
  public boolean contains(TableKey parent, Key key) {
    boolean hit = keys.contains(key);
    if (hit) {
      tally.saw(Seen.CACHE_HIT);
    }
    return hit;
  }

  @Override
  public void add(TableKey parent, Key key) {
    keys.add(key);
  }

  @Override
  public void remove(TableKey parent, Key key) {
    keys.remove(key);
  }

  @Override
  public void clear() {
    keys.clear();
  }

  /** Everything in it; a judge has one parent table, so a key says all. */
  Set<Key> keys() {
    return keys;
  }
}
