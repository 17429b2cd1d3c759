package io.crossfk.rules.change;

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
    if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
      throw new IllegalArgumentException("not a log position: \"" + text + "\"");
    }
    try {
      long high = Long.parseLong(text.substring(0, slash), 16);
      long low = Long.parseLong(text.substring(slash + 1), 16);
      if (text.indexOf('-') >= 0 || text.indexOf('+') >= 0) {
        throw new IllegalArgumentException("not a log position: \"" + text + "\"");
      }
      return new Position(high << 32 | low);
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
    return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(value & 0xFFFFFFFFL).toUpperCase(java.util.Locale.ROOT);
  }
}
