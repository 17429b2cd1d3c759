package io.crossfk.rules.change;

import org.jspecify.annotations.Nullable;

/**
 * The watched columns of one row, in the order of {@link Table#columns()}, as the database's own
 * text (ISO dates, UTC, hex bytea: the source sets these for its session).
 */
public final class Row {
  /** Stands for a TOASTed value that did not change and is not in the log; never for NULL. */
  private static final String UNCHANGED = new String("unchanged");

  private final @Nullable String[] values;

  /** Takes the array over; use {@link #unchanged()} for a value that the log leaves out. */
  public Row(@Nullable String... values) {
    this.values = values;
  }

  /**
   * The mark for {@link #Row}'s arrays; compared by identity, so no user's text is mistaken for it.
   */
  public static String unchanged() {
    return UNCHANGED;
  }

  /** The value, null for SQL's NULL. Ask {@link #isUnchanged} first. */
  public @Nullable String value(int index) {
    return values[index];
  }

  @SuppressWarnings("ReferenceEquality")
  public boolean isUnchanged(int index) {
    return values[index] == UNCHANGED;
  }

  public int size() {
    return values.length;
  }
}
