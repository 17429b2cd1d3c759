package io.crossfk.listener.catalog;

import io.crossfk.rules.model.TableKey;

/**
 * One side of a rule in its database.
 *
 * @param rule the rule's name
 * @param role {@code child} or {@code parent}
 */
record Side(String rule, String role, TableKey key, DatabaseFacts database) {

  /** {@code child table orders:public.orders}. */
  String place() {
    return role + " table " + key.table();
  }

  /** The table as SQL names it. */
  String sqlName() {
    return name(key.table().schema()) + "." + name(key.table().table());
  }

  String name(String name) {
    return database.server().name(name);
  }

  /** The rule's columns as SQL names them. */
  String sqlColumns() {
    return String.join(", ", key.columns().stream().map(this::name).toList());
  }
}
