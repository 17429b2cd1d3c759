package io.crossfk.listener.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Two services that do their work properly, some hundred transactions a second: never an alarm. */
final class HealthyLoad implements AutoCloseable {
  private static final int TRANSACTIONS_PER_SECOND = 300;
  private static final int TRANSACTIONS_PER_FAMILY = 12;
  private static final int WORKERS = 2;

  /** As long as grace, less what the clocks of a busy machine are good for. */
  private final Duration mostBroken;

  private final AtomicLong families = new AtomicLong(LoadFamily.FIRST);
  private final AtomicLong transactions = new AtomicLong();
  private final Map<Long, Long> brokenSince = new ConcurrentHashMap<>();
  private final Set<Long> late = ConcurrentHashMap.newKeySet();
  private final List<LoadWorker> workers = new ArrayList<>();
  private final long startedNanos = System.nanoTime();
  private volatile Duration lasted = Duration.ZERO;

  HealthyLoad(Servers servers, Duration grace) throws SQLException {
    this.mostBroken = grace.minusMillis(200);
    Duration period =
        Duration.ofSeconds(1)
            .multipliedBy((long) TRANSACTIONS_PER_FAMILY * WORKERS)
            .dividedBy(TRANSACTIONS_PER_SECOND);
    for (int i = 0; i < WORKERS; i++) {
      LoadWorker worker = new LoadWorker(i, servers, this);
      workers.add(worker);
      worker.start(period);
    }
  }

  long nextFamily() {
    return families.getAndIncrement();
  }

  void committed() {
    transactions.incrementAndGet();
  }

  /** From before this moment on, by {@link System#nanoTime}, a child is without its parent. */
  void breaks(LoadFamily family, long nanos) {
    brokenSince.putIfAbsent(family.number(), nanos);
  }

  /** Every child has its parent again, if one was without. */
  void isWhole(LoadFamily family) {
    Long since = brokenSince.get(family.number());
    if (since != null) {
      // First remembered as late, then forgotten as broken: at no moment it looks innocent.
      if (isLong(since)) {
        late.add(family.number());
      }
      brokenSince.remove(family.number());
    }
  }

  private boolean isLong(long sinceNanos) {
    return System.nanoTime() - sinceNanos > mostBroken.toNanos();
  }

  /** Starts no more families, and waits until those that live have come to their end. */
  void finish(Duration patience) throws DemoFailure, InterruptedException {
    lasted = Duration.ofNanos(System.nanoTime() - startedNanos);
    workers.forEach(LoadWorker::startNoMore);
    if (!Waiting.until(this::allAreDone, patience)) {
      throw DemoFailure.of(
          "the demo's load did not come to its end within " + patience.toSeconds() + " s");
    }
  }

  private boolean allAreDone() throws DemoFailure {
    for (LoadWorker worker : workers) {
      if (!worker.isDone()) {
        return false;
      }
    }
    return true;
  }

  long transactions() {
    return transactions.get();
  }

  /** Since its start, or, when it is finished, while it ran. */
  long transactionsPerSecond() {
    Duration time = lasted.isZero() ? Duration.ofNanos(System.nanoTime() - startedNanos) : lasted;
    return transactions.get() * 1000 / Math.max(1, time.toMillis());
  }

  /** Families that this machine was too slow for: they were broken for longer than grace allows. */
  int late() {
    return late.size();
  }

  /** Whether a violation of this key would be true: the load itself broke the rule. */
  boolean excuses(ViolationKey key) {
    long family = LoadFamily.familyOf(key);
    Long since = brokenSince.get(family);
    return (since != null && isLong(since)) || late.contains(family);
  }

  @Override
  public void close() {
    workers.forEach(LoadWorker::close);
  }
}
