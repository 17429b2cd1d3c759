package io.crossfk.listener.check;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.crossfk.rules.judge.PresenceCache;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableKey;

/**
 * Known keys in a bounded Caffeine cache. Presence only (I2): it never expires a key into absence,
 * it merely forgets, and a miss means unknown.
 */
final class CaffeinePresence implements PresenceCache {
  private record Entry(TableKey parent, Key key) {}

  private final Cache<Entry, Boolean> keys;

  /**
   * @param size keys kept, at most
   */
  CaffeinePresence(long size) {
    // The judge's thread is the only one: maintenance runs on it, so that none is left behind.
    this.keys = Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
  }

  @Override
  public boolean contains(TableKey parent, Key key) {
    return keys.getIfPresent(new Entry(parent, key)) != null;
  }

  @Override
  public void add(TableKey parent, Key key) {
    keys.put(new Entry(parent, key), Boolean.TRUE);
  }

  @Override
  public void remove(TableKey parent, Key key) {
    keys.invalidate(new Entry(parent, key));
  }

  @Override
  public void clear() {
    keys.invalidateAll();
  }
}
