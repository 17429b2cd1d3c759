package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Cause;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Evidence;
import io.crossfk.rules.judge.Orphans;
import io.crossfk.rules.judge.RaisedBy;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RowIdentity;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.judge.Suspicion;
import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Existing;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.Severity;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rules, violations and cuts that the tests of the feed talk of. */
final class Samples {
  static final String USERS_JUDGE = "users:public.users";

  static final Instant NOON = Instant.parse("2026-11-22T12:00:00.000001Z");

  static final BoundRule ORDERS_USER =
      bound(
          new Rule(
              "orders-user",
              key("orders", "orders", "user_id"),
              key("users", "users", "id"),
              Match.SIMPLE,
              Duration.ofSeconds(10),
              Severity.CRITICAL,
              Optional.of("team-orders"),
              Optional.of("https://runbooks.example.com/orders-user"),
              Optional.empty(),
              true,
              10_000,
              Existing.REPORT,
              Optional.empty()),
          ColumnType.Kind.INT4,
          ColumnType.Kind.INT8);

  static final BoundRule CARDS_USER =
      bound(
          Rule.of("cards-user", key("cards", "cards", "owner"), key("users", "users", "id")),
          ColumnType.Kind.INT8,
          ColumnType.Kind.INT8);

  /** MATCH FULL over two columns, one of them numeric. */
  static final BoundRule SHIPMENTS_LINE =
      bound(
          Rule.of(
                  "shipments-line",
                  key("shipping", "shipments", "order_no", "line_no"),
                  key("orders", "order_lines", "order_no", "line_no"))
              .withMatch(Match.FULL),
          ColumnType.Kind.TEXT,
          ColumnType.Kind.TEXT,
          ColumnType.Kind.NUMERIC,
          ColumnType.Kind.NUMERIC);

  private static final Map<String, BoundRule> RULES =
      Map.of(
          "orders-user", ORDERS_USER, "cards-user", CARDS_USER, "shipments-line", SHIPMENTS_LINE);

  private Samples() {}

  static Optional<BoundRule> rule(String name) {
    return Optional.ofNullable(RULES.get(name));
  }

  static Optional<Rule> configured(String name) {
    return rule(name).map(BoundRule::rule);
  }

  static KeyShape shape(String rule) {
    return rule(rule).orElseThrow().shape();
  }

  static TableKey key(String database, String table, String... columns) {
    return new TableKey(new TableReference(database, "public", table), List.of(columns));
  }

  /** A rule of the users' judge; kinds alternate child, parent. */
  static BoundRule bound(Rule rule, ColumnType.Kind... kinds) {
    List<KeyShape.Pair> pairs =
        java.util.stream.IntStream.range(0, kinds.length / 2)
            .mapToObj(
                i ->
                    new KeyShape.Pair(ColumnType.of(kinds[2 * i]), ColumnType.of(kinds[2 * i + 1])))
            .toList();
    return new BoundRule(
        rule,
        KeyShape.of(pairs),
        new TableDescription(rule.child().table(), Map.of(), List.of("id")),
        new TableDescription(rule.parent().table(), Map.of(), List.of("id")));
  }

  static Violation opened(BoundRule rule, Key key) {
    return new Violation(
        rule.rule(),
        key,
        Cause.CHILD_INSERT,
        new Orphans(
            3,
            false,
            List.of(
                new RowIdentity(List.of("id"), List.of("1001")),
                new RowIdentity(List.of("id"), List.of("1002")))),
        Optional.of(NOON.minusSeconds(10)),
        NOON,
        NOON,
        Optional.empty(),
        new Evidence(
            Position.parse("0/16B3748"),
            Position.parse("1/AB"),
            Optional.of(TransactionId.of(4294967295L)),
            "730:732:730",
            Optional.of("900:900:"),
            "730:733:730"),
        Position.parse("1/AB"),
        1);
  }

  static Violation resolved(Violation open, Resolution resolution, Instant at) {
    return new Violation(
        open.rule(),
        open.key(),
        open.cause(),
        open.orphans(),
        open.brokenAt(),
        open.openedAt(),
        at,
        Optional.of(new Violation.Ended(resolution, at)),
        open.evidence(),
        open.openedAtParent(),
        open.transition() + 1);
  }

  /** 7 and NULL: half a key, which MATCH FULL forbids. */
  static Violation halfNull() {
    Violation whole = opened(SHIPMENTS_LINE, Key.of(new KeyValue.Text("A-7"), null));
    return new Violation(
        whole.rule(),
        whole.key(),
        Cause.EXISTING,
        new Orphans(1000, true, List.of()),
        Optional.empty(),
        whole.openedAt(),
        whole.updatedAt(),
        Optional.empty(),
        new Evidence(
            Position.ZERO, Position.ZERO, Optional.empty(), "7:7:", Optional.empty(), "7:7:"),
        Position.ZERO,
        1);
  }

  static Suspicion suspicion(BoundRule rule, Key key) {
    return new Suspicion(
        rule.rule().name(),
        key,
        false,
        Cause.CHILD_UPDATE,
        Optional.of(NOON.minusNanos(1)),
        Optional.of(TransactionId.of(728)),
        RaisedBy.LOG);
  }

  /** A cut of the users' judge, to be filled in. */
  static CutBuilder cut(long number) {
    return new CutBuilder(number);
  }

  /** Grows a cut. */
  static final class CutBuilder {
    private final long number;
    private Map<String, Position> positions = Map.of();
    private List<Transition> transitions = List.of();
    private List<Suspicion> noted = List.of();
    private List<Cut.Dropped> dropped = List.of();
    private Map<String, Cut.RememberedRule> lives = Map.of();

    private CutBuilder(long number) {
      this.number = number;
    }

    CutBuilder at(String users, String orders) {
      positions = Map.of("users", Position.parse(users), "orders", Position.parse(orders));
      return this;
    }

    CutBuilder transitions(Transition... steps) {
      transitions = List.of(steps);
      return this;
    }

    CutBuilder noted(Suspicion... suspicions) {
      noted = List.of(suspicions);
      return this;
    }

    CutBuilder dropped(Suspicion... suspicions) {
      dropped =
          java.util.Arrays.stream(suspicions)
              .map(each -> new Cut.Dropped(each.ruleName(), each.key(), each.referrers()))
              .toList();
      return this;
    }

    CutBuilder life(BoundRule rule, RuleLife life) {
      lives =
          Map.of(
              rule.rule().name(), new Cut.RememberedRule(rule.rule().fingerprint(), life, false));
      return this;
    }

    Cut build() {
      return new Cut(USERS_JUDGE, number, positions, transitions, noted, dropped, lives);
    }
  }
}
