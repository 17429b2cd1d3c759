package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.judge.Sight;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the first two columns of every look-up: what the statement saw (I1). */
final class Sights {
  private Sights() {}

  /** The result stands on a row. */
  static Sight read(ResultSet row) throws SQLException {
    // A standby lists nothing in progress, and we read no replay position before: it never counts.
    return row.getBoolean(2)
        ? new Sight.Standby(Position.ZERO)
        : new Sight.Primary(Snapshot.parse(row.getString(1)));
  }
}
