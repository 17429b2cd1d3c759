package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import io.crossfk.rules.change.Position;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes our replication slot.
 *
 * @param patience how long to wait for the transactions that run
 */
record SlotMaker(String database, String name, Duration patience) {

  /**
   * No lock_timeout here: creating a slot waits for the transactions that run, which PostgreSQL
   * does by locks on their xids, and blocks nobody while it waits.
   */
  Position make(SetupSession session) throws SQLException {
    session.patience(Duration.ZERO, patience);
    try (PreparedStatement create =
        session
            .connection()
            .prepareStatement(
                "select lsn::text from pg_create_logical_replication_slot(?, 'pgoutput')")) {
      create.setString(1, name);
      try (ResultSet result = create.executeQuery()) {
        result.next();
        return Position.parse(result.getString(1));
      }
    } finally {
      session.usualPatience();
    }
  }

  /** Not for a person to mend: it will have a position, or be gone, when it is looked at again. */
  SQLException inTheMaking(SlotFacts found) {
    return new SQLException(
        "replication slot %s is still being made by process %d; it waits for the transactions that run"
            .formatted(name, found.activePid()),
        "55006");
  }

  Refusal refusal(SetupSession session, SQLException e) throws SQLException {
    String place = database + ": replication slot " + name;
    if (!ServerMessages.isTimeout(e)) {
      return new Refusal(place, "could not be created: " + ServerMessages.of(e), List.of(sql()));
    }
    return new Refusal(
        place,
        "could not be created within "
            + patience.toSeconds()
            + " s: PostgreSQL waits for the transactions that run. The oldest: "
            + session.text(
                "select coalesce((select format('process %s, \"%s\", since %s', pid,"
                    + " application_name, xact_start) from pg_stat_activity"
                    + " where backend_xid is not null and pid <> pg_backend_pid()"
                    + " order by xact_start limit 1), 'none that we may see')")
            + ". Try again when it has ended",
        List.of());
  }

  String sql() {
    return "SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput');";
  }

  /** If there is one of that name that cannot serve us. */
  Optional<Refusal> foreign(SlotFacts found) {
    if (found.ours()) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            database + ": replication slot " + name,
            "exists and cannot serve crossfk: its plugin is \""
                + found.plugin()
                + "\" and its database \""
                + found.database()
                + "\"; a permanent pgoutput slot of this database, without two_phase, is needed."
                + " Configure another name, or drop it if nobody needs it:",
            List.of("SELECT pg_drop_replication_slot('" + name + "');")));
  }
}
