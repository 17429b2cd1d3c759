package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.model.TableReference;
import io.crossfk.rules.simulation.Schema.Table;
import io.crossfk.rules.simulation.Transaction.Kind;
import io.crossfk.rules.simulation.Transaction.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL as far as the protocol can tell: a log, and what queries see, as separate steps. A
 * commit is in the log first and becomes visible later, in any order; with {@code
 * synchronous_commit = off} it is visible first. Nobody writes a row or a unique key again before
 * its last writer is visible, and nobody reads a table that is being truncated: those are locks.
 *
 * <p>Its slot keeps a position. Its standby replays the log and shows what it has replayed.
 */
final class SimDatabase {
  /** A row as queries see it, and who wrote this version. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Version(@Nullable String[] cells, long writer) {}

  private record Lock(Table table, Object rowOrKey) {}

  final String name;
  final List<Transaction> log = new ArrayList<>();
  final List<Transaction> running = new ArrayList<>();

  /** Transactions of the log that are on disk: a reader of the log is given these. */
  int flushed;

  /** Changes with each crash: the product's {@code stats_reset}. */
  int life;

  /** What the slot was told last: nothing before it is handed out again. */
  Position confirmed = Position.ZERO;

  boolean hasSlot;

  /** Where the slot began: what lies before that was never handed out by it. */
  Position slotMadeAt = Position.ZERO;

  /** The furthest position that a keep-alive told. */
  Position keptAlive = Position.ZERO;

  /** Tables whose changes are in no log now. */
  final Set<Table> unpublished = new HashSet<>();

  /** How often each table was changed in a way that no log tells. */
  private final Map<Table, Integer> prints = new HashMap<>();

  private final Map<Table, Map<Integer, Version>> rows = new HashMap<>();
  private final Map<Table, Map<Integer, Version>> base = new HashMap<>();
  private final Map<Table, Map<Integer, Version>> standbyRows = new HashMap<>();
  private final Map<Lock, Transaction> locks = new LinkedHashMap<>();
  private final Map<Table, Transaction> exclusive = new LinkedHashMap<>();
  private final TreeSet<Long> unfinished = new TreeSet<>();
  private int replayed;
  private long nextXid;
  private long lastFinished;

  SimDatabase(String name, List<Table> tables, long firstXid) {
    this.name = name;
    this.nextXid = firstXid;
    this.lastFinished = firstXid - 1;
    for (Table table : tables) {
      if (table.reference().database().equals(name)) {
        rows.put(table, new TreeMap<>());
        base.put(table, new TreeMap<>());
        standbyRows.put(table, new TreeMap<>());
      }
    }
  }

  /** A row of long ago. */
  void preload(Table table, int row, @Nullable String[] cells) {
    Version version = new Version(cells, lastFinished);
    of(rows, table).put(row, version);
    of(base, table).put(row, version);
    of(standbyRows, table).put(row, version);
  }

  private static Map<Integer, Version> of(Map<Table, Map<Integer, Version>> all, Table table) {
    return all.getOrDefault(table, Map.of());
  }

  Set<Table> tables() {
    return rows.keySet();
  }

  /** What a query of the primary sees now. */
  Collection<Version> visible(Table table) {
    return of(rows, table).values();
  }

  @Nullable Version visible(Table table, int row) {
    return of(rows, table).get(row);
  }

  Collection<Version> onStandby(Table table) {
    return of(standbyRows, table).values();
  }

  // --- writing ---

  Transaction begin() {
    Transaction transaction = new Transaction(nextXid++);
    unfinished.add(transaction.xid);
    running.add(transaction);
    return transaction;
  }

  /** A savepoint: the rows written behind it carry an id of their own. */
  long savepoint(Transaction transaction) {
    transaction.newestXid = nextXid++;
    return transaction.newestXid;
  }

  boolean isFree(Table table, Object rowOrKey, Transaction by) {
    Transaction holder = locks.getOrDefault(new Lock(table, rowOrKey), by);
    return holder == by && exclusive.getOrDefault(table, by) == by;
  }

  boolean isFree(Table table, Transaction by) {
    return exclusive.getOrDefault(table, by) == by
        && locks.entrySet().stream()
            .noneMatch(lock -> lock.getKey().table().equals(table) && lock.getValue() != by);
  }

  /** Whether a query of the table has to wait. */
  boolean isTruncating(Table table) {
    return exclusive.containsKey(table);
  }

  void lock(Table table, Object rowOrKey, Transaction by) {
    locks.put(new Lock(table, rowOrKey), by);
  }

  void lock(Table table, Transaction by) {
    exclusive.put(table, by);
  }

  private void unlock(Transaction by) {
    locks.values().removeIf(holder -> holder == by);
    exclusive.values().removeIf(holder -> holder == by);
  }

  /** It is in the log; a reader sees it at once, unless it did not wait for the disk. */
  void commit(Transaction transaction) {
    running.remove(transaction);
    long before = log.isEmpty() ? 0 : log.getLast().end();
    transaction.finalPosition = before + 5;
    log.add(transaction);
    if (!transaction.asynchronous) {
      flush();
    }
  }

  void rollBack(Transaction transaction) {
    running.remove(transaction);
    finished(transaction);
    unlock(transaction);
  }

  private void finished(Transaction transaction) {
    unfinished.remove(transaction.xid);
    lastFinished = Math.max(lastFinished, transaction.newestXid);
  }

  void flush() {
    flushed = log.size();
  }

  List<Transaction> hidden() {
    return log.stream().filter(transaction -> !transaction.visible).toList();
  }

  /** Now queries see it. */
  void show(Transaction transaction) {
    transaction.visible = true;
    finished(transaction);
    apply(rows, transaction);
    unlock(transaction);
    print(transaction);
  }

  private void print(Transaction transaction) {
    if (transaction.unseen) {
      transaction.writes.forEach(write -> prints.merge(write.table(), 1, Integer::sum));
    }
  }

  /** Its changes are told again, from the next row on. */
  void publish(Table table) {
    if (unpublished.remove(table)) {
      prints.merge(table, 1, Integer::sum);
    }
  }

  /** What a reading of the catalogue says, with the end of the log after it. */
  Event.CatalogueRead catalogue() {
    Map<TableReference, Event.TableStanding> standings = new HashMap<>();
    for (Table table : tables()) {
      standings.put(
          table.reference(),
          new Event.TableStanding(
              prints.getOrDefault(table, 0) + (unpublished.contains(table) ? " unpublished" : ""),
              unpublished.contains(table) ? Optional.of("not published") : Optional.empty()));
    }
    return new Event.CatalogueRead(name, standings, Position.larger(before(log.size()), keptAlive));
  }

  /** Transactions that run now, or whose end no query sees yet. */
  Set<Long> unfinished() {
    return unfinished;
  }

  private static void apply(Map<Table, Map<Integer, Version>> to, Transaction transaction) {
    for (Write write : transaction.writes) {
      Map<Integer, Version> table = of(to, write.table());
      @Nullable String[] after = write.after();
      if (write.kind() == Kind.TRUNCATE) {
        table.clear();
      } else if (after == null) {
        table.remove(write.row());
      } else {
        table.put(write.row(), new Version(after, write.writer()));
      }
    }
  }

  /** The server dies and comes back: what was not on disk never was, though it was seen. */
  boolean crash() {
    List<Transaction> unwritten = log.subList(flushed, log.size());
    boolean lost = unwritten.stream().anyMatch(transaction -> transaction.visible);
    unwritten.clear();
    running.clear();
    unfinished.clear();
    locks.clear();
    exclusive.clear();
    rows.forEach(
        (table, now) -> {
          now.clear();
          now.putAll(of(base, table));
        });
    long newest = lastFinished - (lost ? 2 : 0);
    log.stream().filter(transaction -> !transaction.visible).forEach(this::print);
    for (Transaction transaction : log) {
      transaction.visible = true;
      apply(rows, transaction);
      newest = Math.max(newest, transaction.newestXid);
    }
    // Ids whose transactions are lost are given out again.
    lastFinished = newest;
    nextXid = newest + 1;
    life++;
    return lost;
  }

  // --- reading ---

  /** What {@code pg_current_snapshot()} returns now: it lists top-level ids only. */
  Snapshot snapshot() {
    return Snapshot.parse(snapshotText(lastFinished + 1));
  }

  String snapshotText(long xmax) {
    StringBuilder listed = new StringBuilder();
    long xmin = lastFinished + 1;
    for (long xid : unfinished.headSet(lastFinished + 1)) {
      if (listed.isEmpty()) {
        xmin = xid;
      } else {
        listed.append(',');
      }
      listed.append(xid);
    }
    return xmin + ":" + xmax + ":" + listed;
  }

  long lastFinished() {
    return lastFinished;
  }

  /** The keys of a parent, as the database compares them. */
  static Set<String> keys(Table parent, Collection<Version> rows) {
    Set<String> keys = new HashSet<>();
    for (Version version : rows) {
      String key = parent.keyOf(version.cells());
      if (key != null) {
        keys.add(key);
      }
    }
    return keys;
  }

  // --- the standby ---

  void replay(int transactions) {
    for (int i = 0; i < transactions && replayed < flushed; i++) {
      apply(standbyRows, log.get(replayed++));
    }
  }

  Position replayed() {
    return before(replayed);
  }

  // --- positions ---

  /** The first transaction of the log that ends behind a position. */
  int after(Position position) {
    int index = 0;
    while (index < log.size() && log.get(index).end() <= position.value()) {
      index++;
    }
    return index;
  }

  /** The position behind all that is in the log before this index. */
  Position before(int index) {
    return new Position(index == 0 ? 0 : log.get(index - 1).end());
  }
}
