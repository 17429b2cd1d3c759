package io.crossfk.listener;

import io.crossfk.listener.lookup.KeyScanner;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** Lets rows come no faster than they may: the server waits, as for any slow reader. */
final class PacedRows implements KeyScanner.Pace {
  private final OptionalLong mostASecond;
  private final IntConsumer observer;
  private final long start = System.nanoTime();
  private long rows;

  PacedRows(OptionalLong mostASecond, IntConsumer observer) {
    this.mostASecond = mostASecond;
    this.observer = observer;
  }

  @Override
  public boolean passed(int more) throws InterruptedException {
    rows += more;
    observer.accept(more);
    if (mostASecond.isPresent()) {
      long due = Math.round(1e9 * rows / mostASecond.getAsLong());
      long early = due - (System.nanoTime() - start);
      if (early > 0) {
        Thread.sleep(Duration.ofNanos(early)); // A back-off, as asked for.
      }
    }
    return true;
  }
}
