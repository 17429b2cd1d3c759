package io.crossfk.listener.source;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.Map;

/**
 * The change stream of one database: a thread that reads the log and hands changes to a {@link
 * ChangeSink}. It comes back by itself when the connection is lost; it ends at a {@link Gap}, at a
 * fault, or when it is closed, and is then never started again: whoever wired it makes a new one.
 *
 * <p>All methods may be called by any thread.
 */
public interface ChangeSource extends AutoCloseable {

  /**
   * Starts the thread; returns at once, whether or not the database can be reached.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /**
   * Everything up to here is durable (I5): the database may forget it. Nothing else ever moves the
   * database's own mark. Sent soon after; a position at or before an earlier one has no effect.
   *
   * @throws IllegalArgumentException if the position is beyond all that was delivered
   */
  void acknowledge(Position durable);

  /**
   * Goes on over a new connection: a server may keep what it knew of a table for as long as one
   * lasts.
   *
   * @param oids which tables have these numbers now, whatever the log still calls them
   * @param patience how long to wait for the new connection
   * @return false if there is none yet; one that comes later is new as well
   */
  boolean renew(Map<Long, TableReference> oids, Duration patience) throws InterruptedException;

  SourceStatus status();

  /** Ends the thread and the connection, within a second; a last acknowledgement is still sent. */
  @Override
  void close();
}
