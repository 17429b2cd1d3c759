package io.crossfk.rules.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What happened, counted. */
final class Tally {
  private final Map<Seen, Long> seen = new EnumMap<>(Seen.class);
  long worlds;
  long steps;
  long events;
  long transactions;
  long lookUps;
  long audits;
  long cuts;
  long opened;
  long resolved;

  void saw(Seen what) {
    seen.merge(what, 1L, Long::sum);
  }

  void add(Tally other) {
    other.seen.forEach((what, times) -> seen.merge(what, times, Long::sum));
    worlds += other.worlds;
    steps += other.steps;
    events += other.events;
    transactions += other.transactions;
    lookUps += other.lookUps;
    audits += other.audits;
    cuts += other.cuts;
    opened += other.opened;
    resolved += other.resolved;
  }

  /** What never happened. */
  List<Seen> missing() {
    List<Seen> missing = new ArrayList<>();
    for (Seen each : Seen.values()) {
      if (!seen.containsKey(each)) {
        missing.add(each);
      }
    }
    return missing;
  }

  /** How often each thing happened. */
  String spread() {
    StringBuilder text = new StringBuilder();
    for (Seen each : Seen.values()) {
      text.append(each).append(' ').append(seen.getOrDefault(each, 0L)).append('\n');
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d worlds, %,d steps, %,d events, %,d transactions, %,d look-ups, %,d audits, %,d cuts,"
            + " %,d opened, %,d resolved",
        worlds,
        steps,
        events,
        transactions,
        lookUps,
        audits,
        cuts,
        opened,
        resolved);
  }
}
