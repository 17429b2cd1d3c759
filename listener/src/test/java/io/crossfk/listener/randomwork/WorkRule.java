package io.crossfk.listener.randomwork;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The rules: both directions, a shared parent, inside one database, on several columns. */
enum WorkRule {
  ORDERS_USER(WorkTable.ORDERS, WorkTable.USERS, "simple", 200),
  PAYMENTS_USER(WorkTable.PAYMENTS, WorkTable.USERS, "simple", 100),
  ITEMS_PRODUCT(WorkTable.ITEMS, WorkTable.PRODUCTS, "simple", 250),
  SHIPMENTS_LINE(WorkTable.SHIPMENTS, WorkTable.ORDER_LINES, "full", 200),
  EMPLOYEES_BOSS(WorkTable.EMPLOYEES, WorkTable.EMPLOYEES, "simple", 100),
  INVOICES_ACCOUNT(WorkTable.INVOICES, WorkTable.ACCOUNTS, "simple", 0);

  private final WorkTable child;
  private final WorkTable parent;
  private final String match;
  private final int graceMillis;

  WorkRule(WorkTable child, WorkTable parent, String match, int graceMillis) {
    this.child = child;
    this.parent = parent;
    this.match = match;
    this.graceMillis = graceMillis;
  }

  WorkTable child() {
    return child;
  }

  WorkTable parent() {
    return parent;
  }

  boolean isFull() {
    return match.equals("full");
  }

  String ruleName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private String yaml() {
    return "- { name: %s, child: \"%s\", parent: \"%s\", match: %s, grace: %dms }\n"
        .formatted(
            ruleName(),
            reference(child, child.refers()),
            reference(parent, parent.own()),
            match,
            graceMillis);
  }

  private static String reference(WorkTable table, List<String> columns) {
    return "%s:public.%s(%s)"
        .formatted(table.database(), table.sqlName(), String.join(", ", columns));
  }

  /** The items of a rule file. */
  static String allYaml() {
    return Arrays.stream(values()).map(WorkRule::yaml).collect(Collectors.joining());
  }
}
