package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.key.Key;
import java.util.List;
import java.util.Optional;

/** What a look-up found. */
public sealed interface Finding {

  /** A parent row with the key exists. */
  record Present(Sight parent) implements Finding {}

  /** No parent row has the key. */
  record Absent(Sight parent) implements Finding {}

  /** No child row has the key. */
  record NobodyRefers(Sight child) implements Finding {}

  /**
   * At one instant children held the key and no parent row had it (I4).
   *
   * @param childBefore the first read of the children
   * @param childAfter the second read, on the same connection; for a rule inside one database all
   *     three are the same sight
   */
  record Broken(Sight childBefore, Sight parent, Sight childAfter, Orphans orphans)
      implements Finding {}

  /** Children before and after, parent absent, but no row version stood through: read again. */
  record Inconclusive(Sight childBefore, Sight parent, Sight childAfter) implements Finding {}

  /**
   * The spellings in which children refer to a removed key.
   *
   * @param more true if there were more than the look-up returns
   */
  record Referring(Sight child, List<Key> keys, boolean more) implements Finding {
    public Referring {
      keys = List.copyOf(keys);
    }
  }

  /**
   * A bare snapshot.
   *
   * @param logEnd the end of the log after it: all that it sees lies before; empty on a standby
   */
  record Seen(Sight sight, Optional<Position> logEnd) implements Finding {}

  /**
   * The question could not be answered now: a database is down, a time limit passed, a privilege is
   * missing.
   *
   * @param database the configuration's name of the database that failed
   * @param reason one line for people
   */
  record Failed(String database, String reason) implements Finding {}
}
