package io.crossfk.listener.lookup;

import io.crossfk.rules.model.BoundRule;
import java.util.OptionalLong;

/**
 * Reads all keys of one side of a rule, as fast as the database sends them and from one snapshot.
 * Any thread may use it; each call uses a connection of its own and blocks its caller.
 */
public interface KeyScanner extends AutoCloseable {

  /** A side of a rule. */
  enum Side {
    CHILD,
    PARENT
  }

  /**
   * About how many rows the table has, as its statistics say; empty if they say nothing.
   *
   * @throws LookupException if the database cannot be asked
   */
  OptionalLong estimate(BoundRule rule, Side side);

  /**
   * Streams the keys, in no order; a child's key comes as often as rows hold it. Rows that the rule
   * does not check are left out.
   *
   * @param pace told of rows as they come; it may hold the reading back
   * @return how it ended; a database that fails is an outcome and not an exception
   * @throws RuntimeException what the sink or the pace throws
   */
  AuditOutcome scan(BoundRule rule, Side side, KeySink sink, Pace pace);

  /**
   * Hands out the keys of about so many of the child's rows, chosen by chance in whole pages, and
   * of all if there are no more.
   */
  AuditOutcome sample(BoundRule rule, int rows, KeySink sink, Pace pace);

  /** Counts rows, and decides how fast they may come. */
  @FunctionalInterface
  interface Pace {
    /**
     * @param rows that came since the last call
     * @return false to end the reading
     */
    boolean passed(int rows) throws InterruptedException;
  }

  /** Ends every scan that runs, with {@link AuditOutcome.Failed}; later ones fail at once. */
  @Override
  void close();
}
