package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of rules' lives, in one run and with a crash after each cut. */
@ParameterizedClass(name = "a crash after each cut: {0}")
@ValueSource(booleans = {false, true})
class AlertsTest {
  private static final Instant NOON = Samples.NOON;
  private static final RuleLife WATCHING = new RuleLife.Watching();

  private final boolean crashes;
  private final Journal journal = new Journal(List.of());
  private Function<String, Optional<Rule>> rules = Samples::configured;
  private Alerts alerts = new Alerts(journal, name -> rules.apply(name));
  private int seconds;

  AlertsTest(boolean crashes) {
    this.crashes = crashes;
  }

  @Test
  void aRuleThatGoesBlindFiresAndResolvesWhenItWatchesAgain() {
    assertThat(life(new RuleLife.Baseline())).isEmpty();
    assertThat(life(WATCHING)).isEmpty();

    assertThat(life(blind("slot lost", 3)))
        .containsExactly("fired orders-user|blind@2026-11-22T12:00:03.000001Z#1 slot lost");
    assertThat(life(WATCHING))
        .containsExactly("resolved orders-user|blind@2026-11-22T12:00:03.000001Z#2 slot lost");
    assertThat(life(WATCHING)).isEmpty();
    assertThat(journal.entriesOf(JournalEntry.Alert.class)).isEmpty();
  }

  @Test
  void whatWasToldIsNotToldAgain() {
    life(blind("slot lost", 1));

    assertThat(life(blind("slot lost", 1))).as("only the audit went on").isEmpty();
    assertThat(life(blind("slot lost", 9))).as("it was lost once more").isEmpty();
  }

  @Test
  void anotherReasonIsNewsOfTheSameIncident() {
    life(blind("slot lost", 1));

    assertThat(life(blind("table gone", 2)))
        .containsExactly("updated orders-user|blind@2026-11-22T12:00:01.000001Z#2 table gone");
    assertThat(life(blind("slot lost", 3)))
        .containsExactly("updated orders-user|blind@2026-11-22T12:00:01.000001Z#3 slot lost");
    assertThat(life(WATCHING))
        .containsExactly("resolved orders-user|blind@2026-11-22T12:00:01.000001Z#4 slot lost");
  }

  @Test
  void aRuleIsEitherBlindOrOverflows() {
    life(new RuleLife.Overflow(NOON));

    assertThat(life(new RuleLife.Overflow(NOON.plusSeconds(60)))).isEmpty();
    assertThat(life(blind("users is down", 70)))
        .containsExactly(
            "fired orders-user|blind@2026-11-22T12:01:10.000001Z#1 users is down",
            "resolved orders-user|overflow@2026-11-22T12:00:00.000001Z#2");
    assertThat(life(new RuleLife.Overflow(NOON.plusSeconds(80))))
        .containsExactly(
            "resolved orders-user|blind@2026-11-22T12:01:10.000001Z#2 users is down",
            "fired orders-user|overflow@2026-11-22T12:01:20.000001Z#1");
  }

  @Test
  void eachRuleHasItsOwn() {
    life(blind("slot lost", 1));

    assertThat(life(Samples.CARDS_USER, blind("slot lost", 1)))
        .containsExactly("fired cards-user|blind@2026-11-22T12:00:01.000001Z#1 slot lost");
    assertThat(life(Samples.CARDS_USER, WATCHING)).hasSize(1);
    assertThat(journal.entriesOf(JournalEntry.Alert.class)).hasSize(1);
  }

  @Test
  void aRuleThatIsRetiredTakesItsAlertAlong() {
    life(blind("slot lost", 1));
    life(blind("table gone", 2));

    JournalChange retired =
        Retirement.ofRules(
            journal, Map.of("orders-user", Resolution.RULE_REMOVED), NOON.plusSeconds(60));
    assertThat(tell(retired))
        .containsExactly("resolved orders-user|blind@2026-11-22T12:00:01.000001Z#3 table gone");
    assertThat(((AlertEvent) retired.events().getFirst()).alert().summary())
        .isEqualTo("orders-user: resolved: the rule was removed, it is not checked any more");

    retired.deleted().forEach(alerts::forget);
    assertThat(life(new RuleLife.Baseline())).isEmpty();
    assertThat(life(blind("slot lost", 90))).hasSize(1).first().asString().startsWith("fired");
  }

  @Test
  void aLifeThatAnOlderVersionWroteIsToldAtTheNextStart() {
    write(Samples.cut(1).life(Samples.ORDERS_USER, blind("slot lost", 1)).build());
    journal.apply(new JournalChange(List.of(), List.of(), List.of("alert|orders-user|blind")));
    alerts = new Alerts(journal, Samples::configured);

    assertThat(tell(alerts.catchUp(journal.rules(), NOON)))
        .containsExactly("fired orders-user|blind@2026-11-22T12:00:01.000001Z#1 slot lost");
    assertThat(tell(alerts.catchUp(journal.rules(), NOON))).isEmpty();
  }

  @Test
  void whoeverOwnsTheRuleNowIsTold() {
    life(blind("slot lost", 1));
    Rule bare = Samples.ORDERS_USER.rule();
    Rule owned = Rule.of(bare.name(), bare.child(), bare.parent());
    rules = name -> Optional.of(owned);

    JournalChange change = alerts.catchUp(journal.rules(), NOON.plusSeconds(60));

    assertThat(tell(change))
        .containsExactly("updated orders-user|blind@2026-11-22T12:00:01.000001Z#2 slot lost");
    assertThat(((AlertEvent) change.events().getFirst()).alert().owner()).isEmpty();
  }

  @Test
  void anyReaderOfCloudEventsUnderstandsARecord() {
    ProducerRecord<byte[], byte[]> written =
        write(Samples.cut(1).life(Samples.ORDERS_USER, blind("slot lost", 0)).build())
            .getFirst()
            .toRecord(FeedSettings.of("shop", Map.of()));

    CloudEvent read =
        KafkaMessageFactory.createReader(written.headers(), written.value()).toEvent();

    assertThat(written.topic()).isEqualTo("crossfk.alerts");
    assertThat(new String(written.key(), StandardCharsets.UTF_8)).isEqualTo("orders-user|blind");
    assertThat(read.getId()).isEqualTo("orders-user|blind@2026-11-22T12:00:00.000001Z#1");
    assertThat(read.getSource()).isEqualTo(URI.create("/crossfk/shop"));
    assertThat(read.getType()).isEqualTo("io.crossfk.alert.fired");
    assertThat(read.getSubject()).isEqualTo("orders-user|blind");
    assertThat(read.getTime()).isEqualTo(OffsetDateTime.parse("2026-11-22T12:00:00.000001Z"));
    PublishedSchema.ALERT.assertDescribes(
        new String(Objects.requireNonNull(read.getData()).toBytes(), StandardCharsets.UTF_8));
  }

  private static RuleLife blind(String reason, int second) {
    return new RuleLife.Blind(reason, NOON.plusSeconds(second));
  }

  private List<String> life(RuleLife life) {
    return life(Samples.ORDERS_USER, life);
  }

  private List<String> life(BoundRule rule, RuleLife life) {
    return write(Samples.cut(1).life(rule, life).build()).stream().map(AlertsTest::text).toList();
  }

  private List<Event> write(io.crossfk.rules.judge.Cut cut) {
    JournalChange change =
        CutRecords.of(
            cut,
            Samples::shape,
            new EarlierLives(journal),
            alerts,
            NOON.plusSeconds(1000 + seconds++));
    tell(change);
    return change.events();
  }

  /** Makes the change durable, as JSON; then the process may die. */
  private List<String> tell(JournalChange change) {
    List<JournalEntry> read = new ArrayList<>();
    change.written().forEach(entry -> read.add(JournalEntry.read(entry.key(), entry.toJson())));
    assertThat(read).isEqualTo(change.written());
    journal.apply(new JournalChange(List.of(), read, change.deleted()));
    if (crashes) {
      alerts = new Alerts(journal, name -> rules.apply(name));
    }
    return change.events().stream().map(AlertsTest::text).toList();
  }

  private static String text(Event event) {
    AlertEvent alert = (AlertEvent) event;
    PublishedSchema.ALERT.assertDescribes(
        new String(alert.alert().toJson(), StandardCharsets.UTF_8));
    return (alert.word().replace("io.crossfk.alert.", "")
            + " "
            + alert.eventId()
            + " "
            + alert.alert().reason().orElse(""))
        .strip();
  }
}
