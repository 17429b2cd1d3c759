package io.crossfk.rules.judge;

import java.time.Duration;

/**
 * The bounds that keep a judge small and the databases calm.
 *
 * @param inFlight look-ups in flight at which changes are no longer accepted
 * @param unpublished transitions that wait for a cut at which changes are no longer accepted
 * @param recheckEvery how often open violations whose child rows changed are asked again
 * @param recheckKeys keys asked again at each of these, at most
 * @param askAgain pause before a question whose answer did not count is asked again
 * @param retryFirst pause after a look-up failed; doubles up to {@code retryLast}
 * @param visibilityEvery how often a bare snapshot is asked for while transactions are unseen (I5)
 * @param auditRetry pause before a rule that is blind or overflowed is audited again; doubles while
 *     that does not help, up to 32 times this
 * @param forgetAfter time from a resolution to the tombstone
 */
public record JudgeLimits(
    int inFlight,
    int unpublished,
    Duration recheckEvery,
    int recheckKeys,
    Duration askAgain,
    Duration retryFirst,
    Duration retryLast,
    Duration visibilityEvery,
    Duration auditRetry,
    Duration forgetAfter) {

  public static final JudgeLimits DEFAULT =
      new JudgeLimits(
          20_000,
          20_000,
          Duration.ofMillis(200),
          200,
          Duration.ofMillis(20),
          Duration.ofMillis(250),
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(30),
          Duration.ofDays(1));
}
