package io.crossfk.listener.randomwork;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that was committed, with what it wrote. Queries began to see it at some time from
 * {@code sent} to {@code known}, unless a crash took it back.
 *
 * @param number unique in a run; it is in the ledger table of its database, too
 * @param xid PostgreSQL's 64-bit id of it
 * @param sent when the client sent COMMIT
 * @param known when the client knew that it is committed
 */
record Committed(
    long number,
    String client,
    String database,
    long xid,
    long sent,
    long known,
    Answer answer,
    List<RowWrite> writes,
    List<String> statements) {
  Committed {
    writes = List.copyOf(writes);
    statements = List.copyOf(statements);
  }

  /** What the client may believe. */
  enum Answer {
    /** It is committed for good. */
    DURABLE,
    /** It is committed, and a crash may take it back: synchronous_commit is off. */
    SOON,
    /** The answer was lost, and the ledger does not have it: it was seen for a moment, or never. */
    NONE
  }

  /** Which version of which row. */
  record RowVersion(WorkTable table, long row, int version) {}

  /**
   * A row version that begins or ends with the transaction.
   *
   * @param values those of the table's {@link WorkTable#columns}; only of one that begins
   */
  record RowWrite(RowVersion version, boolean begins, List<@Nullable Object> values) {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Committed transaction && transaction.number == number;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }

  @Override
  public String toString() {
    return "%s: %s of %s (xid %d)%s: %s"
        .formatted(
            client,
            number,
            database,
            xid,
            answer == Answer.DURABLE ? "" : " " + answer,
            String.join("; ", statements));
  }
}
