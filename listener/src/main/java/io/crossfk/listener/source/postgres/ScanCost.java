package io.crossfk.listener.source.postgres;

import io.crossfk.rules.model.TableKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The planner's estimate of one look for the children of a key; nothing is executed.
 *
 * @param total in the planner's unit, in which one page read in sequence is 1 by default
 * @param node the plan's uppermost step
 */
public record ScanCost(double total, String node) {
  private static final Pattern NODE = Pattern.compile("\"Node Type\": \"([^\"]+)\"");
  private static final Pattern TOTAL = Pattern.compile("\"Total Cost\": ([0-9.]+)");

  static ScanCost read(Connection connection, TableKey key) throws SQLException {
    String table = Sql.table(key.table());
    // A value that the planner cannot see, of the very type: it estimates for any key.
    String condition =
        key.columns().stream()
            .map(Sql::identifier)
            .map(name -> "t." + name + " = (select k." + name + " from " + table + " k limit 0)")
            .collect(Collectors.joining(" and "));
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "explain (format json) select from " + table + " t where " + condition)) {
      result.next();
      String plan = result.getString(1);
      return new ScanCost(Double.parseDouble(first(TOTAL, plan)), first(NODE, plan));
    }
  }

  private static String first(Pattern pattern, String plan) throws SQLException {
    Matcher matcher = pattern.matcher(plan);
    if (!matcher.find()) {
      throw new SQLException("no " + pattern + " in " + plan);
    }
    return matcher.group(1);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%,.0f (%s)", total, node);
  }
}
