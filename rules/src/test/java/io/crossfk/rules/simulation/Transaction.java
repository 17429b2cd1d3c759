package io.crossfk.rules.simulation;

import io.crossfk.rules.simulation.Schema.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A top-level transaction of a database, with what is left of its savepoints. */
final class Transaction {
  enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE
  }

  /**
   * One change of a row.
   *
   * @param writer the id that the row carries: the transaction's own, or a subtransaction's
   * @param partUnknown a part of the child's key is not in the log (an unchanged TOASTed column)
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Write(
      Kind kind,
      Table table,
      int row,
      @Nullable String @Nullable [] before,
      @Nullable String @Nullable [] after,
      long writer,
      boolean partUnknown) {
    @Override
    public String toString() {
      return kind
          + " "
          + table.reference().table()
          + "#"
          + row
          + " "
          + Arrays.toString(before)
          + "->"
          + Arrays.toString(after);
    }
  }

  final long xid;
  final List<Write> writes = new ArrayList<>();

  /** The newest id of its subtransactions, or its own. */
  long newestXid;

  /** Visible at once, and in the log later, or never if the server crashes before. */
  boolean asynchronous;

  /** Waits for a standby that does not answer: in the log, and not visible for very long. */
  boolean ghost;

  /** No row of it is in what a reader of the log is told: a partition that came or went. */
  boolean unseen;

  boolean visible;
  long finalPosition;

  /** Rows written while their table was not published. */
  final Set<Write> untold = Collections.newSetFromMap(new IdentityHashMap<>());

  Transaction(long xid) {
    this.xid = xid;
    this.newestXid = xid;
  }

  /** The position behind the commit record. */
  long end() {
    return finalPosition + 5;
  }

  @Override
  public String toString() {
    return xid
        + (asynchronous ? " (asynchronous)" : "")
        + (ghost ? " (ghost)" : "")
        + (unseen ? " (unseen)" : "")
        + (newestXid > xid ? " (with subtransactions)" : "")
        + " "
        + writes;
  }
}
