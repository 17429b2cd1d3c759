package io.crossfk.listener.source.postgres;

import io.crossfk.rules.change.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of pg_replication_slots.
 *
 * @param cause why it is invalidated, if it is
 * @param ours whether it can serve us: logical, pgoutput, of this database, permanent
 */
record SlotFacts(
    String plugin,
    String database,
    boolean ours,
    boolean active,
    int activePid,
    String walStatus,
    String cause,
    Position confirmedFlush,
    Position restart) {

  /** to_jsonb: before PostgreSQL 17 no column tells why; on a primary it is this as a rule. */
  private static final String QUERY =
      """
      select coalesce(s.plugin, ''), coalesce(s.database, ''),
        s.slot_type = 'logical' and s.plugin = 'pgoutput' and s.database = current_database()
          and not s.temporary and not s.two_phase,
        s.active, coalesce(s.active_pid, 0), coalesce(s.wal_status, 'unknown'),
        coalesce(to_jsonb(s)->>'invalidation_reason', 'wal_removed'),
        s.confirmed_flush_lsn::text, s.restart_lsn::text
      from pg_replication_slots s where s.slot_name = ?\
      """;

  static Optional<SlotFacts> read(Connection connection, String slot) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(QUERY)) {
      query.setString(1, slot);
      try (ResultSet result = query.executeQuery()) {
        if (!result.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new SlotFacts(
                result.getString(1),
                result.getString(2),
                result.getBoolean(3),
                result.getBoolean(4),
                result.getInt(5),
                result.getString(6),
                result.getString(7),
                position(result.getString(8)),
                position(result.getString(9))));
      }
    }
  }

  /**
   * Somebody makes it now, perhaps a session of ours that lost its connection: it is seen before it
   * has a position, and waits for the transactions that run.
   */
  boolean isInTheMaking() {
    return ours && confirmedFlush.equals(Position.ZERO);
  }

  /** Its log is gone, for ever. */
  boolean invalidated() {
    return walStatus.equals("lost");
  }

  private static Position position(@Nullable String text) {
    return text == null ? Position.ZERO : Position.parse(text);
  }
}
