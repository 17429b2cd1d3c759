package io.crossfk.rules.key;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * numeric as PostgreSQL prints it. A numeric may have 131,072 digits before the point, nearly all
 * of them zeros: zeros go before a number is made of the text, since BigDecimal would strip them
 * one division at a time.
 */
final class Decimals {
  /** More than numeric's 131,072 + 16,383 digits; what is beyond is not from a database. */
  private static final int LARGEST_EXPONENT = 200_000;

  /** Zeros that are written out before the scientific form begins. */
  private static final int PLAIN_ZEROS = 20;

  /** 10^18 - 1 still fits a long. */
  private static final int DIGITS_OF_A_LONG = 18;

  private Decimals() {}

  /** Reads digits with or without point and exponent, or numeric's three special values. */
  static KeyValue parse(String text) {
    return switch (text) {
      case "NaN", "Infinity", "-Infinity" -> new KeyValue.Text(text);
      default -> new KeyValue.Decimal(parseFinite(text));
    };
  }

  private static BigDecimal parseFinite(String text) {
    boolean negative = text.startsWith("-");
    int start = negative ? 1 : 0;
    int exponentMark = text.indexOf('E', start);
    int end = exponentMark < 0 ? text.length() : exponentMark;
    int point = -1;
    int firstDigit = -1;
    int lastDigit = -1;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.' && point < 0 && i > start && i < end - 1) {
        point = i;
      } else if (c < '0' || c > '9') {
        throw notANumeric(text);
      } else if (c != '0') {
        firstDigit = firstDigit < 0 ? i : firstDigit;
        lastDigit = i;
      }
    }
    if (end == start) {
      throw notANumeric(text);
    }
    long exponent = exponentMark < 0 ? 0 : parseExponent(text, exponentMark + 1);
    if (firstDigit < 0) {
      return BigDecimal.ZERO;
    }
    int whole = point < 0 ? end : point;
    int scale = lastDigit < whole ? lastDigit + 1 - whole : lastDigit - whole;
    int newScale = Math.toIntExact(scale - exponent);
    if (lastDigit - firstDigit < DIGITS_OF_A_LONG) {
      long unscaled = 0;
      for (int i = firstDigit; i <= lastDigit; i++) {
        unscaled = i == point ? unscaled : unscaled * 10 + (text.charAt(i) - '0');
      }
      return BigDecimal.valueOf(negative ? -unscaled : unscaled, newScale);
    }
    String digits =
        point > firstDigit && point < lastDigit
            ? text.substring(firstDigit, point) + text.substring(point + 1, lastDigit + 1)
            : text.substring(firstDigit, lastDigit + 1);
    BigInteger unscaled = new BigInteger(digits);
    return new BigDecimal(negative ? unscaled.negate() : unscaled, newScale);
  }

  private static int parseExponent(String text, int from) {
    boolean negative = text.startsWith("-", from);
    int start = negative || text.startsWith("+", from) ? from + 1 : from;
    int exponent = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw notANumeric(text);
      }
      exponent = exponent * 10 + (c - '0');
      if (exponent > LARGEST_EXPONENT) {
        throw notANumeric(text);
      }
    }
    if (start == text.length()) {
      throw notANumeric(text);
    }
    return negative ? -exponent : exponent;
  }

  /** One text for one value: of as many characters as it has significant digits, and a few more. */
  static String text(BigDecimal stripped) {
    return stripped.scale() >= -PLAIN_ZEROS
            && stripped.scale() <= stripped.precision() + PLAIN_ZEROS
        ? stripped.toPlainString()
        : stripped.toString();
  }

  // The value itself stays out of the message: it is a user's key, and messages end up in logs.
  private static IllegalArgumentException notANumeric(String text) {
    return new IllegalArgumentException(
        "a text of " + text.length() + " characters is not a numeric as PostgreSQL prints it");
  }
}
