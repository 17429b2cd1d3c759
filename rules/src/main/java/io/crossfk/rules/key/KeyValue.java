package io.crossfk.rules.key;

import java.math.BigDecimal;

/** One column's value in its canonical form: equal here exactly if equal to the parent's {@code =}. */
public sealed interface KeyValue {

  /** int2, int4 and int8. */
  record Whole(long value) implements KeyValue {}

  /** numeric, without trailing zeros: 1.00 and 1 are one value. Never NaN or infinite, see Text. */
  record Decimal(BigDecimal value) implements KeyValue {
    public Decimal {
      value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }
  }

  /** Everything whose canonical form is a text: text itself, uuid, dates, bytea as hex, labels. */
  record Text(String value) implements KeyValue {}

  /** bool. */
  record Truth(boolean value) implements KeyValue {}
}
