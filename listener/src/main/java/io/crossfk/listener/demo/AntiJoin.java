package io.crossfk.listener.demo;

import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The truth, read without crossfk: every key of the child table that the parent table does not
 * have. It holds while nobody writes.
 */
final class AntiJoin {
  private AntiJoin() {}

  static Set<ViolationKey> of(List<Rule> rules, Servers servers) throws SQLException {
    Set<ViolationKey> orphaned = new LinkedHashSet<>();
    for (Rule rule : rules) {
      Set<List<String>> children = keys(rule.child(), servers);
      children.removeAll(keys(rule.parent(), servers));
      for (List<String> key : children) {
        orphaned.add(new ViolationKey(rule.name(), rule.child().columns(), key));
      }
    }
    return orphaned;
  }

  /** Keys without a NULL: the others refer to nothing (MATCH SIMPLE). */
  private static Set<List<String>> keys(TableKey key, Servers servers) throws SQLException {
    String columns = String.join(", ", key.columns());
    String query =
        "select distinct %s from %s where (%s) is not null"
            .formatted(columns, key.table().qualifiedName(), columns);
    Set<List<String>> keys = new HashSet<>();
    try (Connection connection = servers.database(key.database()).connect(key.database());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= key.columns().size(); i++) {
          values.add(rows.getString(i));
        }
        keys.add(values);
      }
    }
    return keys;
  }
}
