package io.crossfk.listener.lookup;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.key.KeyValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * How the keys of one rule are written where there are many: equal codes exactly where the
 * canonical forms are equal (I2), and a code can be read back. Integers, uuids and texts that meet
 * exactly keep the bytes that the database sends; all else is written as its canonical JSON.
 *
 * <p>Where equality has no exact form, two codes of equal keys may differ: a code that is not found
 * is a candidate, and never more.
 *
 * <p>Immutable; any thread may use it.
 */
public final class KeyCode {
  /** How one column is written. */
  public enum Column {
    /** Eight bytes, the highest first. */
    WHOLE,
    /** Sixteen bytes. */
    UUID,
    /** The length in four bytes, then UTF-8. */
    TEXT
  }

  public static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  public static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final KeyShape shape;

  /** Empty if the key is written as canonical JSON. */
  private final List<Column> columns;

  private final boolean oneWhole;

  private KeyCode(KeyShape shape, List<Column> columns) {
    this.shape = shape;
    this.columns = List.copyOf(columns);
    this.oneWhole = columns.size() == 1 && columns.getFirst() == Column.WHOLE;
  }

  public static KeyCode of(KeyShape shape) {
    List<Column> columns = new ArrayList<>();
    for (KeyShape.Pair pair : shape.pairs()) {
      if (isWhole(pair.child()) && isWhole(pair.parent())) {
        columns.add(Column.WHOLE);
      } else if (pair.child().kind() == Kind.UUID && pair.parent().kind() == Kind.UUID) {
        columns.add(Column.UUID);
      } else if (isExactText(pair.child()) && isExactText(pair.parent())) {
        columns.add(Column.TEXT);
      } else {
        return new KeyCode(shape, List.of());
      }
    }
    return new KeyCode(shape, columns);
  }

  private static boolean isWhole(ColumnType type) {
    return switch (type.kind()) {
      case INT2, INT4, INT8 -> true;
      default -> false;
    };
  }

  private static boolean isExactText(ColumnType type) {
    return type.kind() == Kind.TEXT && type.exact();
  }

  /** Whether a key is one integer, and its code a {@code long}. */
  public boolean isOneWhole() {
    return oneWhole;
  }

  /** Each column's code; empty if the key is written as canonical JSON. */
  public List<Column> columns() {
    return columns;
  }

  public KeyShape shape() {
    return shape;
  }

  /** The canonical JSON of a key, as its code. */
  public byte[] canonical(Key key) {
    return shape.canonical(key).getBytes(StandardCharsets.UTF_8);
  }

  /** Back from bytes. */
  public Key key(byte[] code, int from, int to) {
    if (columns.isEmpty()) {
      return shape.parse(new String(code, from, to - from, StandardCharsets.UTF_8));
    }
    KeyValue[] values = new KeyValue[columns.size()];
    int at = from;
    for (int column = 0; column < values.length; column++) {
      switch (columns.get(column)) {
        case WHOLE -> {
          values[column] = new KeyValue.Whole((long) LONGS.get(code, at));
          at += Long.BYTES;
        }
        case UUID -> {
          UUID uuid = new UUID((long) LONGS.get(code, at), (long) LONGS.get(code, at + Long.BYTES));
          values[column] = new KeyValue.Text(uuid.toString());
          at += 2 * Long.BYTES;
        }
        case TEXT -> {
          int length = (int) INTS.get(code, at);
          at += Integer.BYTES;
          values[column] = new KeyValue.Text(new String(code, at, length, StandardCharsets.UTF_8));
          at += length;
        }
      }
    }
    return Key.of(values);
  }
}
