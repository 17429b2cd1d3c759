package io.crossfk.rules.key;

import io.crossfk.rules.key.ColumnType.Kind;
import org.jspecify.annotations.Nullable;

/**
 * date, timestamp and timestamptz, kept as PostgreSQL prints them under DateStyle ISO and TimeZone
 * UTC: years of four or more digits, {@code BC} at the end, {@code infinity}. A date and a
 * timestamp meet at midnight. What the parent's type cannot hold (a time of day for a date, a year
 * past the timestamps) stays in the form of the child and so equals no parent.
 */
record MomentForm(Kind child, Kind parent) implements PairForm {
  private static final String BEFORE_CHRIST = " BC";
  private static final String MIDNIGHT = " 00:00:00";
  private static final int LAST_YEAR_OF_TIMESTAMP = 294_276;

  @Override
  public KeyValue fromChild(String text) {
    check(child, text);
    return new KeyValue.Text(
        child == parent ? text : parent == Kind.DATE ? dateIfMidnight(text) : atMidnight(text));
  }

  @Override
  public KeyValue fromParent(String text) {
    check(parent, text);
    return new KeyValue.Text(text);
  }

  @Override
  public boolean reachable(KeyValue value) {
    String text = value.asText();
    if (child == parent || isInfinite(text)) {
      return true;
    }
    return child == Kind.DATE
        ? isMidnight(text)
        : !isDate(text) || year(text) <= LAST_YEAR_OF_TIMESTAMP;
  }

  @Override
  public String childText(KeyValue value) {
    String text = value.asText();
    if (child == parent) {
      return text;
    }
    return child == Kind.DATE ? dateIfMidnight(text) : isDate(text) ? atMidnight(text) : text;
  }

  @Override
  public @Nullable String parentText(KeyValue value) {
    String text = value.asText();
    if (child == parent || isInfinite(text)) {
      return text;
    }
    boolean holds = parent == Kind.DATE ? isDate(text) : year(text) <= LAST_YEAR_OF_TIMESTAMP;
    return holds ? text : null;
  }

  @Override
  public KeyValue fromJson(Object scalar) {
    if (!(scalar instanceof String text)) {
      throw new IllegalArgumentException("not a key: a date or time is expected, as a string");
    }
    boolean asChild = parent == Kind.DATE && child == Kind.TIMESTAMP && !isDate(text);
    check(asChild ? child : parent, text);
    return new KeyValue.Text(text);
  }

  private static String atMidnight(String date) {
    if (isInfinite(date)) {
      return date;
    }
    return date.endsWith(BEFORE_CHRIST)
        ? withoutEra(date) + MIDNIGHT + BEFORE_CHRIST
        : date + MIDNIGHT;
  }

  private static String dateIfMidnight(String timestamp) {
    if (!isMidnight(timestamp)) {
      return timestamp;
    }
    String date = withoutEra(timestamp);
    date = date.substring(0, date.length() - MIDNIGHT.length());
    return timestamp.endsWith(BEFORE_CHRIST) ? date + BEFORE_CHRIST : date;
  }

  private static boolean isMidnight(String timestamp) {
    return withoutEra(timestamp).endsWith(MIDNIGHT);
  }

  private static boolean isInfinite(String text) {
    return text.endsWith("infinity");
  }

  private static boolean isDate(String text) {
    return isInfinite(text) || withoutEra(text).indexOf(' ') < 0;
  }

  private static String withoutEra(String text) {
    return text.endsWith(BEFORE_CHRIST)
        ? text.substring(0, text.length() - BEFORE_CHRIST.length())
        : text;
  }

  /** The year's number; years before Christ are below the limits of every type, as are these. */
  private static int year(String text) {
    return Integer.parseInt(text, 0, text.indexOf('-'), 10);
  }

  /** Under another DateStyle or TimeZone every key would look missing: better to stop. */
  private static void check(Kind kind, String text) {
    if (text.equals("infinity") || text.equals("-infinity")) {
      return;
    }
    int yearEnd = text.indexOf('-');
    boolean iso = yearEnd >= 4 && yearEnd <= 7;
    for (int i = 0; iso && i < yearEnd; i++) {
      iso = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    int end = text.length() - (text.endsWith(BEFORE_CHRIST) ? BEFORE_CHRIST.length() : 0);
    int dateEnd = yearEnd + "-MM-DD".length();
    int zone = kind == Kind.TIMESTAMPTZ ? "+00".length() : 0;
    iso =
        iso
            && (kind == Kind.DATE
                ? end == dateEnd
                : end >= dateEnd + MIDNIGHT.length() + zone
                    && text.charAt(dateEnd) == ' '
                    && (zone > 0) == text.startsWith("+00", end - "+00".length()));
    if (!iso) {
      throw new IllegalArgumentException(
          ColumnType.of(kind)
              + " is not printed in ISO form and UTC: the session must set DateStyle to ISO and"
              + " TimeZone to UTC");
    }
  }
}
