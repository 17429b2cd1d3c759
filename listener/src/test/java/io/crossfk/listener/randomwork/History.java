package io.crossfk.listener.randomwork;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What the clients did and what was done to the servers, as it happens. */
final class History {
  private final RunClock clock = new RunClock();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicLong rolledBack = new AtomicLong();
  private final AtomicLong numbers = new AtomicLong();
  private final List<Committed> committed = Collections.synchronizedList(new ArrayList<>());
  private final List<Happening> happenings = Collections.synchronizedList(new ArrayList<>());

  /**
   * Something that is not a transaction: a fault, or the end of a process.
   *
   * @param kind what figures count by; empty for what is only told
   */
  record Happening(long begin, long end, String kind, String what) {}

  /**
   * A server that crashed: what was not yet in its log is gone.
   *
   * @param end when it was there again
   */
  record Crash(String database, long begin, long end) {}

  RunClock clock() {
    return clock;
  }

  long nextNumber() {
    return numbers.incrementAndGet();
  }

  void committed(Committed transaction) {
    committed.add(transaction);
  }

  void refused() {
    refused.incrementAndGet();
  }

  void rolledBack() {
    rolledBack.incrementAndGet();
  }

  /** The answer to a COMMIT was lost. */
  void unknown() {
    unknown.incrementAndGet();
  }

  void happened(long begin, String kind, String what) {
    happenings.add(new Happening(begin, clock.now(), kind, what));
  }

  void told(String what) {
    happened(clock.now(), "", what);
  }

  List<Happening> happenings() {
    synchronized (happenings) {
      return List.copyOf(happenings);
    }
  }

  List<Committed> transactions() {
    synchronized (committed) {
      return List.copyOf(committed);
    }
  }

  /** Counts for the report. */
  Map<String, Long> counts() {
    return Map.of(
        "refused", refused.get(),
        "rolledBack", rolledBack.get(),
        "outcomeUnknownAtFirst", unknown.get());
  }

  /** What is left of the transactions, when the ledgers were read. */
  Truth truth(Map<String, Set<Long>> ledgers, List<Crash> crashes) {
    List<Committed> kept = new ArrayList<>();
    List<Committed> lost = new ArrayList<>();
    for (Committed each : transactions()) {
      boolean inLedger = ledgers.getOrDefault(each.database(), Set.of()).contains(each.number());
      (inLedger ? kept : lost).add(each);
    }
    return new Truth(kept, lost, crashes);
  }
}
