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

  /** Reads {@code xmin:xmax:xip,xip}; the numbers are PostgreSQL's 64-bit xids. Strict. */
  public static Snapshot parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw notASnapshot(text);
    }
    xid(parts[0], text);
    int xmax = xid(parts[1], text);
    int[] inProgress =
        parts[2].isEmpty()
            ? new int[0]
            : Arrays.stream(parts[2].split(",", -1)).mapToInt(part -> xid(part, text)).toArray();
    Arrays.sort(inProgress);
    return new Snapshot(text, xmax, inProgress);
  }

  /** The low 32 bits: the stream's xids have no more. */
  private static int xid(String part, String text) {
    if (part.isEmpty() || !part.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
      throw notASnapshot(text);
    }
    try {
      return (int) Long.parseUnsignedLong(part);
    } catch (NumberFormatException tooLarge) {
      throw notASnapshot(text);
    }
  }

  private static IllegalArgumentException notASnapshot(String text) {
    return new IllegalArgumentException(
        "not a snapshot of the form xmin:xmax:xip,xip: \"" + text + "\"");
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
