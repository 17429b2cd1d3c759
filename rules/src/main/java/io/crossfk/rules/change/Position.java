package io.crossfk.rules.change;

import java.util.HexFormat;
import java.util.Locale;

/**
 * How far a database's change stream has been processed. 64 bits, compared unsigned (PostgreSQL
 * manual, section "pg_lsn type": an LSN is an unsigned 64-bit integer).
 */
public record Position(long value) implements Comparable<Position> {

  /** Before everything: PostgreSQL's invalid LSN. */
  public static final Position ZERO = new Position(0);

  /** Reads PostgreSQL's form {@code 16/B374D848}; strict. */
  public static Position parse(String text) {
    int slash = text.indexOf('/');
    int low = text.length() - slash - 1;
    if (slash < 1 || slash > 8 || low < 1 || low > 8) {
      throw new IllegalArgumentException("not a log position: \"" + text + "\"");
    }
    try {
      return new Position(
          HexFormat.fromHexDigitsToLong(text, 0, slash) << 32
              | HexFormat.fromHexDigitsToLong(text, slash + 1, text.length()));
    } catch (NumberFormatException notHexadecimal) {
      throw new IllegalArgumentException("not a log position: \"" + text + "\"", notHexadecimal);
    }
  }

  public boolean isAfter(Position other) {
    return compareTo(other) > 0;
  }

  public boolean isBefore(Position other) {
    return compareTo(other) < 0;
  }

  public static Position smaller(Position one, Position other) {
    return one.isBefore(other) ? one : other;
  }

  public static Position larger(Position one, Position other) {
    return one.isAfter(other) ? one : other;
  }

  @Override
  public int compareTo(Position other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return (Long.toHexString(value >>> 32) + "/" + Long.toHexString(value & 0xFFFFFFFFL))
        .toUpperCase(Locale.ROOT);
  }
}
