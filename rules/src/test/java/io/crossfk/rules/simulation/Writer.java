package io.crossfk.rules.simulation;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.Schema.Table;
import io.crossfk.rules.simulation.SimDatabase.Version;
import io.crossfk.rules.simulation.Transaction.Kind;
import io.crossfk.rules.simulation.Transaction.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The services that write: each call draws one transaction that its database allows now. */
final class Writer {
  private static final int ROWS = 3;

  private record Place(Table table, int row) {}

  private final Schema schema;
  private final SimDatabase database;
  private final Chance chance;
  private final Tally tally;

  /** What the transaction has written so far; empty for a row that it has deleted. */
  private final Map<Place, Optional<@Nullable String[]>> own = new HashMap<>();

  private Writer(Schema schema, SimDatabase database, Chance chance, Tally tally) {
    this.schema = schema;
    this.database = database;
    this.chance = chance;
    this.tally = tally;
  }

  /** A row of before the slots were made; none if its key is taken. */
  static void preload(Schema schema, SimDatabase database, Table table, Chance chance, Tally t) {
    Writer writer = new Writer(schema, database, chance, t);
    for (int row = 1; row <= ROWS; row++) {
      @Nullable String[] cells = writer.draw(table, null);
      if (chance.oneIn(2) && !writer.isTaken(table, row, cells)) {
        database.preload(table, row, cells);
      }
    }
  }

  /** A transaction that has written and not yet ended; null if all that was drawn is locked. */
  static @Nullable Transaction write(
      Schema schema, SimDatabase database, Chance chance, Tally tally) {
    List<Table> tables = schema.published().stream().filter(database.tables()::contains).toList();
    return tables.isEmpty()
        ? null
        : new Writer(schema, database, chance, tally).transaction(tables);
  }

  /** A partition goes with all its rows, or comes with one: in no log; null if it is locked. */
  static @Nullable Transaction unseen(
      Schema schema, SimDatabase database, Table table, Chance chance, Tally tally) {
    Writer writer = new Writer(schema, database, chance, tally);
    Transaction transaction = database.begin();
    transaction.unseen = true;
    if (chance.oneIn(2)) {
      writer.truncate(transaction, table);
    } else if (database.isFree(table, transaction)) {
      int row = chance.between(1, ROWS);
      if (writer.current(table, row) == null) {
        writer.insert(transaction, table, row, writer.draw(table, null));
      }
    }
    if (transaction.writes.isEmpty()) {
      database.rollBack(transaction);
      return null;
    }
    return transaction;
  }

  /** A transaction that takes away the rows with a key, or makes one. */
  static @Nullable Transaction toggle(
      Schema schema,
      SimDatabase database,
      Edge edge,
      Key key,
      boolean ofParent,
      Chance chance,
      Tally tally) {
    Writer writer = new Writer(schema, database, chance, tally);
    Transaction transaction = database.begin();
    writer.toggle(transaction, edge, key, ofParent);
    if (transaction.writes.isEmpty()) {
      database.rollBack(transaction);
      return null;
    }
    return transaction;
  }

  private void toggle(Transaction transaction, Edge edge, Key key, boolean ofParent) {
    Table table = ofParent ? edge.parent() : edge.child();
    int empty = 0;
    for (int row = 1; row <= ROWS; row++) {
      @Nullable String[] cells = current(table, row);
      boolean free = database.isFree(table, row, transaction);
      if (cells == null) {
        empty = free ? row : empty;
      } else if (ofParent
          ? Objects.equals(table.keyOf(cells), edge.folded(key))
          : key.equals(edge.held(cells))) {
        if (!free) {
          return;
        }
        write(transaction, new Write(Kind.DELETE, table, row, cells, null, transaction.xid, false));
      }
    }
    if (transaction.writes.isEmpty() && empty > 0) {
      @Nullable String[] cells = draw(table, null);
      int from = ofParent ? 0 : edge.from();
      for (int column = 0; column < edge.kind().columns; column++) {
        cells[from + column] =
            ofParent
                ? edge.bound().shape().parentText(key, column)
                : edge.bound().shape().childText(key, column);
      }
      insert(transaction, table, empty, cells);
    }
  }

  private void insert(Transaction transaction, Table table, int row, @Nullable String[] cells) {
    String own = table.keyOf(cells);
    if (own == null || (database.isFree(table, own, transaction) && !isTaken(table, row, cells))) {
      write(transaction, new Write(Kind.INSERT, table, row, null, cells, transaction.xid, false));
    }
  }

  private @Nullable Transaction transaction(List<Table> tables) {
    Transaction transaction = database.begin();
    transaction.asynchronous = chance.oneIn(6);
    transaction.ghost = !transaction.asynchronous && chance.oneIn(12);
    int changes = chance.oneIn(2) ? 1 : chance.between(2, 5);
    long writer = transaction.xid;
    for (int i = 0; i < changes; i++) {
      if (chance.oneIn(6)) {
        writer = database.savepoint(transaction);
        tally.saw(Seen.SUBTRANSACTION);
        if (chance.oneIn(3)) {
          tally.saw(Seen.SAVEPOINT_ROLLED_BACK);
          continue; // What it wrote is in no log.
        }
      }
      change(transaction, chance.any(tables), writer);
    }
    if (transaction.writes.isEmpty()) {
      database.rollBack(transaction);
      return null;
    }
    return transaction;
  }

  private void change(Transaction transaction, Table table, long writer) {
    if (chance.oneIn(14)) {
      truncate(transaction, table);
    } else {
      changeRow(transaction, table, writer);
    }
  }

  private void changeRow(Transaction transaction, Table table, long writer) {
    int row = chance.between(1, ROWS);
    if (!database.isFree(table, row, transaction)) {
      return;
    }
    @Nullable String[] before = current(table, row);
    if (before != null && chance.oneIn(2)) {
      write(transaction, new Write(Kind.DELETE, table, row, before, null, writer, false));
      return;
    }
    @Nullable String[] after = draw(table, before);
    String key = table.keyOf(after);
    if (key != null && (!database.isFree(table, key, transaction) || isTaken(table, row, after))) {
      return;
    }
    Kind kind = before == null ? Kind.INSERT : Kind.UPDATE;
    boolean partUnknown = before != null && table.key() == null && chance.oneIn(15);
    write(transaction, new Write(kind, table, row, before, after, writer, partUnknown));
  }

  private void write(Transaction transaction, Write write) {
    own.put(new Place(write.table(), write.row()), Optional.ofNullable(write.after()));
    database.lock(write.table(), write.row(), transaction);
    lockKey(transaction, write.table(), write.before());
    lockKey(transaction, write.table(), write.after());
    add(transaction, write);
  }

  private void add(Transaction transaction, Write write) {
    transaction.writes.add(write);
    if (database.unpublished.contains(write.table())) {
      transaction.untold.add(write);
    }
  }

  private void lockKey(Transaction transaction, Table table, @Nullable String @Nullable [] cells) {
    String key = cells == null ? null : table.keyOf(cells);
    if (key != null) {
      database.lock(table, key, transaction);
    }
  }

  private void truncate(Transaction transaction, Table table) {
    if (!database.isFree(table, transaction)) {
      return;
    }
    database.lock(table, transaction);
    for (int row = 1; row <= ROWS; row++) {
      own.put(new Place(table, row), Optional.empty());
    }
    add(transaction, new Write(Kind.TRUNCATE, table, 0, null, null, transaction.xid, false));
    tally.saw(table.key() == null ? Seen.TRUNCATED_CHILD : Seen.TRUNCATED_PARENT);
  }

  private @Nullable String @Nullable [] current(Table table, int row) {
    Optional<@Nullable String[]> mine = own.get(new Place(table, row));
    if (mine != null) {
      return mine.orElse(null);
    }
    Version version = database.visible(table, row);
    return version == null ? null : version.cells();
  }

  /** Whether another row has the key already. */
  private boolean isTaken(Table table, int row, @Nullable String[] cells) {
    String key = table.keyOf(cells);
    for (int other = 1; key != null && other <= ROWS; other++) {
      @Nullable String[] held = other == row ? null : current(table, other);
      if (held != null && key.equals(table.keyOf(held))) {
        return true;
      }
    }
    return false;
  }

  private @Nullable String[] draw(Table table, @Nullable String @Nullable [] before) {
    @Nullable String[] cells = new @Nullable String[schema.width(table)];
    int at = 0;
    KeyKind own = table.key();
    if (own != null) {
      at = put(own, table.wholeOldRows() ? 12 : 0, cells, at, before);
    }
    for (KeyKind slot : schema.slots(table)) {
      at = put(slot, 6, cells, at, before);
    }
    return cells;
  }

  private int put(
      KeyKind kind,
      int oneNullIn,
      @Nullable String[] cells,
      int at,
      @Nullable String @Nullable [] before) {
    if (before != null && chance.oneIn(3)) {
      System.arraycopy(before, at, cells, at, kind.columns);
      return at + kind.columns;
    }
    @Nullable String[] texts = kind.texts(chance.between(1, schema.keys), chance);
    List<Integer> nulls = new ArrayList<>();
    if (oneNullIn > 0 && chance.oneIn(oneNullIn)) {
      nulls.add(chance.below(kind.columns));
      if (chance.oneIn(4)) {
        nulls.add(kind.columns - 1);
      }
    }
    for (int column = 0; column < kind.columns; column++) {
      cells[at + column] = nulls.contains(column) ? null : texts[column];
    }
    return at + kind.columns;
  }
}
