package io.crossfk.listener.lookup.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** One database at hand: runs statements on one connection of it, each with its own snapshot. */
final class Read {
  private final String database;
  private final Connection connection;
  private final Tally tally;

  Read(String database, Connection connection, Tally tally) {
    this.database = database;
    this.connection = connection;
    this.tally = tally;
  }

  /** Makes something of a statement's rows. */
  interface Rows<T> {
    T of(ResultSet rows) throws SQLException;
  }

  <T> T query(String sql, KeyArrays keys, Rows<T> rows) throws DatabaseFailure {
    tally.statement(keys.size());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      keys.bind(statement);
      try (ResultSet result = statement.executeQuery()) {
        return rows.of(result);
      }
    } catch (SQLException e) {
      throw new DatabaseFailure(database, e);
    }
  }
}
