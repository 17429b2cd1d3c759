package io.crossfk.listener.source;

import io.crossfk.rules.change.ChangeBatch;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;

/**
 * Where a source delivers. All methods are called by the source's own thread, one after the other;
 * none but {@link #offer} may block.
 */
public interface ChangeSink {

  /**
   * The stream is connected, for the first time or again, and begins behind {@code from}: what
   * follows may have been delivered before. A transaction that was in progress is void and comes
   * again from its Begin.
   *
   * @param identity compare it with the one before: see {@link SourceIdentity#mayHaveLostCommits}
   */
  void streamStarted(SourceIdentity identity, Position from);

  /**
   * The next changes in log order.
   *
   * @param patience how long this may wait for room
   * @return false if there was no room in that time; the same batch is then offered again, and
   *     nothing is read meanwhile
   */
  boolean offer(ChangeBatch batch, Duration patience) throws InterruptedException;

  /**
   * The connection is lost or could not be made; called once for an outage. {@link #streamStarted}
   * or {@link #gap} follows.
   *
   * @param reason one line for people
   */
  void streamLost(String reason);

  /** Changes are missing, or may be. The source has ended. */
  void gap(Gap gap);

  /**
   * A watched table is described by the log in a way that its rules cannot be judged by: a column
   * or an old key is not in the log. The changes that follow have this flaw; called before they are
   * offered, at each description of the table that has it.
   *
   * @param message what is wrong and its cure
   */
  void unfit(TableReference table, String message);

  /** The source has ended by a fault of crossfk itself. */
  void failed(RuntimeException fault);
}
