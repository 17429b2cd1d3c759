package io.crossfk.listener.source;

/**
 * Which server, and which life of it, a position belongs to (section 5, fact 9).
 *
 * @param systemIdentifier made when the data folder was; a clone shares it
 * @param timeline a number that a promotion or a point-in-time recovery raises
 * @param life changes when the server recovers from a crash, not when it is restarted cleanly;
 *     PostgreSQL: {@code pg_stat_wal.stats_reset}, empty if it is unknown
 * @param version the server's version for people
 */
public record SourceIdentity(String systemIdentifier, long timeline, String life, String version) {

  /** Whether positions of the other identity mean the same here. */
  public boolean sameHistoryAs(SourceIdentity other) {
    return systemIdentifier.equals(other.systemIdentifier) && timeline == other.timeline;
  }

  /**
   * Whether a commit that was visible under the earlier identity can have vanished without an
   * event: after a crash with {@code synchronous_commit = off}. The stream is whole; an audit is
   * needed.
   */
  public boolean mayHaveLostCommits(SourceIdentity earlier) {
    return !sameHistoryAs(earlier) || !life.equals(earlier.life);
  }
}
