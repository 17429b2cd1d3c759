package io.crossfk.rules.key;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of the referenced columns, in the parent's canonical form (I2). Equal keys are equal to
 * the parent database's own {@code =}. A NULL column is possible only in a child's key under MATCH
 * FULL.
 *
 * <p>Immutable; equality and hash do not depend on the running virtual machine.
 */
public final class Key {
  private static final @Nullable KeyValue[] NONE = {};

  // Nearly every key has one column, and one is made for every row of the log: the first value
  // needs
  // no array, and an unboxed long may take its place without anybody outside noticing.
  private final @Nullable KeyValue first;
  private final @Nullable KeyValue[] rest;
  private final int hash;

  private Key(@Nullable KeyValue first, @Nullable KeyValue[] rest) {
    this.first = first;
    this.rest = rest;
    int hashOfAll = Objects.hashCode(first);
    for (KeyValue value : rest) {
      hashOfAll = 31 * hashOfAll + Objects.hashCode(value);
    }
    this.hash = hashOfAll;
  }

  /** A key of these columns, null for SQL's NULL. */
  public static Key of(@Nullable KeyValue... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a key has at least one column");
    }
    return values.length == 1
        ? ofOne(values[0])
        : new Key(values[0], Arrays.copyOfRange(values, 1, values.length));
  }

  /** A key of one integer column. */
  public static Key of(long value) {
    return ofOne(new KeyValue.Whole(value));
  }

  /** A key of one text column. */
  public static Key of(String value) {
    return ofOne(new KeyValue.Text(value));
  }

  static Key ofOne(@Nullable KeyValue value) {
    return new Key(value, NONE);
  }

  /** The columns' values in the order of the rule; null is SQL's NULL. Unmodifiable. */
  public List<@Nullable KeyValue> values() {
    List<@Nullable KeyValue> values = new ArrayList<>(size());
    values.add(first);
    for (KeyValue value : rest) {
      values.add(value);
    }
    return Collections.unmodifiableList(values);
  }

  /** The value of one column, null for SQL's NULL. */
  public @Nullable KeyValue value(int column) {
    return column == 0 ? first : rest[column - 1];
  }

  /** The number of columns, at least 1. */
  public int size() {
    return 1 + rest.length;
  }

  /** True if a column is NULL: such a key refers to nothing and is judged on child reads alone. */
  public boolean partlyNull() {
    if (first == null) {
      return true;
    }
    for (KeyValue value : rest) {
      if (value == null) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Key key
            && hash == key.hash
            && Objects.equals(first, key.first)
            && Arrays.equals(rest, key.rest));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** For people and debug logs; a violation's id is written by {@link KeyShape#canonical}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(");
    for (int column = 0; column < size(); column++) {
      KeyValue value = value(column);
      text.append(column == 0 ? "" : ", ").append(value == null ? "null" : value.asText());
    }
    return text.append(')').toString();
  }
}
