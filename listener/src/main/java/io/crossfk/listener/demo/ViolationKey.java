package io.crossfk.listener.demo;

import java.util.List;

/**
 * Which key of which rule, in the words that a record, a query and a reader share.
 *
 * @param values the child's columns, as text, in the order of the rule
 */
record ViolationKey(String rule, List<String> columns, List<String> values) {
  ViolationKey {
    columns = List.copyOf(columns);
    values = List.copyOf(values);
  }

  /** {@code orders-user (user_id)=(203)}. */
  @Override
  public String toString() {
    return "%s (%s)=(%s)".formatted(rule, String.join(", ", columns), String.join(", ", values));
  }
}
