package io.crossfk.rules.key;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of the referenced columns, in the parent's canonical form (I2). Equal keys are equal to
 * the parent database's own {@code =}. A NULL column is possible only in a child's key under MATCH
 * FULL.
 */
public final class Key {
  private final @Nullable KeyValue[] values;
  private final int hash;
  private final boolean partlyNull;

  private Key(@Nullable KeyValue[] values) {
    this.values = values;
    this.hash = Arrays.hashCode(values);
    boolean hasNull = false;
    for (KeyValue value : values) {
      hasNull |= value == null;
    }
    this.partlyNull = hasNull;
  }

  /** A key of these columns, null for SQL's NULL. */
  public static Key of(@Nullable KeyValue... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a key has at least one column");
    }
    return new Key(values.clone());
  }

  /** A key of one integer column. */
  public static Key of(long value) {
    return new Key(new @Nullable KeyValue[] {new KeyValue.Whole(value)});
  }

  /** A key of one text column. */
  public static Key of(String value) {
    return new Key(new @Nullable KeyValue[] {new KeyValue.Text(value)});
  }

  /** The columns' values in the order of the rule; null is SQL's NULL. Unmodifiable. */
  public List<@Nullable KeyValue> values() {
    return Collections.<@Nullable KeyValue>unmodifiableList(
        Arrays.<@Nullable KeyValue>asList(values));
  }

  /** True if a column is NULL: such a key refers to nothing and is judged on child reads alone. */
  public boolean partlyNull() {
    return partlyNull;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Key key && hash == key.hash && Arrays.equals(values, key.values));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** For people and debug logs; a violation's id is written by {@link KeyShape#canonical}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < values.length; i++) {
      KeyValue value = values[i];
      text.append(i == 0 ? "" : ", ")
          .append(
              switch (value) {
                case null -> "null";
                case KeyValue.Whole whole -> Long.toString(whole.value());
                case KeyValue.Decimal decimal -> decimal.value().toPlainString();
                case KeyValue.Text string -> string.value();
                case KeyValue.Truth truth -> Boolean.toString(truth.value());
              });
    }
    return text.append(')').toString();
  }
}
