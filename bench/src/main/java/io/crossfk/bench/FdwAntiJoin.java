package io.crossfk.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The peer: {@code users} as a foreign table (postgres_fdw) beside {@code orders}, and one
 * anti-join over both, on a connection that is already open.
 */
final class FdwAntiJoin {
  /** More rows at a time make no difference any more. */
  private static final int FETCH_SIZE = 50_000;

  /** How people picture it. */
  private static final String HASH = "; set enable_mergejoin = off";

  /** The planner's own choice, and the one that it takes without hash joins. */
  private static final List<String> OTHERS = List.of("", "; set enable_hashjoin = off");

  private final Servers servers;
  private final String query;
  private final String settings;
  private final String plan;

  private FdwAntiJoin(Servers servers, String query, String settings) throws SQLException {
    this.servers = servers;
    this.query = query;
    this.settings = settings;
    this.plan = explain();
  }

  /**
   * @param found orders without a user
   */
  record Result(double seconds, long found) {}

  /** Makes the foreign table. One join for each plan there is, the fastest first. */
  static List<FdwAntiJoin> prepare(Servers servers, KeyKind keys) throws SQLException {
    servers
        .orders()
        .execute(
            Servers.ORDERS,
            """
            create extension if not exists postgres_fdw;
            drop server if exists users_server cascade;
            create server users_server foreign data wrapper postgres_fdw
              options (host '127.0.0.1', port '%d', dbname '%s', fetch_size '%d', use_remote_estimate 'true');
            create user mapping for current_user server users_server options (user '%s', password '%s');
            create foreign table users (%s) server users_server;
            analyze users
            """
                .formatted(
                    servers.users().port(),
                    Servers.USERS,
                    FETCH_SIZE,
                    servers.users().user(),
                    servers.users().password(),
                    keys.parentDefinition()));
    String[] parent = keys.parentColumns().split(", ", -1);
    String[] child = keys.childColumns().split(", ", -1);
    StringBuilder condition = new StringBuilder();
    for (int i = 0; i < parent.length; i++) {
      condition.append(i == 0 ? "" : " and ").append("u.%s = o.%s".formatted(parent[i], child[i]));
    }
    String query =
        "select count(*) from orders o where not exists (select from users u where %s)"
            .formatted(condition);
    Map<String, FdwAntiJoin> byPlan = new LinkedHashMap<>();
    for (String settings : Stream.concat(OTHERS.stream(), Stream.of(HASH)).toList()) {
      FdwAntiJoin join = new FdwAntiJoin(servers, query, settings);
      byPlan.putIfAbsent(join.plan(), join);
    }
    Map<FdwAntiJoin, Double> seconds = new LinkedHashMap<>();
    for (FdwAntiJoin join : byPlan.values()) {
      seconds.put(join, join.run().seconds());
    }
    return seconds.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  Result run() throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      long start = System.nanoTime();
      try (ResultSet row = statement.executeQuery(query)) {
        row.next();
        return new Result((System.nanoTime() - start) / 1e9, row.getLong(1));
      }
    }
  }

  /** How it is done, in PostgreSQL's words. */
  String plan() {
    return plan;
  }

  /** Such as {@code Merge Anti Join}. */
  String kind() {
    return plan.lines()
        .filter(line -> line.contains("Anti Join"))
        .map(line -> line.replaceAll("^[ >-]*", ""))
        .findFirst()
        .orElse("join");
  }

  private String explain() throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("explain (costs off) " + query)) {
      StringBuilder plan = new StringBuilder();
      while (rows.next()) {
        plan.append(rows.getString(1)).append('\n');
      }
      return plan.toString();
    }
  }

  /** With memory for a hash table of all keys, so that nothing goes to files. */
  private Connection open() throws SQLException {
    Connection connection = servers.orders().connect(Servers.ORDERS);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set work_mem = '2GB'" + settings);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
