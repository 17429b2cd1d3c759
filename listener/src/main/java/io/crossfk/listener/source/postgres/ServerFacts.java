package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.rules.change.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** What a primary says of itself, to any session. */
final class ServerFacts {
  private ServerFacts() {}

  static SourceIdentity identity(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                // The timeline out of a file's name: the control file learns it at a checkpoint
                // only.
                "select s.system_identifier::text,"
                    + " ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint,"
                    + " coalesce(extract(epoch from w.stats_reset)::text, ''),"
                    + " current_setting('server_version')"
                    + " from pg_control_system() s, pg_stat_wal w")) {
      result.next();
      return new SourceIdentity(
          result.getString(1), result.getLong(2), result.getString(3), result.getString(4));
    }
  }

  /** Up to where the log is on disk; nobody was ever told of anything beyond. */
  static Position logEnd(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select pg_current_wal_flush_lsn()::text")) {
      result.next();
      return Position.parse(result.getString(1));
    }
  }

  /** How long a server waits for a sign of life of a reader; zero if for ever. */
  static Duration senderTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select setting::bigint from pg_settings where name = 'wal_sender_timeout'")) {
      result.next();
      return Duration.ofMillis(result.getLong(1));
    }
  }
}
