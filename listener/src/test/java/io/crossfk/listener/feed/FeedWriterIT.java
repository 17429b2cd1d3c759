package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.judge.Suspicion;
import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import io.crossfk.sandbox.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** I5 on a real broker. */
class FeedWriterIT {
  private static final Logger log = LoggerFactory.getLogger(FeedWriterIT.class);

  private static KafkaBroker kafka;

  @BeforeAll
  static void startBroker() {
    kafka = KafkaBroker.start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @Test
  void theNextWriterReadsBackWhatTheLastOneWrote() throws Exception {
    Broker feed = new Broker(kafka, "readback");
    Suspicion suspicion = Samples.suspicion(Samples.CARDS_USER, Key.of(7));
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    Violation ended =
        Samples.resolved(
            Samples.opened(Samples.ORDERS_USER, Key.of(43)), Resolution.NO_ORPHANS, Samples.NOON);
    SourceIdentity identity = new SourceIdentity("731", 3, Optional.of("2026-11-22 00:00:00+00"));
    Cut cut =
        Samples.cut(1)
            .at("0/16B3748", "1/AB")
            .noted(suspicion)
            .transitions(new Transition.Opened(open), new Transition.Resolved(ended))
            .life(Samples.ORDERS_USER, new RuleLife.Watching())
            .build();

    try (FeedWriter writer = feed.writer()) {
      assertThat(Broker.memory(writer)).isEqualTo(Memory.EMPTY);
      Broker.submitAndWait(writer, cut);
      CompletableFuture<Void> identified = new CompletableFuture<>();
      writer.identify("users", identity, () -> identified.complete(null));
      identified.get(10, TimeUnit.SECONDS);
    }

    try (FeedWriter next = feed.writer()) {
      Memory memory = Broker.memory(next);
      assertThat(memory.positions()).isEqualTo(cut.positions());
      assertThat(memory.suspicions()).containsExactly(suspicion);
      assertThat(memory.violations()).containsExactlyInAnyOrder(open, ended);
      assertThat(memory.rules()).isEqualTo(cut.lives());
      assertThat(next.journal().identity("users")).contains(identity);
      assertThat(next.journal().judges()).containsExactly(Samples.USERS_JUDGE);
    }
    List<FeedRecord> published = feed.published();
    assertThat(published)
        .extracting(FeedRecord::type)
        .containsExactlyInAnyOrder("io.crossfk.violation.opened", "io.crossfk.violation.resolved");
    published.forEach(
        record -> PublishedSchema.VIOLATION.assertDescribes(record.json().orElseThrow()));
    try (FeedReader reader = FeedReader.open(feed.settings())) {
      assertThat(reader.open()).extracting(FeedRecord::id).containsExactly("orders-user|[42]");
    }
  }

  @Test
  void anOpenTransactionOfADeadWriterIsNeitherSeenNorInTheWay() throws Exception {
    Broker feed = new Broker(kafka, "abandoned");
    try (FeedWriter writer = feed.writer()) {
      Broker.submitAndWait(writer, Samples.cut(1).at("0/1", "0/1").build());
    }
    // Writes as crossfk does, and dies between its records and its commit.
    KafkaProperties properties = new KafkaProperties(feed.settings());
    KafkaProducer<byte[], byte[]> dead = new KafkaProducer<>(properties.producer());
    dead.initTransactions();
    dead.beginTransaction();
    ViolationEvent event =
        ViolationEvent.of(
            ViolationEvent.Type.OPENED,
            ViolationDocument.of(Samples.opened(Samples.ORDERS_USER, Key.of(42)), "[42]"),
            Position.ZERO,
            1);
    dead.send(event.toRecord(feed.settings())).get();
    dead.send(
            new ProducerRecord<>(
                feed.settings().stateTopic(),
                0,
                "positions|users:public.users".getBytes(StandardCharsets.UTF_8),
                new JournalEntry.Positions(
                        Samples.USERS_JUDGE, Map.of("users", Position.parse("F/F")))
                    .toJson()))
        .get();

    long start = System.nanoTime();
    try (FeedWriter next = feed.writer()) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThat(next.journal().positions(Samples.USERS_JUDGE))
          .containsEntry("users", Position.parse("0/1"));
      // A record after it can be read: nothing holds the readers back.
      Broker.submitAndWait(next, openedCut(1, 43));
      assertThat(feed.published()).extracting(FeedRecord::id).containsExactly("orders-user|[43]");
    } finally {
      dead.close(Duration.ZERO);
    }
  }

  @Test
  void aSecondWriterFencesTheFirstAndTheFirstSaysSo() throws Exception {
    Broker feed = new Broker(kafka, "fenced");
    AtomicReference<FeedFault> fault = new AtomicReference<>();
    AtomicInteger durable = new AtomicInteger();
    try (FeedWriter first = feed.writer(fault::set)) {
      Broker.submitAndWait(first, openedCut(1, 42));
      try (FeedWriter second = feed.writer()) {
        first.submit(openedCut(2, 43), durable::incrementAndGet);

        await().atMost(Duration.ofSeconds(10)).until(() -> fault.get() != null);
        assertThat(fault.get().kind()).isEqualTo(FeedFault.Kind.FENCED);
        assertThat(fault.get()).hasMessageContaining("another instance of \"fenced\" leads now");
        first.submit(openedCut(3, 44), durable::incrementAndGet);
        Broker.submitAndWait(second, openedCut(1, 45));
      }
    }
    assertThat(durable).hasValue(0);
    assertThat(feed.published())
        .extracting(FeedRecord::id)
        .containsExactlyInAnyOrder("orders-user|[42]", "orders-user|[45]");
  }

  @Test
  void anIdleWriterThatWasFencedFindsOut() throws Exception {
    Broker feed = new Broker(kafka, "zombie");
    AtomicReference<FeedFault> fault = new AtomicReference<>();
    try (FeedWriter first = feed.writer(fault::set);
        FeedWriter second = feed.writer()) {
      assertThat(second.tally().events()).isZero();
      await()
          .atMost(FeedLoop.SIGN_OF_LIFE.plusSeconds(5))
          .until(() -> fault.get() != null && fault.get().kind() == FeedFault.Kind.FENCED);
      assertThat(first.tally().transactions()).isEqualTo(1);
    }
  }

  @Test
  void aFencedWriterFindsOutAtOnceWhenAsked() throws Exception {
    Broker feed = new Broker(kafka, "asked");
    CompletableFuture<FeedFault> fault = new CompletableFuture<>();
    try (FeedWriter first = feed.writer(fault::complete);
        FeedWriter second = feed.writer()) {
      assertThat(second.journal().judges()).isEmpty();
      first.prove();
      assertThat(fault.get(5, TimeUnit.SECONDS).kind()).isEqualTo(FeedFault.Kind.FENCED);
    }
  }

  @Test
  void aRecordThatKafkaDoesNotTakeEndsTheFeedAndIsNotSeen() throws Exception {
    Broker feed = new Broker(kafka, "toolarge").with("max.request.size", "2000");
    CompletableFuture<FeedFault> fault = new CompletableFuture<>();
    try (FeedWriter writer = feed.writer(fault::complete)) {
      Violation small = Samples.opened(Samples.ORDERS_USER, Key.of(42));
      Violation large =
          Samples.opened(
              Samples.SHIPMENTS_LINE,
              Key.of(
                  new io.crossfk.rules.key.KeyValue.Text("x".repeat(3000)),
                  new io.crossfk.rules.key.KeyValue.Decimal(java.math.BigDecimal.ONE)));
      writer.submit(
          Samples.cut(1)
              .transitions(new Transition.Opened(small), new Transition.Opened(large))
              .build(),
          () -> fault.completeExceptionally(new AssertionError("durable")));

      FeedFault told = fault.get(10, TimeUnit.SECONDS);
      assertThat(told.kind()).isEqualTo(FeedFault.Kind.REFUSED);
      assertThat(told).hasMessageContaining("max.message.bytes").hasMessageNotContaining("xxx");
    }
    try (FeedWriter next = feed.writer()) {
      assertThat(Broker.memory(next)).isEqualTo(Memory.EMPTY);
    }
    assertThat(feed.published()).isEmpty();
  }

  @Test
  void rulesThatWereTakenOutAreResolvedBeforeAnyJudgeStarts() throws Exception {
    Instant now = Samples.NOON.plusSeconds(3600);
    AtomicReference<Instant> clock = new AtomicReference<>(now);
    Broker feed = new Broker(kafka, "retired").at(clock::get);
    try (FeedWriter writer = feed.writer()) {
      Broker.submitAndWait(
          writer,
          Samples.cut(1)
              .at("0/1", "0/2")
              .transitions(new Transition.Opened(Samples.opened(Samples.ORDERS_USER, Key.of(42))))
              .noted(Samples.suspicion(Samples.ORDERS_USER, Key.of(7)))
              .life(Samples.ORDERS_USER, new RuleLife.Watching())
              .build());
    }

    try (FeedWriter next = feed.writer()) {
      assertThat(next.reconcile(List.of(Samples.CARDS_USER.rule())))
          .isEqualTo(Map.of("orders-user", Resolution.RULE_REMOVED));
      assertThat(Broker.memory(next))
          .isEqualTo(
              new Memory(Map.of("users", Position.parse("0/1")), List.of(), List.of(), Map.of()));
    }
    FeedRecord told = feed.published().getLast();
    assertThat(told.type()).isEqualTo("io.crossfk.violation.resolved");
    assertThat(told.headers()).containsEntry("ce_id", "orders-user|[42]@1/AB#2");
    assertThat(told.json().orElseThrow())
        .contains(
            "\"resolution\":\"rule-removed\"", "\"resolvedAt\":\"2026-11-22T13:00:00.000001Z\"");
    PublishedSchema.VIOLATION.assertDescribes(told.json().orElseThrow());

    // A day later, whichever instance leads by then.
    clock.set(now.plus(Retirement.REMEMBERED));
    try (FeedWriter later = feed.writer()) {
      assertThat(Broker.memory(later).violations()).isEmpty();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                FeedRecord last = feed.published().getLast();
                assertThat(last.json()).isEmpty();
                assertThat(last.type()).isEqualTo("io.crossfk.violation.forgotten");
              });
    }
    try (FeedWriter last = feed.writer()) {
      assertThat(last.journal().entriesOf(JournalEntry.Retired.class)).isEmpty();
    }
  }

  @Test
  void anAlertIsToldOnceHoweverOftenTheWriterDiesOrIsReplaced() throws Exception {
    Broker feed = new Broker(kafka, "alerts").at(() -> Samples.NOON.plusSeconds(60));
    RuleLife blind = new RuleLife.Blind("slot lost", Samples.NOON);
    List<Rule> both = List.of(Samples.ORDERS_USER.rule(), Samples.CARDS_USER.rule());
    Cut told = Samples.cut(1).life(Samples.ORDERS_USER, blind).build();
    CompletableFuture<FeedFault> fenced = new CompletableFuture<>();

    FeedWriter zombie = feed.writer(fenced::complete);
    Broker.submitAndWait(zombie, told);
    Broker.submitAndWait(zombie, Samples.cut(2).life(Samples.CARDS_USER, blind).build());
    try (FeedWriter next = feed.writer()) {
      // It comes too late to resolve what it had told.
      zombie.submit(
          Samples.cut(3).life(Samples.ORDERS_USER, new RuleLife.Watching()).build(), () -> {});
      assertThat(fenced.get(10, TimeUnit.SECONDS).kind()).isEqualTo(FeedFault.Kind.FENCED);
      next.reconcile(both);
      Broker.submitAndWait(next, told);
    } finally {
      zombie.close();
    }
    assertThat(feed.alerts())
        .extracting(FeedRecord::id)
        .containsExactly("orders-user|blind", "cards-user|blind");

    try (FeedWriter last = feed.writer()) {
      last.reconcile(List.of(Samples.ORDERS_USER.rule()));
      Broker.submitAndWait(
          last, Samples.cut(1).life(Samples.ORDERS_USER, new RuleLife.Watching()).build());
      // Should it come back: it is over, and is not over twice.
      Broker.submitAndWait(
          last, Samples.cut(2).life(Samples.CARDS_USER, new RuleLife.Baseline()).build());
      assertThat(last.journal().entriesOf(JournalEntry.Alert.class)).hasSize(1);
    }
    try (FeedWriter afterwards = feed.writer()) {
      afterwards.reconcile(List.of(Samples.ORDERS_USER.rule()));
      assertThat(afterwards.journal().entriesOf(JournalEntry.Alert.class)).isEmpty();
    }
    List<FeedRecord> alerts = feed.alerts();
    alerts.forEach(each -> PublishedSchema.ALERT.assertDescribes(each.json().orElseThrow()));
    assertThat(alerts)
        .extracting(each -> each.type() + " " + each.headers().get("ce_id"))
        .containsExactly(
            "io.crossfk.alert.fired orders-user|blind@2026-11-22T12:00:00.000001Z#1",
            "io.crossfk.alert.fired cards-user|blind@2026-11-22T12:00:00.000001Z#1",
            "io.crossfk.alert.resolved cards-user|blind@2026-11-22T12:00:00.000001Z#2",
            "io.crossfk.alert.resolved orders-user|blind@2026-11-22T12:00:00.000001Z#2");
    assertThat(alerts.get(2).json().orElseThrow())
        .contains("cards-user: resolved: the rule was removed")
        .contains("\"resolvedAt\":\"2026-11-22T12:01:00.000001Z\"");
    try (FeedReader reader = FeedReader.openWithAlerts(feed.settings())) {
      assertThat(reader.open()).as("nothing fires").isEmpty();
    }
  }

  @Test
  void anAlertIsSeenTogetherWithTheLifeThatItTellsOrNotAtAll() throws Exception {
    Broker feed = new Broker(kafka, "together").with("max.request.size", "2000");
    CompletableFuture<FeedFault> fault = new CompletableFuture<>();
    try (FeedWriter writer = feed.writer(fault::complete)) {
      writer.submit(
          Samples.cut(1)
              .life(Samples.ORDERS_USER, new RuleLife.Blind("slot lost", Samples.NOON))
              .transitions(
                  new Transition.Opened(
                      Samples.opened(
                          Samples.SHIPMENTS_LINE,
                          Key.of(
                              new io.crossfk.rules.key.KeyValue.Text("x".repeat(3000)),
                              new io.crossfk.rules.key.KeyValue.Decimal(
                                  java.math.BigDecimal.ONE)))))
              .build(),
          () -> fault.completeExceptionally(new AssertionError("durable")));
      assertThat(fault.get(10, TimeUnit.SECONDS).kind()).isEqualTo(FeedFault.Kind.REFUSED);
    }
    assertThat(feed.alerts()).isEmpty();
    try (FeedWriter next = feed.writer()) {
      assertThat(next.journal().rules()).isEmpty();
      assertThat(next.journal().entriesOf(JournalEntry.Alert.class)).isEmpty();
    }
  }

  @Test
  void anotherInstallationsMemoryIsNotForUs() throws Exception {
    Broker owner = new Broker(kafka, "owner");
    owner.writer().close();
    FeedSettings intruder =
        new FeedSettings(
            "intruder",
            "owner.violations",
            "owner.alerts",
            "owner.state",
            3,
            owner.settings().kafka());

    assertThatThrownBy(
            () ->
                FeedWriter.takeOver(
                    intruder,
                    Samples::shape,
                    Samples::configured,
                    InstantSource.system(),
                    Broker::failOnFault))
        .isInstanceOf(FeedStartException.class)
        .hasMessageContaining("owner.state is the memory of the installation \"owner\"")
        .hasMessageContaining("feed: state");
  }

  @Test
  void whatWasHandedInIsWrittenOnClose() throws Exception {
    Broker feed = new Broker(kafka, "flushed");
    AtomicInteger durable = new AtomicInteger();
    FeedWriter writer = feed.writer();
    for (int i = 0; i < 100; i++) {
      writer.submit(openedCut(i, i), durable::incrementAndGet);
    }

    assertThat(writer.close(Duration.ofSeconds(10))).isTrue();

    assertThat(durable).hasValue(100);
    assertThat(feed.published()).hasSize(100);
  }

  @Test
  void cutsOfManyJudgesShareATransaction() throws Exception {
    Broker feed = new Broker(kafka, "group");
    int judges = 50;
    try (FeedWriter writer = feed.writer()) {
      await().until(() -> writer.tally().transactions() == 1);
      CountDownLatch holding = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CountDownLatch all = new CountDownLatch(judges);
      // Holds the feed's thread until all cuts wait.
      writer.submit(
          positions("first", 1),
          () -> {
            holding.countDown();
            try {
              assertThat(go.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException impatient) {
              Thread.currentThread().interrupt();
            }
          });
      assertThat(holding.await(30, TimeUnit.SECONDS)).isTrue();
      IntStream.range(0, judges).forEach(i -> writer.submit(positions("j" + i, 1), all::countDown));
      go.countDown();
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(writer.tally().transactions()).isEqualTo(3);
      assertThat(writer.tally().records()).isEqualTo(1 + 1 + judges);
    }
  }

  @Test
  void aCutThatMovesNothingCostsNoTransaction() throws Exception {
    Broker feed = new Broker(kafka, "idle");
    try (FeedWriter writer = feed.writer()) {
      Broker.submitAndWait(writer, positions("j", 1));
      long before = writer.tally().transactions();
      Broker.submitAndWait(writer, positions("j", 1));
      assertThat(writer.tally().transactions()).isEqualTo(before);
    }
  }

  /** No assertion on the time: the figures are for the log and for whoever tunes. */
  @Test
  void timeOfASmallTransactionAndOfReadingTheJournal() throws Exception {
    Broker feed = new Broker(kafka, "timed");
    int rounds = 500;
    List<Long> micros = new ArrayList<>();
    try (FeedWriter writer = feed.writer()) {
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        Broker.submitAndWait(writer, openedCut(i, i));
        micros.add((System.nanoTime() - start) / 1000);
      }
      for (int i = 0; i < 40; i++) {
        Transition[] opened =
            IntStream.range(i * 1000, i * 1000 + 1000)
                .mapToObj(
                    key -> new Transition.Opened(Samples.opened(Samples.ORDERS_USER, Key.of(key))))
                .toArray(Transition[]::new);
        Broker.submitAndWait(writer, Samples.cut(i).transitions(opened).build());
      }
    }
    micros.sort(null);
    long start = System.nanoTime();
    try (FeedWriter next = feed.writer()) {
      assertThat(Broker.memory(next).violations()).hasSize(40_000);
      log.atInfo()
          .addKeyValue("p50 micros", micros.get(rounds / 2))
          .addKeyValue("p99 micros", micros.get(rounds * 99 / 100))
          .addKeyValue("takeover of 40500 records millis", (System.nanoTime() - start) / 1_000_000)
          .log("measured");
    }
  }

  private static Cut positions(String judge, long position) {
    return new Cut(
        judge,
        1,
        Map.of("users", new Position(position)),
        List.of(),
        List.of(),
        List.of(),
        Map.of());
  }

  private static Cut openedCut(long number, long key) {
    return Samples.cut(number)
        .transitions(new Transition.Opened(Samples.opened(Samples.ORDERS_USER, Key.of(key))))
        .build();
  }
}
