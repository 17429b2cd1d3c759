package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One PostgreSQL with one table, as far as the protocol can tell: a log, and what queries see, as
 * separate steps. A commit is in the log first; it becomes visible later, in any order, except that
 * nobody writes a row again before the row's last writer is visible (row locks).
 *
 * <p>A standby replays the log in the log's order and shows what it has replayed.
 */
final class TestDatabase {
  enum Kind {
    INSERT,
    /** The row gets another key, or the same one. */
    UPDATE,
    DELETE
  }

  /**
   * @param key the key that the row has after it, or had before a delete
   * @param oldKey the key before an update
   */
  record Write(Kind kind, int row, long key, long oldKey) {}

  /** A row as queries see it, and who wrote this version. */
  record Stored(long key, long writer) {}

  /** One top-level transaction. */
  static final class Transaction {
    final long xid;
    final List<Write> writes;
    boolean committed;
    boolean visible;
    long finalPosition;

    private Transaction(long xid, List<Write> writes) {
      this.xid = xid;
      this.writes = List.copyOf(writes);
    }

    /** The position behind the commit record. */
    long end() {
      return finalPosition + 5;
    }
  }

  final String name;
  final List<Transaction> log = new ArrayList<>();
  final List<Transaction> running = new ArrayList<>();
  final Map<Integer, Stored> rows = new TreeMap<>();

  /** What the slot was told last: nothing before it is handed out again. */
  Position confirmed = Position.ZERO;

  private final Set<Integer> locked = new HashSet<>();
  private final TreeSet<Long> unfinished = new TreeSet<>();
  private final Map<Integer, Stored> standbyRows = new TreeMap<>();
  private int replayed;
  private long nextXid;
  private long lastFinished;

  TestDatabase(String name, long firstXid) {
    this.name = name;
    this.nextXid = firstXid;
    this.lastFinished = firstXid - 1;
  }

  /** A row of long ago. */
  void preload(int row, long key) {
    Stored stored = new Stored(key, lastFinished);
    rows.put(row, stored);
    standbyRows.put(row, stored);
  }

  boolean isLocked(int row) {
    return locked.contains(row);
  }

  /** A transaction that has written, and not yet committed. */
  Transaction write(List<Write> writes) {
    for (Write write : writes) {
      locked.add(write.row());
    }
    Transaction transaction = new Transaction(nextXid++, writes);
    unfinished.add(transaction.xid);
    running.add(transaction);
    return transaction;
  }

  /** Now a reader of the log may see it. */
  void commit(Transaction transaction) {
    running.remove(transaction);
    transaction.committed = true;
    transaction.finalPosition = 10L * log.size() + 5;
    log.add(transaction);
  }

  List<Transaction> hidden() {
    return log.stream().filter(each -> !each.visible).toList();
  }

  /** Now queries see it. */
  void show(Transaction transaction) {
    transaction.visible = true;
    unfinished.remove(transaction.xid);
    lastFinished = Math.max(lastFinished, transaction.xid);
    for (Write write : transaction.writes) {
      apply(rows, write, transaction.xid);
    }
    for (Write write : transaction.writes) {
      locked.remove(write.row());
    }
  }

  private static void apply(Map<Integer, Stored> to, Write write, long writer) {
    if (write.kind() == Kind.DELETE) {
      to.remove(write.row());
    } else {
      to.put(write.row(), new Stored(write.key(), writer));
    }
  }

  /** What {@code pg_current_snapshot()} returns now. */
  Snapshot snapshot() {
    return Snapshot.parse(snapshotText(lastFinished + 1));
  }

  /** The same with another upper end. */
  String snapshotText(long xmax) {
    List<String> listed = new ArrayList<>();
    for (long xid : unfinished.headSet(lastFinished + 1)) {
      listed.add(Long.toString(xid));
    }
    String xmin = listed.isEmpty() ? Long.toString(lastFinished + 1) : listed.getFirst();
    return xmin + ":" + xmax + ":" + String.join(",", listed);
  }

  long lastFinished() {
    return lastFinished;
  }

  /** The writers of the rows with this key that a query sees now. */
  Set<Long> writersOf(long key) {
    Set<Long> writers = new HashSet<>();
    for (Stored stored : rows.values()) {
      if (stored.key() == key) {
        writers.add(stored.writer());
      }
    }
    return writers;
  }

  boolean has(long key) {
    return rows.values().stream().anyMatch(stored -> stored.key() == key);
  }

  boolean standbyHas(long key) {
    return standbyRows.values().stream().anyMatch(stored -> stored.key() == key);
  }

  /** The standby replays all that is in the log. */
  void replay() {
    for (; replayed < log.size(); replayed++) {
      Transaction transaction = log.get(replayed);
      transaction.writes.forEach(write -> apply(standbyRows, write, transaction.xid));
    }
  }

  Position replayed() {
    return new Position(replayed == 0 ? 0 : log.get(replayed - 1).end());
  }

  /** The first transaction of the log that ends behind a position. */
  int after(Position position) {
    int index = 0;
    while (index < log.size() && log.get(index).end() <= position.value()) {
      index++;
    }
    return index;
  }

  /** The position behind all that is in the log before this index. */
  static Position before(List<Transaction> log, int index) {
    return new Position(index == 0 ? 0 : log.get(index - 1).end());
  }
}
