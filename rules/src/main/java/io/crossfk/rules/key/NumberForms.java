package io.crossfk.rules.key;

import io.crossfk.rules.key.ColumnType.Kind;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Pairs whose parent is a number. */
final class NumberForms {
  private NumberForms() {}

  /**
   * int2, int4 and int8 among each other. Whatever their columns are now, any of them may hold
   * every bigint: an application may widen its column at any time (semantics.md no. 25), and
   * integers are compared as bigint in SQL.
   */
  record Integers() implements PairForm {
    @Override
    public KeyValue fromChild(String text) {
      return new KeyValue.Whole(parseWhole(text));
    }

    @Override
    public KeyValue fromParent(String text) {
      return new KeyValue.Whole(parseWhole(text));
    }

    @Override
    public boolean reachable(KeyValue value) {
      return true;
    }

    @Override
    public String childText(KeyValue value) {
      return Long.toString(whole(value));
    }

    @Override
    public String parentText(KeyValue value) {
      return Long.toString(whole(value));
    }

    @Override
    public KeyValue fromJson(Object scalar) {
      // Beyond 2^53 the number stands in a string.
      return new KeyValue.Whole(scalar instanceof Long number ? number : parseWhole(text(scalar)));
    }

    private static long whole(KeyValue value) {
      return ((KeyValue.Whole) value).value();
    }
  }

  /**
   * A numeric parent.
   *
   * @param ofInteger whether the child is an integer, of whatever size
   */
  record Numerics(boolean ofInteger) implements PairForm {
    private static final BigDecimal LEAST = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

    @Override
    public KeyValue fromChild(String text) {
      return Decimals.parse(text);
    }

    @Override
    public KeyValue fromParent(String text) {
      return Decimals.parse(text);
    }

    @Override
    public boolean reachable(KeyValue value) {
      if (!ofInteger) {
        return true;
      }
      // Without trailing zeros, a scale above zero is a fraction. A long has 19 digits: a number of
      // more is not expanded, whatever its exponent.
      return value instanceof KeyValue.Decimal(BigDecimal number)
          && number.scale() <= 0
          && number.precision() - (long) number.scale() <= 19
          && number.compareTo(LEAST) >= 0
          && number.compareTo(LARGEST) <= 0;
    }

    @Override
    public String childText(KeyValue value) {
      return value.asText();
    }

    @Override
    public String parentText(KeyValue value) {
      return value.asText();
    }

    @Override
    public KeyValue fromJson(Object scalar) {
      return Decimals.parse(text(scalar));
    }
  }

  /**
   * A float4 or float8 parent. Both meet as double precision, which holds every float4, as
   * PostgreSQL's cross-type operators compare them. One text stands for one number: -0 is 0.
   */
  record Floats(Kind child, Kind parent) implements PairForm {
    private static final double LARGEST_PLAIN = 1e15;

    @Override
    public KeyValue fromChild(String text) {
      return canonical(child.isInteger() ? parseWhole(text) : parse(child, text));
    }

    @Override
    public KeyValue fromParent(String text) {
      return canonical(parse(parent, text));
    }

    @Override
    public boolean reachable(KeyValue value) {
      double number = number(value);
      if (child.isInteger()) {
        return number == Math.rint(number) && (double) (long) number == number;
      }
      return child == Kind.FLOAT8 || isFloat4(number);
    }

    @Override
    public String childText(KeyValue value) {
      double number = number(value);
      return child.isInteger() ? Long.toString((long) number) : textOf(child, number);
    }

    @Override
    public @Nullable String parentText(KeyValue value) {
      double number = number(value);
      // Cast to float4, 0.1::float8 would become a number that is not equal to it.
      return parent == Kind.FLOAT8 || isFloat4(number) ? textOf(parent, number) : null;
    }

    @Override
    public KeyValue fromJson(Object scalar) {
      return canonical(parse(Kind.FLOAT8, text(scalar)));
    }

    private static double parse(Kind kind, String text) {
      try {
        return kind == Kind.FLOAT4 ? Float.parseFloat(text) : Double.parseDouble(text);
      } catch (NumberFormatException notANumber) {
        throw notPrinted(text, "floating-point number");
      }
    }

    private static KeyValue canonical(double number) {
      return new KeyValue.Text(
          number == Math.rint(number) && Math.abs(number) < LARGEST_PLAIN
              ? Long.toString((long) number)
              : Double.toString(number));
    }

    private static String textOf(Kind kind, double number) {
      return kind == Kind.FLOAT4 ? Float.toString((float) number) : Double.toString(number);
    }

    private static boolean isFloat4(double number) {
      return Double.isNaN(number) || (double) (float) number == number;
    }

    private static double number(KeyValue value) {
      return Double.parseDouble(((KeyValue.Text) value).value());
    }
  }

  private static long parseWhole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw notPrinted(text, "whole number");
    }
  }

  private static String text(Object scalar) {
    if (scalar instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("not a key: a number is expected, written as a string");
  }

  // Without the cause: its message repeats the user's value.
  private static IllegalArgumentException notPrinted(String text, String kind) {
    return new IllegalArgumentException(
        "a text of " + text.length() + " characters is not a " + kind + " as PostgreSQL prints it");
  }
}
