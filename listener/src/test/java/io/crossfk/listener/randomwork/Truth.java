package io.crossfk.listener.randomwork;

import io.crossfk.listener.randomwork.Committed.Answer;
import io.crossfk.listener.randomwork.Committed.RowVersion;
import io.crossfk.listener.randomwork.Committed.RowWrite;
import io.crossfk.listener.randomwork.KeyHistory.Doubt;
import io.crossfk.listener.randomwork.KeyHistory.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was true when: the history of each (rule, key), made of the transactions that are in the
 * ledgers.
 */
final class Truth {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<Committed> kept;
  private final List<Committed> lost;
  private final List<History.Crash> crashes;
  private final Map<RowVersion, List<@Nullable Object>> values = new HashMap<>();
  private final Map<RowVersion, Committed> deaths = new HashMap<>();
  private final Map<String, KeyHistory> histories = new TreeMap<>();

  /** Rows or doubts by the value of one side's columns. */
  private static final class Sides<T> {
    private final Map<WorkTable, Map<List<@Nullable Object>, List<T>>> own = new HashMap<>();
    private final Map<WorkTable, Map<List<@Nullable Object>, List<T>>> refers = new HashMap<>();

    void add(WorkTable table, List<@Nullable Object> values, T what) {
      int split = table.own().size();
      add(own, table, values.subList(0, split), what);
      add(refers, table, values.subList(split, values.size()), what);
    }

    private static <T> void add(
        Map<WorkTable, Map<List<@Nullable Object>, List<T>>> to,
        WorkTable table,
        List<@Nullable Object> key,
        T what) {
      if (!key.isEmpty()) {
        to.computeIfAbsent(table, none -> new HashMap<>())
            .computeIfAbsent(key, none -> new ArrayList<>())
            .add(what);
      }
    }

    Map<List<@Nullable Object>, List<T>> children(WorkRule rule) {
      return refers.getOrDefault(rule.child(), Map.of());
    }

    Map<List<@Nullable Object>, List<T>> parents(WorkRule rule) {
      return own.getOrDefault(rule.parent(), Map.of());
    }
  }

  /**
   * @param kept the ledgers have them
   * @param lost a crash took them back
   */
  Truth(List<Committed> kept, List<Committed> lost, List<History.Crash> crashes) {
    this.kept = List.copyOf(kept);
    this.lost = List.copyOf(lost);
    this.crashes = List.copyOf(crashes);
    Sides<Version> versions = versions();
    Sides<Doubt> doubts = doubts();
    for (WorkRule rule : WorkRule.values()) {
      Map<List<@Nullable Object>, List<Version>> children = versions.children(rule);
      Map<List<@Nullable Object>, List<Doubt>> doubtedChildren = doubts.children(rule);
      Set<List<@Nullable Object>> keys = new HashSet<>(children.keySet());
      keys.addAll(doubtedChildren.keySet());
      for (List<@Nullable Object> key : keys) {
        if (isJudged(rule, key)) {
          List<Doubt> doubted = new ArrayList<>(doubtedChildren.getOrDefault(key, List.of()));
          doubted.addAll(doubts.parents(rule).getOrDefault(key, List.of()));
          histories.put(
              rule.ruleName() + "|" + JSON.writeValueAsString(key),
              new KeyHistory(
                  children.getOrDefault(key, List.of()),
                  versions.parents(rule).getOrDefault(key, List.of()),
                  doubted));
        }
      }
    }
  }

  private static boolean isJudged(WorkRule rule, List<@Nullable Object> key) {
    long nulls = key.stream().filter(value -> value == null).count();
    return nulls == 0 || (rule.isFull() && nulls < key.size());
  }

  private Sides<Version> versions() {
    Map<RowVersion, Committed> births = new HashMap<>();
    for (Committed transaction : kept) {
      for (RowWrite write : transaction.writes()) {
        if (write.begins()) {
          births.put(write.version(), transaction);
          values.put(write.version(), write.values());
        } else if (deaths.put(write.version(), transaction) != null) {
          throw new IllegalStateException("ended twice: " + write.version());
        }
      }
    }
    for (RowVersion ended : deaths.keySet()) {
      if (!births.containsKey(ended)) {
        throw new IllegalStateException("ended, and never begun: " + ended);
      }
    }
    Sides<Version> versions = new Sides<>();
    births.forEach(
        (version, birth) -> {
          Committed death = deaths.get(version);
          // What one transaction writes and replaces is never seen.
          if (!birth.equals(death)) {
            versions.add(
                version.table(),
                values.getOrDefault(version, List.of()),
                new Version(birth, death));
          }
        });
    return versions;
  }

  private Sides<Doubt> doubts() {
    Map<RowVersion, List<@Nullable Object>> lostValues = new HashMap<>();
    for (Committed transaction : lost) {
      for (RowWrite write : transaction.writes()) {
        if (write.begins()) {
          lostValues.put(write.version(), write.values());
        }
      }
    }
    Sides<Doubt> doubts = new Sides<>();
    for (Committed transaction : lost) {
      Doubt doubt = new Doubt(transaction.sent(), endOfDoubt(transaction));
      for (RowWrite write : transaction.writes()) {
        List<@Nullable Object> key =
            lostValues.getOrDefault(
                write.version(), values.getOrDefault(write.version(), List.of()));
        if (!key.isEmpty()) {
          doubts.add(write.version().table(), key, doubt);
        }
      }
    }
    return doubts;
  }

  private long endOfDoubt(Committed transaction) {
    return crashes.stream()
        .filter(crash -> crash.database().equals(transaction.database()))
        .mapToLong(History.Crash::end)
        .filter(end -> end > transaction.sent())
        .min()
        .orElse(transaction.known());
  }

  KeyHistory of(String id) {
    return histories.getOrDefault(id, KeyHistory.NOTHING);
  }

  /** The violations that there are in the end, as the clients' answers tell. */
  Set<String> brokenInTheEnd() {
    Set<String> broken = new TreeSet<>();
    histories.forEach(
        (id, history) -> {
          if (history.isBrokenInTheEnd()) {
            broken.add(id);
          }
        });
    return broken;
  }

  List<Committed> kept() {
    return kept;
  }

  /** Answered with "committed", and gone. */
  List<Committed> takenBack() {
    return lost.stream().filter(each -> each.answer() != Answer.NONE).toList();
  }

  /** How many row versions were written or ended. */
  long changes() {
    return kept.stream().mapToLong(transaction -> transaction.writes().size()).sum();
  }
}
