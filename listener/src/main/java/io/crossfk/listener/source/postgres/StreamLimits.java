package io.crossfk.listener.source.postgres;

import java.time.Duration;

/**
 * The sizes and times of a source.
 *
 * @param batchChanges changes at which a batch is delivered; at least 1
 * @param batchBytes bytes of their messages at which a batch is delivered; at least 1
 * @param status how often the server is asked for a sign of life; more often if its {@code
 *     wal_sender_timeout} is short
 * @param progress how often the position of an idle database is delivered, at most
 * @param silence how long a server may owe a sign of life before the connection is given up. A
 *     server that decodes one huge transaction can be silent for a while, and starts again from its
 *     beginning if it is cut off: too short is worse than too long
 * @param retryAtMost the longest pause between two attempts to connect
 */
public record StreamLimits(
    int batchChanges,
    long batchBytes,
    Duration status,
    Duration progress,
    Duration silence,
    Duration retryAtMost) {

  public static final StreamLimits DEFAULT =
      new StreamLimits(
          512,
          256 * 1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(2),
          Duration.ofSeconds(5));

  public StreamLimits {
    if (batchChanges < 1 || batchBytes < 1) {
      throw new IllegalArgumentException(
          "a batch of " + batchChanges + " changes and " + batchBytes + " bytes");
    }
  }
}
