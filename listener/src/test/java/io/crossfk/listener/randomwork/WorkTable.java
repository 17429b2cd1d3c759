package io.crossfk.listener.randomwork;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The tables of the two services. Each row has a number of its own for life and counts its
 * versions, so that the history of every row can be told from what the clients were answered.
 */
@SuppressWarnings("ImmutableEnumChecker") // all lists are List.of
enum WorkTable {
  USERS("users", KeySpace.NUMBER, List.of("id"), List.of(), "(id bigint primary key, %s)"),
  PRODUCTS(
      "users",
      KeySpace.WORD,
      List.of("code"),
      List.of(),
      "(code text primary key, %s) partition by hash (code)",
      "create table products_0 partition of products for values with (modulus 2, remainder 0)",
      "create table products_1 partition of products for values with (modulus 2, remainder 1)"),
  EMPLOYEES(
      "users",
      KeySpace.NUMBER,
      List.of("id"),
      List.of("boss_id"),
      "(id int primary key, boss_id int, %s)"),
  SHIPMENTS(
      "users",
      KeySpace.LINE,
      List.of(),
      List.of("order_id", "line_no"),
      "(order_id bigint, line_no int, %s, primary key (row_id))"),
  ORDER_LINES(
      "orders",
      KeySpace.LINE,
      List.of("order_id", "line_no"),
      List.of(),
      // The columns in another order than in the rule.
      "(line_no int, order_id bigint, %s, primary key (line_no, order_id))"),
  ORDERS(
      "orders",
      KeySpace.NUMBER,
      List.of(),
      List.of("user_id"),
      "(user_id bigint, region int not null default 0, %s, primary key (row_id, region))"
          + " partition by list (region)",
      "create table orders_0 partition of orders for values in (0)",
      "create table orders_1 partition of orders for values in (1)"),
  PAYMENTS(
      "orders",
      KeySpace.NUMBER,
      List.of(),
      List.of("user_id"),
      "(user_id int, %s, primary key (row_id))"),
  ITEMS(
      "orders",
      KeySpace.WORD,
      List.of(),
      List.of("product_code"),
      "(product_code text, %s, primary key (row_id))"),
  ACCOUNTS("orders", KeySpace.IDENTIFIER, List.of("id"), List.of(), "(id uuid primary key, %s)"),
  INVOICES(
      "orders",
      KeySpace.IDENTIFIER,
      List.of(),
      List.of("account_id"),
      "(account_id uuid, %s, primary key (row_id))");

  private final String database;
  private final KeySpace space;
  private final List<String> own;
  private final List<String> refers;
  private final List<String> definitions;

  WorkTable(
      String database,
      KeySpace space,
      List<String> own,
      List<String> refers,
      String definition,
      String... partitions) {
    this.database = database;
    this.space = space;
    this.own = own;
    this.refers = refers;
    List<String> statements = new ArrayList<>();
    statements.add("create table " + sqlName() + " " + definition.formatted(every()));
    statements.addAll(List.of(partitions));
    if (!refers.isEmpty()) {
      statements.add("create index on " + sqlName() + " (" + String.join(", ", refers) + ")");
    }
    this.definitions = List.copyOf(statements);
  }

  /** An enum's constants are made before its static fields. */
  private static String every() {
    return "row_id bigint not null default nextval('row_ids'),"
        + " version int not null default 1, note text";
  }

  String database() {
    return database;
  }

  KeySpace space() {
    return space;
  }

  /** The columns that others refer to. */
  List<String> own() {
    return own;
  }

  /** The columns that refer to others. */
  List<String> refers() {
    return refers;
  }

  /** The columns whose values make the history: first the own ones. */
  List<String> columns() {
    List<String> columns = new ArrayList<>(own);
    columns.addAll(refers);
    return columns;
  }

  List<String> definitions() {
    return definitions;
  }

  final String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
