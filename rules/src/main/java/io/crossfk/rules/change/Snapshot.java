package io.crossfk.rules.change;

import java.util.Arrays;

/**
 * What {@code pg_current_snapshot()} returned: which transactions a statement saw (I1).
 *
 * <p>Seen means before xmax <em>and</em> not listed as in progress. An xid at or after xmax is in
 * no list: a commit that waits for a standby reads {@code 728:728:} for xid 728 and is not seen.
 */
public final class Snapshot {
  private final String text;
  private final int xmax;
  private final int[] inProgress;

  private Snapshot(String text, int xmax, int[] inProgress) {
    this.text = text;
    this.xmax = xmax;
    this.inProgress = inProgress;
  }

  /** Reads {@code xmin:xmax:xip,xip}; the numbers are PostgreSQL's 64-bit xids. */
  public static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a snapshot: \"" + text + "\"");
    }
    int[] inProgress =
        parts[2].isEmpty()
            ? new int[0]
            : Arrays.stream(parts[2].split(",", -1))
                .mapToInt(xid -> (int) Long.parseLong(xid))
                .toArray();
    Arrays.sort(inProgress);
    return new Snapshot(text, (int) Long.parseLong(parts[1]), inProgress);
  }

  /**
   * Whether a statement of this snapshot saw the transaction, given that it has ended or waits for
   * its end. Compared modulo 2³², right as long as the two are less than 2³¹ transactions apart.
   */
  public boolean sees(TransactionId transaction) {
    return transaction.value() - xmax < 0
        && Arrays.binarySearch(inProgress, transaction.value()) < 0;
  }

  /** PostgreSQL's own text of it. */
  @Override
  public String toString() {
    return text;
  }
}
