package io.crossfk.listener.feed;

import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Memory;
import io.crossfk.sandbox.KafkaBroker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A feed on a real broker, under a name and topics of its own. */
final class Broker {
  private final String name;
  private final Map<String, String> properties = new HashMap<>();
  private InstantSource clock = InstantSource.system();

  Broker(KafkaBroker broker, String name) {
    this.name = name;
    properties.put("bootstrap.servers", broker.bootstrapServers());
  }

  Broker with(String property, String value) {
    properties.put(property, value);
    return this;
  }

  Broker at(InstantSource time) {
    clock = time;
    return this;
  }

  FeedSettings settings() {
    return new FeedSettings(
        name, name + ".violations", name + ".alerts", name + ".state", 3, properties);
  }

  /** Topics, then the writer; no election. */
  FeedWriter writer(FaultHandler faults) throws Exception {
    FeedTopics.ensure(settings());
    return FeedWriter.takeOver(settings(), Samples::shape, Samples::configured, clock, faults);
  }

  FeedWriter writer() throws Exception {
    return writer(Broker::failOnFault);
  }

  static void failOnFault(FeedFault fault) {
    throw fault;
  }

  static void submitAndWait(FeedWriter writer, Cut cut) throws Exception {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    writer.submit(cut, () -> durable.complete(null));
    durable.get(60, TimeUnit.SECONDS);
  }

  static Memory memory(FeedWriter writer) {
    return writer.journal().memory(Samples.USERS_JUDGE, Set.of(), Samples::rule);
  }

  /** Everything that a committed reader can see now. */
  List<FeedRecord> published() throws Exception {
    return records(FeedReader.open(settings()));
  }

  /** Every record of an alert that a committed reader can see now. */
  List<FeedRecord> alerts() throws Exception {
    return records(FeedReader.openWithAlerts(settings())).stream()
        .filter(FeedRecord::isAlert)
        .toList();
  }

  private static List<FeedRecord> records(FeedReader opened) {
    List<FeedRecord> records = new ArrayList<>();
    try (FeedReader reader = opened) {
      while (!reader.caughtUp()) {
        records.addAll(reader.poll(Duration.ofMillis(100)));
      }
    }
    return records;
  }
}
