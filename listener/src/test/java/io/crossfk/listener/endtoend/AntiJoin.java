package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.fail;

import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The truth: which keys children refer to and no parent has, read from the databases themselves.
 */
public final class AntiJoin {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Stage stage;
  private final Collection<Rule> rules;

  /** A key as the databases compare it, and as the feed writes it. */
  private record Value(List<String> compared, List<@Nullable Object> written) {}

  public AntiJoin(Stage stage, Collection<Rule> rules) {
    this.stage = stage;
    this.rules = rules;
  }

  /** The ids of the violations that there are. Nobody may write meanwhile. */
  public Set<String> violations() throws SQLException {
    Set<String> violations = new TreeSet<>();
    Map<String, Connection> connections = new HashMap<>();
    try {
      for (Rule rule : rules) {
        for (TableKey side : List.of(rule.child(), rule.parent())) {
          if (!connections.containsKey(side.database())) {
            connections.put(side.database(), stage.connect(side.database()));
          }
        }
        Set<List<String>> parents = new HashSet<>();
        keys(connections, rule.parent()).forEach(parent -> parents.add(parent.compared()));
        for (Value child : keys(connections, rule.child())) {
          if (isViolation(rule, child, parents)) {
            violations.add(rule.name() + "|" + JSON.writeValueAsString(child.written()));
          }
        }
      }
    } finally {
      for (Connection each : connections.values()) {
        each.close();
      }
    }
    return violations;
  }

  private static boolean isViolation(Rule rule, Value child, Set<List<String>> parents) {
    long nulls = child.written().stream().filter(value -> value == null).count();
    if (nulls > 0) {
      return rule.match() == Match.FULL && nulls < child.written().size();
    }
    return !parents.contains(child.compared());
  }

  private static Set<Value> keys(Map<String, Connection> connections, TableKey key)
      throws SQLException {
    Connection connection = connections.get(key.database());
    if (connection == null) {
      throw new IllegalStateException("no connection to " + key.database());
    }
    Set<Value> keys = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select distinct "
                    + String.join(", ", key.columns())
                    + " from "
                    + key.table().qualifiedName())) {
      ResultSetMetaData types = rows.getMetaData();
      while (rows.next()) {
        List<String> compared = new ArrayList<>();
        List<@Nullable Object> written = new ArrayList<>();
        for (int i = 1; i <= types.getColumnCount(); i++) {
          String text = rows.getString(i);
          String type = types.getColumnTypeName(i);
          boolean ignoresCase = type.contains("citext");
          compared.add(ignoresCase ? String.valueOf(text).toLowerCase(Locale.ROOT) : "" + text);
          boolean whole = type.startsWith("int") || type.endsWith("serial");
          written.add(text != null && whole ? Long.valueOf(text) : text);
        }
        keys.add(new Value(compared, written));
      }
    }
    return keys;
  }

  /**
   * Waits until the open violations of the feed are those of the databases. Nobody may write
   * meanwhile.
   */
  public Set<String> awaitEqual(FeedLog feed, Duration atMost) throws SQLException {
    Set<String> truth = violations();
    try {
      Awaitility.await()
          .atMost(atMost)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> feed.open().equals(truth));
    } catch (ConditionTimeoutException different) {
      fail(difference(truth, feed));
    }
    return truth;
  }

  private static String difference(Set<String> truth, FeedLog feed) {
    Set<String> missed = new TreeSet<>(truth);
    Set<String> open = feed.open();
    missed.removeAll(open);
    Set<String> wrong = new TreeSet<>(open);
    wrong.removeAll(truth);
    StringBuilder text =
        new StringBuilder(
            "%d violations are open in the feed, %d are in the databases%n"
                .formatted(open.size(), truth.size()));
    tell(text, "in the databases and not in the feed", missed, feed);
    tell(text, "in the feed and not in the databases", wrong, feed);
    return text.toString();
  }

  private static void tell(StringBuilder text, String what, Set<String> ids, FeedLog feed) {
    text.append(what).append(": ").append(ids.size()).append('\n');
    ids.stream().limit(10).forEach(id -> text.append(feed.told(id)));
  }
}
