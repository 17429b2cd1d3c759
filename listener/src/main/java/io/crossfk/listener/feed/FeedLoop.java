package io.crossfk.listener.feed;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The feed's thread: takes what waits, writes it in one transaction, tells those who wait. With
 * nothing to write it writes a sign of life, so that a writer that was fenced while idle ends.
 */
final class FeedLoop {
  private static final Logger log = LoggerFactory.getLogger(FeedLoop.class);

  /** The longest time without a transaction. */
  static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

  /** How often owed tombstones are looked at. */
  private static final Duration TOMBSTONE_ROUND = Duration.ofSeconds(1);

  /** Bounds one transaction; there is at most one cut per judge, so this is rarely reached. */
  private static final int LARGEST_GROUP = 1000;

  /**
   * What was handed in at once.
   *
   * @param proof whether it must be written even if it has no record: it asks whether we still lead
   */
  private record Work(
      List<ProducerRecord<byte[], byte[]>> records, boolean proof, Runnable durable) {}

  private final FeedSettings settings;
  private final Transactions transactions;
  private final EarlierLives earlierLives;
  private final InstantSource clock;
  private final FaultHandler faults;
  private final String instance;
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> lost = new CompletableFuture<>();
  private final Thread thread;
  private long lastCommit;
  private long lastTombstoneRound;
  private volatile boolean closing;
  private volatile FeedTally tally = FeedTally.NONE;

  FeedLoop(
      FeedSettings settings,
      Transactions transactions,
      EarlierLives earlierLives,
      InstantSource clock,
      FaultHandler faults,
      String instance) {
    this.settings = settings;
    this.transactions = transactions;
    this.earlierLives = earlierLives;
    this.clock = clock;
    this.faults = faults;
    this.instance = instance;
    this.thread = new Thread(this::run, "feed");
  }

  void start() {
    // The first transaction shows at once whether we may write, and whose memory this is.
    queue.add(new Work(List.of(signOfLife()), true, () -> {}));
    thread.start();
  }

  /** Queues a change; {@code durable} runs on this loop's thread after its transaction. */
  void submit(JournalChange change, Runnable durable) {
    queue.add(new Work(records(change), false, durable));
  }

  /** Queues a change and waits until it is durable. */
  void write(JournalChange change) throws InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    submit(change, () -> done.complete(null));
    try {
      CompletableFuture.anyOf(done, lost).get();
    } catch (ExecutionException fault) {
      if (fault.getCause() instanceof FeedFault original) {
        throw new FeedFault(original.kind(), "the feed was lost", original);
      }
      throw new IllegalStateException(fault);
    }
  }

  /** Makes a transaction soon, to find out whether another writer fenced this one. */
  void prove() {
    queue.add(new Work(List.of(), true, () -> {}));
  }

  FeedTally tally() {
    return tally;
  }

  private void run() {
    try {
      List<Work> group;
      do {
        group = next();
        write(group);
      } while (!group.isEmpty() || !closing);
    } catch (FeedFault fault) {
      lose(fault);
    } catch (RuntimeException | Error mistake) {
      lose(
          new FeedFault(
              FeedFault.Kind.BUG, "the feed's thread failed: " + mistake.getMessage(), mistake));
    }
  }

  private void lose(FeedFault fault) {
    transactions.close();
    lost.completeExceptionally(fault);
    if (closing && Thread.currentThread().isInterrupted()) {
      log.atWarn().log("closed while a transaction was under way, its outcome is not known");
      return;
    }
    faults.fatal(fault);
  }

  /** What waits now, or the first to come; empty if it is time for a sign of life, or to end. */
  private List<Work> next() {
    List<Work> group = new ArrayList<>();
    try {
      long idle = lastCommit + SIGN_OF_LIFE.toNanos() - System.nanoTime();
      long wait = closing ? 0 : Math.max(0, Math.min(idle, TOMBSTONE_ROUND.toNanos()));
      Work first = queue.poll(wait, TimeUnit.NANOSECONDS);
      if (first != null) {
        group.add(first);
        queue.drainTo(group, LARGEST_GROUP - 1);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
      throw new FeedFault(FeedFault.Kind.REFUSED, "the feed was closed", closed);
    }
    return group;
  }

  private void write(List<Work> group) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    // First, so that a key that breaks again in this transaction is not hidden by its tombstone.
    addDueTombstones(records);
    boolean proof = System.nanoTime() - lastCommit >= SIGN_OF_LIFE.toNanos();
    for (Work work : group) {
      records.addAll(work.records());
      proof |= work.proof();
    }
    if (records.isEmpty() && proof) {
      records.add(signOfLife());
    }
    if (!records.isEmpty()) {
      commit(records);
    }
    // Without a record nothing changed since the last transaction, so it is durable already.
    group.forEach(work -> work.durable().run());
  }

  private void commit(List<ProducerRecord<byte[], byte[]>> records) {
    long start = System.nanoTime();
    tally = tally.started(clock.instant());
    transactions.commit(records);
    lastCommit = System.nanoTime();
    Duration took = Duration.ofNanos(lastCommit - start);
    long events =
        records.stream().filter(each -> each.topic().equals(settings.violationsTopic())).count();
    tally = tally.committed(records.size(), events, took);
    log.atDebug()
        .addKeyValue("records", records.size())
        .addKeyValue("events", events)
        .addKeyValue("micros", took.toNanos() / 1000)
        .log("transaction committed");
  }

  private void addDueTombstones(List<ProducerRecord<byte[], byte[]>> records) {
    long now = System.nanoTime();
    if (now - lastTombstoneRound < TOMBSTONE_ROUND.toNanos()) {
      return;
    }
    lastTombstoneRound = now;
    Instant today = clock.instant();
    for (JournalEntry.Retired owed : earlierLives.takeDue(today)) {
      records.add(
          ViolationEvent.forgotten(owed.id(), owed.openedAtParent(), owed.transition(), today)
              .toRecord(settings));
      records.add(deletion(owed.key()));
    }
  }

  private ProducerRecord<byte[], byte[]> signOfLife() {
    return record(new JournalEntry.Leader(settings.name(), instance, clock.instant()));
  }

  private List<ProducerRecord<byte[], byte[]>> records(JournalChange change) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    change.events().forEach(event -> records.add(event.toRecord(settings)));
    change.deleted().forEach(key -> records.add(deletion(key)));
    change.written().forEach(entry -> records.add(record(entry)));
    return records;
  }

  private ProducerRecord<byte[], byte[]> record(JournalEntry entry) {
    return record(entry.key(), entry.toJson());
  }

  private ProducerRecord<byte[], byte[]> deletion(String key) {
    return record(key, null);
  }

  private ProducerRecord<byte[], byte[]> record(String key, byte @Nullable [] value) {
    return new ProducerRecord<>(
        settings.stateTopic(), 0, key.getBytes(StandardCharsets.UTF_8), value);
  }

  /** Writes what is queued, for at most this long, and ends. True if all of it is durable. */
  boolean close(Duration atMost) {
    closing = true;
    transactions.closing();
    queue.add(new Work(List.of(), false, () -> {}));
    try {
      if (!thread.join(atMost)) {
        thread.interrupt();
        thread.join(Duration.ofMillis(500));
      }
    } catch (InterruptedException impatient) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    transactions.close();
    return queue.isEmpty() && !lost.isDone();
  }
}
