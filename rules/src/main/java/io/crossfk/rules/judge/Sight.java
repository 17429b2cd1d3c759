package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;

/** How far the statement saw that gave an answer (I1). */
public sealed interface Sight {

  /** Read on a primary. */
  record Primary(Snapshot snapshot) implements Sight {}

  /**
   * Read on a server in recovery: its snapshot lists nothing in progress.
   *
   * @param replayed {@code pg_last_wal_replay_lsn()} of an <em>earlier</em> statement; {@link
   *     Position#ZERO} if there was none, which never counts
   */
  record Standby(Position replayed) implements Sight {}
}
