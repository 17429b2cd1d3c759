package io.crossfk.listener.config;

/**
 * Health and metrics over HTTP.
 *
 * @param listen where; by default on loopback only
 */
public record OpsSettings(ListenAddress listen) {

  /** Loopback, since nobody has asked for the world to see it. */
  public static final ListenAddress DEFAULT_LISTEN = new ListenAddress("127.0.0.1", 8484);

  public static final OpsSettings DEFAULT = new OpsSettings(DEFAULT_LISTEN);
}
