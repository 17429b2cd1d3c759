package io.crossfk.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The check, its limit and its peer, in turns. */
final class AuditSideBySide {
  private static final double MOST_OF_COPY = 1.5;
  private static final double MOST_OF_COPY_OTHER_KEYS = 3;
  private static final double LEAST_OF_FDW = 2.5;

  private final Servers servers;
  private final KeyKind keys;
  private final long rows;
  private final CheckProcess check;

  private final Series usersCopy = new Series();
  private final Series ordersCopy = new Series();
  private final Series slowerCopy = new Series();
  private final Series process = new Series();
  private final Series inside = new Series();

  /** The fastest first. */
  private final Map<FdwAntiJoin, Series> antiJoins = new LinkedHashMap<>();

  private long resident;
  private boolean right = true;

  AuditSideBySide(Servers servers, KeyKind keys, long rows, CheckProcess check) {
    this.servers = servers;
    this.keys = keys;
    this.rows = rows;
    this.check = check;
  }

  /**
   * @param right whether every check and every anti-join found the orphans and nothing else
   * @param figures for machines
   */
  record Outcome(boolean right, Map<String, Object> figures) {}

  /** One turn of a contender. */
  @FunctionalInterface
  private interface Turn {
    void run() throws Exception;
  }

  Outcome run(int rounds, PrintStream out) throws Exception {
    Orphans orphans = Orphans.of(servers, keys, rows);
    PlainCopies copies = new PlainCopies(servers, keys);
    for (FdwAntiJoin join : FdwAntiJoin.prepare(servers, keys)) {
      antiJoins.put(join, new Series());
      out.print(join.plan().indent(2));
    }
    copies.run(); // Not counted: this JVM is cold.
    List<Turn> turns = new ArrayList<>(List.of(() -> copy(copies), () -> check(orphans, out)));
    antiJoins.forEach((join, times) -> turns.add(() -> antiJoin(join, times, out)));
    for (int round = 0; round < rounds; round++) {
      for (Turn turn : turns) {
        turn.run();
      }
      out.printf(
          Locale.ROOT,
          "  round %d: COPY %.2f s, check %.2f s, fdw %.2f s%n",
          round + 1,
          slowerCopy.last(),
          process.last(),
          fastest().last());
      Collections.rotate(turns, 1); // Nobody always comes first.
    }
    print(out);
    return new Outcome(right, figures());
  }

  private void copy(PlainCopies copies) throws Exception {
    PlainCopies.Times times = copies.run();
    usersCopy.add(times.users());
    ordersCopy.add(times.orders());
    slowerCopy.add(times.slower());
  }

  private void check(Orphans orphans, PrintStream out) throws Exception {
    CheckProcess.Result result = check.run();
    process.add(result.seconds());
    inside.add(result.inside());
    resident = Math.max(resident, result.residentBytes());
    if (!orphans.areExactly(result.keys())) {
      right = false;
      out.printf(
          "  WRONG: crossfk check told %d keys; false %s, missed %s%n",
          result.keys().size(), orphans.falseOnes(result.keys()), orphans.missed(result.keys()));
    }
  }

  private void antiJoin(FdwAntiJoin join, Series times, PrintStream out) throws Exception {
    FdwAntiJoin.Result result = join.run();
    times.add(result.seconds());
    if (result.found() != KeyKind.ORPHANS) {
      right = false;
      out.printf("  WRONG: the anti-join found %d%n", result.found());
    }
  }

  private void print(PrintStream out) {
    out.printf("%n  %-34s %s%n", keys.label() + " keys", "median    (spread)");
    out.printf("  %-34s %s%n", "plain COPY of users", usersCopy);
    out.printf("  %-34s %s%n", "plain COPY of orders", ordersCopy);
    out.printf("  %-34s %s%n", "the slower of the two: the limit", slowerCopy);
    out.printf("  %-34s %s%n", "crossfk check, the whole process", process);
    out.printf("  %-34s %s%n", "crossfk check, inside", inside);
    antiJoins.forEach(
        (join, times) -> out.printf("  %-34s %s%n", "postgres_fdw, " + join.kind(), times));
    out.printf(
        Locale.ROOT,
        "  check / limit %.2f (at most %.1f: %s), fdw / check %.2f%s; %s, at most %d MB resident;"
            + " %s%n",
        ofCopy(),
        mostOfCopy(),
        ofCopy() <= mostOfCopy() ? "reached" : "MISSED",
        ofFdw(),
        keys == KeyKind.BIGINT
            ? String.format(
                Locale.ROOT,
                " (at least %.1f: %s)",
                LEAST_OF_FDW,
                ofFdw() >= LEAST_OF_FDW ? "reached" : "MISSED")
            : "",
        CheckProcess.HEAP,
        resident >> 20,
        right ? "exactly the " + KeyKind.ORPHANS + " found each time" : "WRONG, see above");
  }

  private Series fastest() {
    return antiJoins.values().iterator().next();
  }

  /** Round by round: what disturbs a machine disturbs neighbours alike, and medians of all not. */
  private double ofCopy() {
    return process.over(slowerCopy).median();
  }

  private double ofFdw() {
    return fastest().over(process).median();
  }

  private double mostOfCopy() {
    return keys == KeyKind.BIGINT ? MOST_OF_COPY : MOST_OF_COPY_OTHER_KEYS;
  }

  private Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("right", right);
    figures.put("copyUsers", usersCopy.figures());
    figures.put("copyOrders", ordersCopy.figures());
    figures.put("slowerCopy", slowerCopy.figures());
    figures.put("checkProcess", process.figures());
    figures.put("checkInside", inside.figures());
    figures.put(
        "fdwAntiJoins",
        antiJoins.entrySet().stream()
            .map(
                entry ->
                    Map.of("plan", entry.getKey().plan(), "seconds", entry.getValue().figures()))
            .toList());
    figures.put("checkToSlowerCopy", ofCopy());
    figures.put("fastestFdwToCheck", ofFdw());
    figures.put("heap", CheckProcess.HEAP);
    figures.put("residentBytes", resident);
    return figures;
  }
}
