package io.crossfk.rules.key;

import java.math.BigDecimal;

/**
 * One column's value in its canonical form: equal here exactly if equal to the parent's {@code =}.
 */
public sealed interface KeyValue {

  /**
   * The value as text: digits for numbers, in scientific form where plain digits would be mostly
   * zeros, {@code true} and {@code false} for bool. As long as the value's significant digits,
   * never as long as its exponent.
   */
  String asText();

  /** int2, int4 and int8. */
  record Whole(long value) implements KeyValue {
    @Override
    public String asText() {
      return Long.toString(value);
    }
  }

  /** numeric, without trailing zeros: 1.00 and 1 are one value. Never NaN or infinite, see Text. */
  record Decimal(BigDecimal value) implements KeyValue {
    public Decimal {
      value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    @Override
    public String asText() {
      return Decimals.text(value);
    }
  }

  /**
   * Everything whose canonical form is a text: text itself, uuid, dates, bytea as hex, labels,
   * floating-point numbers, and numeric's NaN and infinities.
   */
  record Text(String value) implements KeyValue {
    @Override
    public String asText() {
      return value;
    }
  }

  /** bool. */
  record Truth(boolean value) implements KeyValue {
    @Override
    public String asText() {
      return Boolean.toString(value);
    }
  }
}
