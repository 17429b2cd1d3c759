package io.crossfk.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The broken keys that the tables were made with, as {@code crossfk check} writes a key in JSON.
 */
record Orphans(Set<String> keys) {

  static Orphans of(Servers servers, KeyKind kind, long rows) throws SQLException {
    Set<String> keys = new HashSet<>();
    try (Connection connection = servers.orders().connect(Servers.ORDERS);
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select row_to_json(k)::text from (select %s from orders where %s) k"
                    .formatted(kind.childColumns(), KeyKind.isOrphan("id", rows)))) {
      while (result.next()) {
        keys.add(result.getString(1));
      }
    }
    if (keys.size() != KeyKind.ORPHANS) {
      throw new IllegalStateException("the tables were made with " + keys.size() + " orphans");
    }
    return new Orphans(keys);
  }

  /** Told, and not true. */
  List<String> falseOnes(List<String> told) {
    return told.stream().filter(key -> !keys.contains(key)).toList();
  }

  /** True, and not told. */
  List<String> missed(List<String> told) {
    Set<String> set = Set.copyOf(told);
    return keys.stream().filter(key -> !set.contains(key)).sorted().toList();
  }

  boolean areExactly(List<String> told) {
    return told.size() == keys.size() && falseOnes(told).isEmpty();
  }
}
