package io.crossfk.listener.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.change.Row;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final TableReference USERS = new TableReference("users", "public", "users");
  private static final TableReference ORDERS = new TableReference("orders", "public", "orders");
  private static final TableKey USER_ID = new TableKey(USERS, List.of("id"));
  private static final BoundRule ORDERS_USER =
      bound(Rule.of("orders-user", new TableKey(ORDERS, List.of("user_id")), USER_ID));
  private static final Rule RULE = ORDERS_USER.rule();

  private static final Table USERS_TABLE = table(USERS, "id", "email");
  private static final Table ORDERS_TABLE = table(ORDERS, "id", "user_id");

  private final List<Event> events = new ArrayList<>();

  private static BoundRule bound(Rule rule) {
    List<KeyShape.Pair> pairs =
        rule.child().columns().stream()
            .map(column -> new KeyShape.Pair(ColumnType.of(Kind.INT8), ColumnType.of(Kind.INT8)))
            .toList();
    return new BoundRule(
        rule,
        KeyShape.of(pairs),
        new TableDescription(rule.child().table(), Map.of(), List.of("id")),
        new TableDescription(rule.parent().table(), Map.of(), List.of("id")));
  }

  private static Table table(TableReference reference, String... columns) {
    List<Table.Column> described = new ArrayList<>();
    for (String column : columns) {
      described.add(new Table.Column(column, 20, column.equals("id")));
    }
    return new Table(reference, described);
  }

  private static Row row(@Nullable String... values) {
    return new Row(values);
  }

  @Test
  void anInsertedChildAsksForItsKey() {
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER)).insert(row("1", "42"), events::add);
    assertThat(events).containsExactly(new Event.ChildWritten(RULE, Key.of(42), true));
  }

  @Test
  void anInsertedParentArrives() {
    new Routes(USERS_TABLE, List.of(ORDERS_USER)).insert(row("42", null), events::add);
    assertThat(events).containsExactly(new Event.ParentArrived(USER_ID, Key.of(42)));
  }

  @Test
  void aChildWithoutAKeyIsNotChecked() {
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER)).insert(row("1", null), events::add);
    assertThat(events).isEmpty();
  }

  @Test
  void anUpdateUnderTheDefaultIdentityIsJudgedAndMayHaveLeftAnyKey() {
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER)).update(null, false, row("1", "7"), events::add);
    assertThat(events)
        .containsExactly(
            new Event.ChildWritten(RULE, Key.of(7), false),
            new Event.ChildLeft(RULE, Optional.empty()));
  }

  @Test
  void anUpdateWithAWholeOldRowLeavesExactlyThatKey() {
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER))
        .update(row("1", "6"), true, row("1", "7"), events::add);
    assertThat(events)
        .containsExactly(
            new Event.ChildWritten(RULE, Key.of(7), false),
            new Event.ChildLeft(RULE, Optional.of(Key.of(6))));
  }

  @Test
  void anUpdateThatKeepsTheKeyLeavesNone() {
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER))
        .update(row("1", "7"), true, row("1", "7"), events::add);
    assertThat(events).containsExactly(new Event.ChildWritten(RULE, Key.of(7), false));
  }

  @Test
  void anUnchangedToastedKeyIsNeitherNullNorAReasonToAsk() {
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER))
        .update(null, false, row("1", Row.unchanged()), events::add);
    assertThat(events).containsExactly(new Event.ChildLeft(RULE, Optional.empty()));
  }

  @Test
  void aKeyOfWhichOnlyAPartIsInTheLogIsReadFromTheTable() {
    Rule composite =
        Rule.of(
            "lines",
            new TableKey(ORDERS, List.of("a", "b")),
            new TableKey(USERS, List.of("x", "y")));
    new Routes(table(ORDERS, "id", "a", "b"), List.of(bound(composite)))
        .update(null, false, row("1", "5", Row.unchanged()), events::add);
    assertThat(events)
        .containsExactly(
            new Event.ChildKeyUnknown(composite), new Event.ChildLeft(composite, Optional.empty()));
  }

  @Test
  void aParentWhoseKeyIsUpdatedIsRemovedAndArrives() {
    new Routes(USERS_TABLE, List.of(ORDERS_USER))
        .update(row("1", null), false, row("2", "a@b"), events::add);
    assertThat(events)
        .containsExactly(
            new Event.ParentRemoved(USER_ID, Key.of(1), true),
            new Event.ParentArrived(USER_ID, Key.of(2)));
  }

  @Test
  void aParentWhoseOtherColumnsAreUpdatedSaysNothing() {
    Routes routes = new Routes(USERS_TABLE, List.of(ORDERS_USER));
    routes.update(null, false, row("1", "a@b"), events::add);
    routes.update(row("1", "a@b"), true, row("1", "c@d"), events::add);
    assertThat(events).isEmpty();
  }

  @Test
  void aDeletedParentIsRemovedAndADeletedChildLeaves() {
    new Routes(USERS_TABLE, List.of(ORDERS_USER)).delete(row("1", null), false, events::add);
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER)).delete(row("1", null), false, events::add);
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER)).delete(row("1", "9"), true, events::add);
    assertThat(events)
        .containsExactly(
            new Event.ParentRemoved(USER_ID, Key.of(1), false),
            new Event.ChildLeft(RULE, Optional.empty()),
            new Event.ChildLeft(RULE, Optional.of(Key.of(9))));
  }

  @Test
  void aTruncateIsToldOnEitherSide() {
    new Routes(USERS_TABLE, List.of(ORDERS_USER)).truncate(USERS_TABLE, events::add);
    new Routes(ORDERS_TABLE, List.of(ORDERS_USER)).truncate(ORDERS_TABLE, events::add);
    assertThat(events)
        .containsExactly(new Event.ParentTruncated(USERS), new Event.ChildTruncated(RULE));
  }

  @Test
  void aRowThatRefersToItsOwnTableArrivesBeforeItRefers() {
    Rule self =
        Rule.of(
            "boss", new TableKey(USERS, List.of("boss_id")), new TableKey(USERS, List.of("id")));
    new Routes(table(USERS, "id", "boss_id"), List.of(bound(self)))
        .insert(row("1", "1"), events::add);
    assertThat(events)
        .containsExactly(
            new Event.ParentArrived(self.parent(), Key.of(1)),
            new Event.ChildWritten(self, Key.of(1), true));
  }

  @Test
  void columnsArePairedByTheRulesPositionsAndFoundByName() {
    Rule swapped =
        Rule.of(
            "swapped",
            new TableKey(ORDERS, List.of("b", "a")),
            new TableKey(USERS, List.of("x", "y")));
    new Routes(table(ORDERS, "a", "c", "b"), List.of(bound(swapped)))
        .insert(row("1", "2", "3"), events::add);
    assertThat(events)
        .containsExactly(
            new Event.ChildWritten(
                swapped, Key.of(new KeyValue.Whole(3), new KeyValue.Whole(1)), true));
  }

  @Test
  void underMatchFullAPartlyNullKeyIsCheckedAndAnAllNullOneIsNot() {
    Rule full =
        Rule.of(
                "full",
                new TableKey(ORDERS, List.of("a", "b")),
                new TableKey(USERS, List.of("x", "y")))
            .withMatch(Match.FULL);
    Routes routes = new Routes(table(ORDERS, "a", "b"), List.of(bound(full)));
    routes.insert(row(null, null), events::add);
    routes.insert(row("1", null), events::add);
    assertThat(events)
        .containsExactly(new Event.ChildWritten(full, Key.of(new KeyValue.Whole(1), null), true));
  }

  @Test
  void twoRulesWithOneParentKeyHearOfItOnce() {
    BoundRule second = bound(Rule.of("second", new TableKey(ORDERS, List.of("payer_id")), USER_ID));
    new Routes(USERS_TABLE, List.of(ORDERS_USER, second)).insert(row("1", null), events::add);
    assertThat(events).hasSize(1);
  }
}
