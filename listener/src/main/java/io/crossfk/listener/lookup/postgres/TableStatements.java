package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.TableKey;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The SQL that reads the keys of whole tables, or of parts of them. */
final class TableStatements {
  private final BoundRule rule;

  TableStatements(BoundRule rule) {
    this.rule = rule;
  }

  /**
   * The key's columns of every child row that the rule checks (its MATCH decides).
   *
   * @param asText as their types print them, else as they are
   */
  String children(boolean asText) {
    return children(asText, "", "");
  }

  /**
   * The same columns of all rows of a table, as they are, without asking the executor: a tenth less
   * work for the server. Only for what {@link #CAN_BE_COPIED} says yes to.
   */
  static String copyOfTable(TableKey key) {
    return "copy "
        + Sql.quoted(key.table())
        + key.columns().stream().map(Sql::quoted).collect(Collectors.joining(", ", " (", ")"))
        + " to stdout (format binary)";
  }

  /**
   * Whether a table can be copied as it is, and should: COPY refuses views, partitioned tables and
   * generated columns, and leaves out tables that inherit; and where a column may be NULL, the
   * server may have many rows that nobody wants. A NOT NULL that was never validated says too much,
   * so NULLs have to be expected all the same.
   */
  static final String CAN_BE_COPIED =
      "select c.relkind = 'r' and not c.relhassubclass and not exists (select from"
          + " pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = any (?)"
          + " and (not a.attnotnull or a.attgenerated <> ''))"
          + " from pg_catalog.pg_class c where c.oid = ?::regclass";

  /**
   * The key's columns, as text, of the child rows on some pages of the table: a TID range scan,
   * which reads those pages only.
   */
  String audit(long fromBlock, long toBlock) {
    return children(
        true, "", "t.ctid >= '(" + fromBlock + ",0)' and t.ctid < '(" + toBlock + ",0)' and ");
  }

  /** As {@link #children}, of about that part of the table's pages. */
  String sample(boolean asText, double percent, int limit) {
    // Written out: a number in the JVM's own form would not do.
    String part = " tablesample system (" + new BigDecimal(percent).toPlainString() + ")";
    return children(asText, part, "") + " limit " + limit;
  }

  private String children(boolean asText, String part, String condition) {
    return keys(
        rule.rule().child(),
        rule.shape().pairs().stream().map(KeyShape.Pair::child).toList(),
        asText,
        part,
        condition,
        rule.rule().match() == Match.SIMPLE ? " and " : " or ");
  }

  /** The key's columns of every row that can be a parent, as {@link #children}. */
  String parents(boolean asText) {
    return keys(
        rule.rule().parent(),
        rule.shape().pairs().stream().map(KeyShape.Pair::parent).toList(),
        asText,
        "",
        "",
        " and ");
  }

  private static String keys(
      TableKey key,
      List<ColumnType> types,
      boolean asText,
      String part,
      String condition,
      String joined) {
    List<String> columns = key.columns().stream().map(column -> "t." + Sql.quoted(column)).toList();
    return IntStream.range(0, columns.size())
            .mapToObj(
                column ->
                    asText ? Sql.text(columns.get(column), types.get(column)) : columns.get(column))
            .collect(Collectors.joining(", ", "select ", " from "))
        + Sql.quoted(key.table())
        + " t"
        + part
        + " where "
        + condition
        + columns.stream()
            .map(column -> column + " is not null")
            .collect(Collectors.joining(joined, "(", ")"));
  }
}
