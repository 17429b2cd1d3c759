package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The SQL of one rule's look-ups. Every statement returns what it saw (I1), one row even when there
 * is nothing else to return. Keys are bound as {@link KeyTable} says.
 *
 * <p>Each key is looked up by itself (LATERAL with a LIMIT): the planner cannot turn that into a
 * join that reads a whole table.
 */
final class LookupStatements {
  /** Child rows that are read for a key; a violation's count stops here. */
  static final int CHILD_LIMIT = 100;

  /** Rows that a violation names. */
  static final int SAMPLE_LIMIT = 10;

  /** Spellings returned for a removed key. */
  static final int SPELLING_LIMIT = 1000;

  /** Child rows read to find the spellings of a removed key. */
  static final int SPELLING_ROW_LIMIT = 100_000;

  /** A bare snapshot. */
  static final String VISIBILITY = "select one.s, one.r from " + Sql.ONE;

  /** The end of the log is read after the snapshot is taken: all that it sees lies before. */
  static final String VISIBILITY_AND_LOG_END =
      "select one.s, one.r, case when not one.r then pg_current_wal_insert_lsn()::text end from "
          + Sql.ONE;

  private final BoundRule rule;

  LookupStatements(BoundRule rule) {
    this.rule = rule;
  }

  /** Columns: snapshot, in recovery, numbers of the keys that are present. */
  String presence() {
    KeyTable keys = new KeyTable();
    String condition = parentCondition(keys);
    return "select one.s, one.r, array(select k.i from "
        + keys.sql()
        + " cross join lateral (select from "
        + Sql.quoted(rule.parent().table())
        + " t where "
        + condition
        + " limit 1) found) from "
        + Sql.ONE;
  }

  /**
   * The children of keys, a row for each key that has any. Columns: snapshot, in recovery, number
   * of the key, rows found, their distinct xmins if asked for, and for each column of the row
   * identity an array of samples.
   *
   * @param nullColumns columns of the rule that are NULL in every key, as bits: a partly NULL key
   *     is compared by IS NOT DISTINCT FROM, written so that an index serves
   */
  String children(int nullColumns, boolean versions) {
    KeyTable keys = new KeyTable();
    String found = childrenOf(childCondition(keys, nullColumns), versions);
    return "select one.s, one.r, q.* from "
        + Sql.ONE
        + " left join lateral (select k.i, c.* from "
        + keys.sql()
        + " cross join lateral "
        + found
        + " c where c.n > 0) q on true";
  }

  /**
   * Both tables in one database: children and parent in one statement. As {@link #children}, with a
   * last column that tells whether the parent is there.
   */
  String together() {
    KeyTable keys = new KeyTable();
    String found = childrenOf(childCondition(keys, 0), false);
    String parent =
        "exists (select from "
            + Sql.quoted(rule.parent().table())
            + " t where "
            + parentCondition(keys)
            // OFFSET: else it may become a join that reads the whole table.
            + " offset 0)";
    return "select one.s, one.r, q.* from "
        + Sql.ONE
        + " left join lateral (select k.i, c.*, "
        + parent
        + " from "
        + keys.sql()
        + " cross join lateral "
        + found
        + " c where c.n > 0) q on true";
  }

  /**
   * Whether the child's database can tell which of its values equal a parent's: not if only the
   * parent's collation ignores differences.
   */
  boolean canFindReferrers() {
    return rule.shape().pairs().stream()
        .allMatch(pair -> isExact(pair.parent()) || !isExact(pair.child()));
  }

  /**
   * The spellings in which children hold keys that the parent calls equal. Columns: snapshot, in
   * recovery, number of the key, rows of this spelling, the key's columns as text.
   */
  String referrers() {
    KeyTable keys = new KeyTable();
    List<KeyShape.Pair> pairs = rule.shape().pairs();
    List<String> conditions = new ArrayList<>();
    List<String> spellings = new ArrayList<>();
    for (int column = 0; column < pairs.size(); column++) {
      KeyShape.Pair pair = pairs.get(column);
      String name = "t." + Sql.quoted(rule.rule().child().columns().get(column));
      String value = keys.add(pair.child());
      conditions.add(
          isExact(pair.parent())
              ? childComparison(pair, name, value)
              : name + " " + Sql.equals(pair.child()) + " " + value);
      spellings.add(
          "(" + Sql.text(name, pair.child()) + ") collate pg_catalog.\"C\" c" + (column + 1));
    }
    String columns =
        IntStream.rangeClosed(1, pairs.size())
            .mapToObj(column -> "h.c" + column)
            .collect(Collectors.joining(", "));
    return "select one.s, one.r, q.* from "
        + Sql.ONE
        + " left join lateral (select k.i, c.* from "
        + keys.sql()
        + " cross join lateral (select count(*) n, "
        + columns
        + " from (select "
        + String.join(", ", spellings)
        + " from "
        + Sql.quoted(rule.child().table())
        + " t where "
        + String.join(" and ", conditions)
        + " limit "
        + SPELLING_ROW_LIMIT
        + ") h group by "
        + columns
        + " limit "
        + (SPELLING_LIMIT + 1)
        + ") c) q on true";
  }

  private String childrenOf(String condition, boolean versions) {
    List<String> inner = new ArrayList<>();
    List<String> outer = new ArrayList<>();
    outer.add("count(*) n");
    if (versions) {
      inner.add("t.xmin::text x");
      outer.add("array_agg(distinct h.x) x");
    }
    TableDescription child = rule.child();
    for (int column = 0; column < child.rowIdentity().size(); column++) {
      inner.add("t." + Sql.quoted(child.rowIdentity().get(column)) + "::text r" + column);
      outer.add("(array_agg(h.r" + column + "))[1:" + SAMPLE_LIMIT + "] r" + column);
    }
    return "(select "
        + String.join(", ", outer)
        + " from (select "
        + String.join(", ", inner)
        + " from "
        + Sql.quoted(child.table())
        + " t where "
        + condition
        + " limit "
        + CHILD_LIMIT
        + ") h)";
  }

  private String childCondition(KeyTable keys, int nullColumns) {
    TableKey child = rule.rule().child();
    List<String> conditions = new ArrayList<>();
    for (int column = 0; column < child.columns().size(); column++) {
      String name = "t." + Sql.quoted(child.columns().get(column));
      KeyShape.Pair pair = rule.shape().pairs().get(column);
      conditions.add(
          (nullColumns & 1 << column) != 0
              ? name + " is null"
              : childComparison(pair, name, keys.add(pair.child())));
    }
    return String.join(" and ", conditions);
  }

  private static String childComparison(KeyShape.Pair pair, String name, String value) {
    String equal = name + " " + Sql.equals(pair.child()) + " " + value;
    return switch (pair.childRead()) {
      case EQUAL -> equal;
      case SPELLED ->
          equal + " and " + Sql.spelling(name) + " operator(pg_catalog.=) " + Sql.spelling(value);
      case CAST ->
          name + "::pg_catalog.bpchar operator(pg_catalog.=) " + value + "::pg_catalog.bpchar";
    };
  }

  private String parentCondition(KeyTable keys) {
    TableKey parent = rule.rule().parent();
    List<String> conditions = new ArrayList<>();
    for (int column = 0; column < parent.columns().size(); column++) {
      ColumnType type = rule.shape().pairs().get(column).parent();
      conditions.add(
          "t."
              + Sql.quoted(parent.columns().get(column))
              + " "
              + Sql.equals(type)
              + " "
              + keys.add(type));
    }
    return String.join(" and ", conditions);
  }

  private static boolean isExact(ColumnType type) {
    return type.exact() && type.kind() != ColumnType.Kind.CITEXT;
  }
}
