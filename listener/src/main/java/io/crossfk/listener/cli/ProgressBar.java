package io.crossfk.listener.cli;

import io.crossfk.listener.OneShotCheck;
import io.crossfk.listener.audit.CheckOutcome;
import io.crossfk.listener.lookup.KeyScanner;
import io.crossfk.rules.model.BoundRule;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** One line on a terminal that says how far a check is, how fast, and how long it will take. */
final class ProgressBar implements OneShotCheck.Observer, AutoCloseable {
  private static final int WIDTH = 24;
  private static final long REDRAW_NANOS = 200_000_000;
  private static final String CLEAR = "\r\033[K";

  private final PrintWriter out;
  private final boolean shown;
  private final LongSupplier nanoTime;
  private String rule = "";
  private OptionalLong all = OptionalLong.empty();
  private long rows;
  private long start;
  private long drawn;

  /**
   * @param shown false: nobody looks, nothing is written
   */
  ProgressBar(PrintWriter out, boolean shown, LongSupplier nanoTime) {
    this.out = out;
    this.shown = shown;
    this.nanoTime = nanoTime;
  }

  @Override
  public boolean wantsEstimates() {
    return shown;
  }

  @Override
  public synchronized void begins(
      BoundRule begun, OptionalLong childRows, OptionalLong parentRows) {
    rule = begun.rule().name();
    all =
        childRows.isPresent() && parentRows.isPresent()
            ? OptionalLong.of(childRows.getAsLong() + parentRows.getAsLong())
            : OptionalLong.empty();
    rows = 0;
    start = nanoTime.getAsLong();
    drawn = start;
  }

  @Override
  public synchronized void passed(KeyScanner.Side side, int more) {
    rows += more;
    long now = nanoTime.getAsLong();
    if (shown && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      out.print(CLEAR + line(now - start));
      out.flush();
    }
  }

  /**
   * Such as {@code orders-user [######------] 50 %, 1,000,000 rows, 500,000 a second, 2 s left}.
   */
  private String line(long nanos) {
    double seconds = nanos / 1e9;
    long rate = seconds > 0 ? Math.round(rows / seconds) : 0;
    String speed = String.format(Locale.ROOT, "%,d rows, %,d a second", rows, rate);
    if (all.isEmpty() || all.getAsLong() <= 0) {
      return rule + "  " + speed;
    }
    // Statistics are old as a rule: never more than all.
    double part = Math.min(1, (double) rows / all.getAsLong());
    int full = (int) (WIDTH * part);
    long left = rate == 0 ? 0 : Math.max(0, all.getAsLong() - rows) / rate;
    return String.format(
        Locale.ROOT,
        "%s  [%s%s] %.0f %%, %s, about %s left",
        rule,
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        100 * part,
        speed,
        left < 120 ? left + " s" : left / 60 + " min");
  }

  @Override
  public synchronized void ends(CheckOutcome outcome) {
    close();
  }

  @Override
  public synchronized void close() {
    if (shown) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
