package io.crossfk.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Checks while pairs of rows come and go: nothing but the orphans that stand may be told. */
final class AuditUnderLoad {
  /** Far above the time between the two commits of a pair. */
  static final String GRACE = "2s";

  /** Numbers apart of two writers. */
  private static final long RANGE = 1_000_000_000;

  private final Servers servers;
  private final KeyKind keys;
  private final long rows;
  private final CheckProcess check;

  AuditUnderLoad(Servers servers, KeyKind keys, long rows, CheckProcess check) {
    this.servers = servers;
    this.keys = keys;
    this.rows = rows;
    this.check = check;
  }

  /**
   * @param candidates keys that had no parent in what was read; the proofs have to tell which are
   *     orphans
   * @param commitsASecond of the load while the check ran
   */
  record Run(
      double seconds,
      long candidates,
      int told,
      List<String> falseOnes,
      List<String> missed,
      double commitsASecond) {
    boolean right() {
      return told == KeyKind.ORPHANS && falseOnes.isEmpty() && missed.isEmpty();
    }
  }

  /**
   * @param longestGapSeconds between the two commits of a pair: so long was an order an orphan
   */
  record Outcome(
      boolean right,
      List<Run> runs,
      int writers,
      double commitsASecond,
      double longestGapSeconds,
      String grace) {}

  Outcome run(int runs, int writers, int rate, PrintStream out) throws Exception {
    Orphans orphans = Orphans.of(servers, keys, rows);
    List<PairWriter> load = new ArrayList<>();
    for (int writer = 0; writer < writers; writer++) {
      // Behind all numbers of users and of orphans.
      load.add(
          new PairWriter(servers, keys, 2 * rows + 1 + writer * RANGE, (double) rate / writers));
    }
    List<Run> done = new ArrayList<>();
    List<Future<PairWriter.Work>> ends = new ArrayList<>();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      load.forEach(writer -> ends.add(threads.submit(writer)));
      try {
        for (int number = 1; number <= runs; number++) {
          Run run = run(load, orphans);
          requireAlive(ends);
          done.add(run);
          print(out, number, run);
        }
      } finally {
        load.forEach(PairWriter::stop);
      }
    }
    double commits = 0;
    double longestGap = 0;
    for (Future<PairWriter.Work> end : ends) {
      commits += end.get().commits();
      longestGap = Math.max(longestGap, end.get().longestGapSeconds());
    }
    Outcome outcome =
        new Outcome(
            done.stream().allMatch(Run::right),
            done,
            writers,
            commits * 1e9 / (System.nanoTime() - start),
            longestGap,
            GRACE);
    print(out, outcome);
    return outcome;
  }

  private Run run(List<PairWriter> load, Orphans orphans) throws Exception {
    long before = commits(load);
    long start = System.nanoTime();
    CheckProcess.Result result = check.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Run(
        result.seconds(),
        result.candidates(),
        result.keys().size(),
        orphans.falseOnes(result.keys()),
        orphans.missed(result.keys()),
        (commits(load) - before) / seconds);
  }

  private static long commits(List<PairWriter> load) {
    return load.stream().mapToLong(writer -> writer.soFar().commits()).sum();
  }

  /** A load that broke off would prove nothing. */
  private static void requireAlive(List<Future<PairWriter.Work>> ends) throws Exception {
    for (Future<PairWriter.Work> end : ends) {
      if (end.isDone()) {
        end.get();
        throw new IllegalStateException("a writer ended before its time");
      }
    }
  }

  private static void print(PrintStream out, int number, Run run) {
    out.printf(
        Locale.ROOT,
        "  run %d: %.2f s, %,d candidates, %d told; %,.0f commits/s meanwhile%n",
        number,
        run.seconds(),
        run.candidates(),
        run.told(),
        run.commitsASecond());
    if (!run.right()) {
      out.printf("  WRONG: false %s, missed %s%n", run.falseOnes(), run.missed());
    }
  }

  private static void print(PrintStream out, Outcome outcome) {
    long moved = outcome.runs().stream().mapToLong(run -> run.candidates() - KeyKind.ORPHANS).sum();
    out.printf(
        Locale.ROOT,
        "%n  %d checks beside %,.0f commits/s of %d writers (longest gap of a pair %.0f ms, grace"
            + " %s): %s; %,d candidates that were none were proved away%n",
        outcome.runs().size(),
        outcome.commitsASecond(),
        outcome.writers(),
        1e3 * outcome.longestGapSeconds(),
        outcome.grace(),
        outcome.right()
            ? "each told exactly the " + KeyKind.ORPHANS + " orphans"
            : "WRONG, see above",
        moved);
  }
}
