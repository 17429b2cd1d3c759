package io.crossfk.listener.lookup;

import io.crossfk.rules.model.BoundRule;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads whole tables: all keys that a rule's children hold, from one snapshot. Any thread may use
 * it; each call uses a connection of its own and blocks its caller.
 */
public interface AuditReader extends AutoCloseable {

  /**
   * Streams the keys of the rule's children, piece by piece of the table: first the sight of the
   * snapshot that a piece's keys come from, then the keys, then the place that was reached. Rows
   * that the rule does not check are left out (NULLs, by its MATCH); a key may come any number of
   * times. A row that is written meanwhile may be left out: its event is in the log.
   *
   * <p>A sink that blocks holds the reading back; it holds a snapshot of the database too, so the
   * server ends an audit whose sink blocks for minutes.
   *
   * @param from a place that an earlier reading reached; if the table's files are others by now,
   *     the reading begins at the beginning
   * @return how it ended; a database that fails is an outcome and not an exception
   * @throws RuntimeException what the sink throws
   */
  AuditOutcome audit(BoundRule rule, Optional<String> from, AuditSink sink);

  /**
   * A transaction id (xid8) above those of all transactions that have written anything up to now,
   * for {@link #waitUntilEnded}. Not a snapshot's xmax: a transaction that runs may be beyond it.
   *
   * @throws LookupException if the database cannot be asked
   */
  long nextTransaction(String database);

  /**
   * Waits until every transaction with an id below this one has ended (a table published while a
   * transaction is open: that transaction's earlier rows never arrive).
   *
   * @return false if the time limit passed first
   * @throws LookupException if the database cannot be asked
   */
  boolean waitUntilEnded(String database, long transaction, Duration limit)
      throws InterruptedException;

  /** Ends every audit that runs, with {@link AuditOutcome.Failed}; later ones fail at once. */
  @Override
  void close();
}
