package io.crossfk.rules.judge;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.AuditSchedule;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Existing;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rules for tests: {@code orders} in one database, {@code users} in the other. */
final class TestRules {
  static final TableReference USERS = new TableReference("users", "public", "users");
  static final TableReference ORDERS = new TableReference("orders", "public", "orders");
  static final TableKey PARENT = new TableKey(USERS, List.of("id"));

  private static final ColumnType BIGINT = ColumnType.of(Kind.INT8);
  private static final ColumnType CITEXT = new ColumnType(Kind.CITEXT, "citext", false);

  private TestRules() {}

  /** orders.user_id → users.id, both bigint. */
  static BoundRule plain(Duration grace) {
    return bind(
        Rule.of("orders-user", new TableKey(ORDERS, List.of("user_id")), PARENT).withGrace(grace),
        BIGINT);
  }

  /** A second rule with the same parent. */
  static BoundRule invoices(Duration grace) {
    TableReference invoices = new TableReference("orders", "public", "invoices");
    return bind(
        Rule.of("invoices-user", new TableKey(invoices, List.of("user_id")), PARENT)
            .withGrace(grace),
        BIGINT);
  }

  /** Keys without a canonical form: only the parent's database can compare them. */
  static BoundRule citext(Duration grace) {
    return bind(
        Rule.of("orders-user", new TableKey(ORDERS, List.of("user_name")), PARENT).withGrace(grace),
        CITEXT);
  }

  /** Two columns, MATCH FULL. */
  static BoundRule full(Duration grace) {
    Rule rule =
        Rule.of(
                "orders-user",
                new TableKey(ORDERS, List.of("country", "number")),
                new TableKey(USERS, List.of("country", "number")))
            .withMatch(Match.FULL)
            .withGrace(grace);
    return bind(rule, BIGINT);
  }

  static BoundRule withMaxOpen(BoundRule bound, int maxOpen) {
    return new BoundRule(
        bound.rule().withMaxOpen(maxOpen), bound.shape(), bound.child(), bound.parent());
  }

  static BoundRule ignoring(BoundRule bound) {
    return new BoundRule(
        bound.rule().withExisting(Existing.IGNORE), bound.shape(), bound.child(), bound.parent());
  }

  static BoundRule audited(BoundRule bound, AuditSchedule schedule) {
    return new BoundRule(
        bound.rule().withAudit(Optional.of(schedule)),
        bound.shape(),
        bound.child(),
        bound.parent());
  }

  private static BoundRule bind(Rule rule, ColumnType type) {
    List<KeyShape.Pair> pairs =
        rule.child().columns().stream().map(column -> new KeyShape.Pair(type, type)).toList();
    return new BoundRule(
        rule,
        KeyShape.of(pairs),
        new TableDescription(rule.child().table(), Map.of(), List.of("id")),
        new TableDescription(rule.parent().table(), Map.of(), List.of("id")));
  }
}
