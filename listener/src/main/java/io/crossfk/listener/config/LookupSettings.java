package io.crossfk.listener.config;

import java.time.Duration;

/**
 * How keys are read from one database.
 *
 * @param connections beside the one that replicates; 1 to 100
 * @param timeout the longest that one look-up may take; 100 ms to 10 min
 */
public record LookupSettings(int connections, Duration timeout) {

  /** Enough to keep a small database busy, and few enough to be no burden on it. */
  public static final int DEFAULT_CONNECTIONS = 4;

  /** A look-up by index takes milliseconds; one of seconds lacks its index. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

  static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(100);
  static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

  public static final LookupSettings DEFAULT =
      new LookupSettings(DEFAULT_CONNECTIONS, DEFAULT_TIMEOUT);
}
