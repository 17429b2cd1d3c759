package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.judge.Suspicion;
import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journal as a sum of cuts, without a broker: every entry goes through its JSON. */
class JournalTest {
  private final Journal journal = new Journal(List.of());
  private final EarlierLives earlierLives = new EarlierLives(journal);
  private final Alerts alerts = new Alerts(journal, Samples::configured);

  @Test
  void aJudgeGetsBackWhatItsCutsSaid() {
    Suspicion orders = Samples.suspicion(Samples.ORDERS_USER, Key.of(7));
    Suspicion cards = Samples.suspicion(Samples.CARDS_USER, Key.of(Long.MAX_VALUE));
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));

    write(
        Samples.cut(1)
            .at("0/1", "0/2")
            .noted(orders, cards)
            .life(Samples.ORDERS_USER, new RuleLife.Baseline())
            .build());
    write(
        Samples.cut(2)
            .at("0/3", "0/2")
            .transitions(new Transition.Opened(open))
            .dropped(orders)
            .life(Samples.ORDERS_USER, new RuleLife.Blind("slot lost", Samples.NOON))
            .build());

    assertThat(memory())
        .isEqualTo(
            new Memory(
                Map.of("users", Position.parse("0/3"), "orders", Position.parse("0/2")),
                List.of(cards),
                List.of(open),
                Map.of(
                    "orders-user",
                    new Cut.RememberedRule(
                        Samples.ORDERS_USER.rule().fingerprint(),
                        new RuleLife.Blind("slot lost", Samples.NOON),
                        false))));
    assertThat(journal.memory("other:public.judge", Set.of(), Samples::rule))
        .isEqualTo(Memory.EMPTY);
  }

  @Test
  void aSuspicionThatStandsForReferrersIsAnother() {
    Suspicion asked = Samples.suspicion(Samples.ORDERS_USER, Key.of(7));
    Suspicion referrers =
        new Suspicion(
            asked.ruleName(), asked.key(), true, asked.cause(), Optional.empty(), Optional.empty());

    write(Samples.cut(1).noted(asked, referrers).build());
    assertThat(memory().suspicions()).containsExactlyInAnyOrder(asked, referrers);

    write(Samples.cut(2).dropped(asked).build());
    assertThat(memory().suspicions()).containsExactly(referrers);
  }

  @Test
  void aKeyDroppedAndNotedInOneCutIsASuspicion() {
    Suspicion again = Samples.suspicion(Samples.ORDERS_USER, Key.of(7));

    write(Samples.cut(1).noted(again).dropped(again).build());

    assertThat(memory().suspicions()).containsExactly(again);
  }

  @Test
  void aResolvedViolationIsRememberedUntilItsTombstone() {
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    Violation resolved = Samples.resolved(open, Resolution.NO_ORPHANS, Samples.NOON);

    write(Samples.cut(1).transitions(new Transition.Opened(open)).build());
    List<Event> events =
        write(Samples.cut(2).transitions(new Transition.Resolved(resolved)).build());
    assertThat(memory().violations()).containsExactly(resolved);
    assertThat(events).extracting(Event::eventId).containsExactly("orders-user|[42]@1/AB#2");

    events = write(Samples.cut(3).transitions(new Transition.Forgotten(resolved)).build());
    assertThat(memory().violations()).isEmpty();
    assertThat(events)
        .extracting(Event::eventId)
        .containsExactly("orders-user|[42]@1/AB#2-forgotten");
  }

  @Test
  void everyTransitionOfACutIsPublishedAndTheLastIsRemembered() {
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    Violation resolved = Samples.resolved(open, Resolution.PARENT_ARRIVED, Samples.NOON);

    List<Event> events =
        write(
            Samples.cut(1)
                .transitions(new Transition.Opened(open), new Transition.Resolved(resolved))
                .build());

    assertThat(events)
        .extracting(Event::word)
        .containsExactly("io.crossfk.violation.opened", "io.crossfk.violation.resolved");
    assertThat(memory().violations()).containsExactly(resolved);
  }

  @Test
  void aRuleThatIsRememberedAndNotBoundIsNeverLeftOutSilently() {
    write(Samples.cut(1).noted(Samples.suspicion(Samples.ORDERS_USER, Key.of(7))).build());

    assertThatThrownBy(
            () -> journal.memory(Samples.USERS_JUDGE, Set.of(), name -> Optional.empty()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rule orders-user is in the journal, not bound and not retired");
  }

  @Test
  void whatIsKnownOfARuleThatWaitsStaysInTheJournal() {
    Suspicion waiting = Samples.suspicion(Samples.ORDERS_USER, Key.of(7));
    Suspicion judged = Samples.suspicion(Samples.CARDS_USER, Key.of(7));
    write(Samples.cut(1).noted(waiting, judged).build());

    assertThat(
            journal
                .memory(
                    Samples.USERS_JUDGE,
                    Set.of("orders-user"),
                    name -> name.equals("orders-user") ? Optional.empty() : Samples.rule(name))
                .suspicions())
        .containsExactly(judged);
    assertThat(memory().suspicions()).containsExactlyInAnyOrder(waiting, judged);
  }

  @Test
  void aColumnOfAnotherTypeDoesNotFitWhatIsRemembered() {
    write(Samples.cut(1).noted(Samples.suspicion(Samples.ORDERS_USER, Key.of(7))).build());
    BoundRule asText =
        Samples.bound(Samples.ORDERS_USER.rule(), ColumnType.Kind.TEXT, ColumnType.Kind.TEXT);

    assertThat(journal.fits(Samples.ORDERS_USER)).isTrue();
    assertThat(journal.fits(asText)).isFalse();
    assertThatThrownBy(
            () -> journal.memory(Samples.USERS_JUDGE, Set.of(), name -> Optional.of(asText)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("retire the rule")
        .hasMessageNotContaining("7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"v\":0}", "{\"v\":2}", "[1]"})
  void anotherVersionIsRefusedRatherThanGuessed(String value) {
    assertThatThrownBy(() -> JournalEntry.read("rule|x", value.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("run the version that wrote it, or a newer one");
  }

  @Test
  void databasesAndTheirServersAreKept() {
    SourceIdentity identity =
        new SourceIdentity("7312345678901234567", 2, Optional.of("2026-11-22 01:02:03.4+00"));

    apply(
        new JournalChange(
            List.of(), List.of(new JournalEntry.Database("users", identity)), List.of()));

    assertThat(journal.identity("users")).contains(identity);
    assertThat(journal.identity("orders")).isEmpty();
  }

  @Test
  void aRetiredRulesViolationsAreResolvedAndItsSuspicionsGo() {
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    Violation ended =
        Samples.resolved(
            Samples.opened(Samples.ORDERS_USER, Key.of(43)), Resolution.NO_ORPHANS, Samples.NOON);
    Suspicion kept = Samples.suspicion(Samples.CARDS_USER, Key.of(7));
    write(
        Samples.cut(1)
            .at("0/1", "0/2")
            .transitions(new Transition.Opened(open), new Transition.Resolved(ended))
            .noted(kept, Samples.suspicion(Samples.ORDERS_USER, Key.of(7)))
            .life(Samples.ORDERS_USER, new RuleLife.Watching())
            .build());
    Instant now = Samples.NOON.plusSeconds(3600);

    JournalChange change =
        Retirement.ofRules(journal, Map.of("orders-user", Resolution.RULE_CHANGED), now);
    apply(change);

    assertThat(change.events())
        .extracting(Event::eventId)
        .containsExactly("orders-user|[42]@1/AB#2");
    ViolationDocument told = ((ViolationEvent) change.events().getFirst()).value().orElseThrow();
    assertThat(told.ended()).contains(new Violation.Ended(Resolution.RULE_CHANGED, now));
    assertThat(told.updatedAt()).isEqualTo(now);
    assertThat(told.openedAt()).isEqualTo(open.openedAt());
    assertThat(memory())
        .isEqualTo(
            new Memory(journal.positions(Samples.USERS_JUDGE), List.of(kept), List.of(), Map.of()));
    assertThat(journal.entriesOf(JournalEntry.Retired.class))
        .containsExactlyInAnyOrder(
            new JournalEntry.Retired(
                "orders-user|[42]", open.openedAtParent(), 2, now.plus(Retirement.REMEMBERED)),
            new JournalEntry.Retired(
                "orders-user|[43]",
                ended.openedAtParent(),
                2,
                Samples.NOON.plus(Retirement.REMEMBERED)));
  }

  @Test
  void rulesThatAreGoneOrNotTheSameAnyMoreAreOutdated() {
    for (BoundRule rule : List.of(Samples.ORDERS_USER, Samples.CARDS_USER)) {
      write(Samples.cut(1).life(rule, new RuleLife.Watching()).build());
    }
    Rule orders = Samples.ORDERS_USER.rule();
    Rule cards = Samples.CARDS_USER.rule();

    assertThat(journal.outdated(List.of(orders, cards))).isEmpty();
    assertThat(
            journal.outdated(
                List.of(orders.withMaxOpen(5), cards.withGrace(java.time.Duration.ZERO))))
        .as("grace and limits may change freely")
        .isEmpty();
    assertThat(journal.outdated(List.of(cards)))
        .isEqualTo(Map.of("orders-user", Resolution.RULE_REMOVED));
    assertThat(
            journal.outdated(List.of(orders.withMatch(io.crossfk.rules.model.Match.FULL), cards)))
        .isEqualTo(Map.of("orders-user", Resolution.RULE_CHANGED));
  }

  @Test
  void positionsThatNobodyMovesAnyMoreAreDropped() {
    write(
        Samples.cut(1).at("0/1", "0/2").life(Samples.ORDERS_USER, new RuleLife.Watching()).build());
    SourceIdentity identity = new SourceIdentity("1", 1, Optional.empty());
    apply(
        new JournalChange(
            List.of(),
            List.of(
                new JournalEntry.Database("users", identity),
                new JournalEntry.Database("orders", identity)),
            List.of()));

    apply(Retirement.ofAllBut(journal, List.of(Samples.CARDS_USER.rule()), Samples.NOON));
    assertThat(journal.positions(Samples.USERS_JUDGE))
        .as("cards-user reads users, and nobody reads orders")
        .isEqualTo(Map.of("users", Position.parse("0/1")));
    assertThat(journal.identity("orders")).isEmpty();
    assertThat(journal.identity("users")).isPresent();

    apply(Retirement.ofAllBut(journal, List.of(), Samples.NOON));
    assertThat(journal.judges()).isEmpty();
    assertThat(journal.entries()).isEmpty();
  }

  @Test
  void positionsThatAStreamLeavesBehindAreDropped() {
    write(Samples.cut(1).at("0/1", "0/2").build());
    TableKey products =
        new TableKey(new TableReference("orders", "public", "products"), List.of("id"));
    TableKey stock =
        new TableKey(new TableReference("orders", "public", "stock"), List.of("product_id"));

    apply(Retirement.ofPositionsLeftBehind(journal, List.of(), Samples.NOON));
    apply(
        Retirement.ofPositionsLeftBehind(
            journal, List.of(Samples.ORDERS_USER.rule()), Samples.NOON));
    assertThat(journal.positions(Samples.USERS_JUDGE)).containsOnlyKeys("users", "orders");

    apply(
        Retirement.ofPositionsLeftBehind(
            journal, List.of(Rule.of("stock-product", stock, products)), Samples.NOON));
    assertThat(journal.positions(Samples.USERS_JUDGE))
        .as("the stream of orders goes on without this judge; that of users does not")
        .isEqualTo(Map.of("users", Position.parse("0/1")));
  }

  @Test
  void aKeyThatBreaksAgainUnderARuleThatCameBackIsANewEventAndCancelsTheTombstone() {
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    write(Samples.cut(1).transitions(new Transition.Opened(open)).build());
    JournalChange retired =
        Retirement.ofRules(journal, Map.of("orders-user", Resolution.RULE_CHANGED), Samples.NOON);
    apply(retired);
    earlierLives.owe(journal.entriesOf(JournalEntry.Retired.class));

    // The parent was idle: the same position, and the judge counts from one.
    List<Event> events = write(Samples.cut(1).transitions(new Transition.Opened(open)).build());

    assertThat(events).extracting(Event::eventId).containsExactly("orders-user|[42]@1/AB#3");
    assertThat(journal.entriesOf(JournalEntry.Retired.class)).isEmpty();
    assertThat(earlierLives.takeDue(Instant.MAX)).isEmpty();
    assertThat(memory().violations()).containsExactly(open);

    EarlierLives afterRestart = new EarlierLives(journal);
    assertThat(afterRestart.eventsOf("orders-user|[42]")).isEqualTo(2);
  }

  @Test
  void aTombstoneIsOwedFromItsHourOnAndGivenOutOnce() {
    JournalEntry.Retired owed = new JournalEntry.Retired("r|[1]", Position.ZERO, 2, Samples.NOON);
    earlierLives.owe(List.of(owed));

    assertThat(earlierLives.takeDue(Samples.NOON.minusNanos(1))).isEmpty();
    assertThat(earlierLives.takeDue(Samples.NOON)).containsExactly(owed);
    assertThat(earlierLives.takeDue(Samples.NOON)).isEmpty();
  }

  private Memory memory() {
    return journal.memory(Samples.USERS_JUDGE, Set.of(), Samples::rule);
  }

  private List<Event> write(Cut cut) {
    JournalChange change = CutRecords.of(cut, Samples::shape, earlierLives, alerts, Samples.NOON);
    List<JournalEntry> written = new ArrayList<>(change.written());
    if (!cut.positions().isEmpty()) {
      written.add(new JournalEntry.Positions(cut.judge(), cut.positions()));
    }
    apply(new JournalChange(change.events(), written, change.deleted()));
    return change.events();
  }

  private void apply(JournalChange change) {
    List<JournalEntry> read =
        change.written().stream()
            .map(entry -> JournalEntry.read(entry.key(), entry.toJson()))
            .toList();
    assertThat(read).isEqualTo(change.written());
    journal.apply(new JournalChange(change.events(), read, change.deleted()));
  }
}
