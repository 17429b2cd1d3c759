package io.crossfk.listener.semantics;

import io.crossfk.listener.semantics.OracleCase.Reference;
import io.crossfk.listener.semantics.OracleCase.Side;
import io.crossfk.listener.semantics.OracleCase.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Plays steps, each as one transaction, in one database or in two. */
final class Player implements AutoCloseable {
  private static final List<String> COMMON =
      List.of(
          "create extension if not exists citext",
          "create collation loud (provider = icu, locale = 'und-u-ks-level2', deterministic ="
              + " false)",
          "create type mood as enum ('bad', 'good')",
          "create domain whole as int check (value > -1000)");

  private final Map<Side, Connection> connections;
  private final Predicate<Step> plays;
  private final String publication;

  /**
   * What PostgreSQL refused.
   *
   * @param last whether that was the last of the steps
   * @param key the values that its detail names, if it names any
   */
  record Refusal(boolean last, String state, Optional<String> key, String message) {
    /** Because of a change of the parent. */
    boolean byParent() {
      return message.contains("is still referenced");
    }
  }

  private Player(Map<Side, Connection> connections, Predicate<Step> plays, String publication) {
    this.connections = connections;
    this.plays = plays;
    this.publication = publication;
  }

  /** One database holds both tables, and the foreign key. */
  static Player inOne(Connection both) throws SQLException {
    return prepared(new Player(Map.of(Side.CHILD, both, Side.PARENT, both), Step::isNative, ""));
  }

  static Player inTwo(Connection child, Connection parent, String publication) throws SQLException {
    return prepared(
        new Player(Map.of(Side.CHILD, child, Side.PARENT, parent), Step::isAcross, publication));
  }

  private static Player prepared(Player player) throws SQLException {
    for (Connection each : Set.copyOf(player.connections.values())) {
      each.setAutoCommit(false);
      execute(each, "set timezone = 'UTC'");
      for (String sql : COMMON) {
        execute(each, sql);
      }
    }
    return player;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      connection.commit();
    } catch (SQLException refused) {
      connection.rollback();
      throw refused;
    }
  }

  private Connection connection(Side side) {
    Connection connection = connections.get(side);
    if (connection == null) {
      throw new IllegalStateException("no connection of the " + side);
    }
    return connection;
  }

  /** Sets the case's tables up. */
  Optional<Refusal> open(OracleCase opened) throws SQLException {
    for (Connection each : Set.copyOf(connections.values())) {
      execute(each, "create schema " + opened.schema());
    }
    return play(opened, opened.given());
  }

  /** Adds the foreign keys themselves. */
  void constrain(OracleCase constrained) throws SQLException {
    int number = 1;
    for (Reference each : constrained.constraints()) {
      execute(
          connection(Side.CHILD),
          "alter table %s add constraint fk%d %s".formatted(each.child(), number, each.sql()));
      number++;
    }
  }

  /** Plays until one is refused. */
  Optional<Refusal> play(OracleCase played, List<Step> steps) throws SQLException {
    for (Connection each : Set.copyOf(connections.values())) {
      execute(each, "set search_path to " + played.schema() + ", public");
    }
    List<Step> ours = steps.stream().filter(plays).toList();
    for (int i = 0; i < ours.size(); i++) {
      Step step = ours.get(i);
      try {
        execute(connection(step.side()), step.sql().replace("$publication", publication));
      } catch (PSQLException refused) {
        return Optional.of(refusal(refused, i == ours.size() - 1));
      }
    }
    return Optional.empty();
  }

  private static Refusal refusal(PSQLException refused, boolean last) {
    ServerErrorMessage server = refused.getServerErrorMessage();
    String detail = server == null || server.getDetail() == null ? "" : server.getDetail();
    int values = detail.indexOf(")=(");
    int end = Math.max(detail.indexOf(") is not "), detail.indexOf(") is still "));
    end = Math.max(end, detail.indexOf(") is referenced "));
    return new Refusal(
        last,
        String.valueOf(refused.getSQLState()),
        values > 0 && end > values
            ? Optional.of(detail.substring(values + ")=(".length(), end))
            : Optional.empty(),
        String.valueOf(refused.getMessage()));
  }

  @Override
  public void close() throws SQLException {
    for (Connection each : Set.copyOf(connections.values())) {
      each.close();
    }
  }
}
