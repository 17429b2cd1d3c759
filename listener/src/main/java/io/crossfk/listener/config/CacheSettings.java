package io.crossfk.listener.config;

/**
 * What is remembered of keys that are there.
 *
 * @param size keys over all parent tables; 0 to 1,000,000,000
 */
public record CacheSettings(long size) {

  /** About 100 MB of heap with keys of one number. */
  public static final long DEFAULT_SIZE = 1_000_000;

  public static final CacheSettings DEFAULT = new CacheSettings(DEFAULT_SIZE);
}
