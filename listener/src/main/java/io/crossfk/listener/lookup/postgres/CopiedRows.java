package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.listener.lookup.KeySink;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code COPY … (FORMAT binary)} sends: a header, then for each row the number of its
 * fields and each field with its length, then -1 (PostgreSQL's manual on COPY, "Binary Format"). A
 * message of the server holds whole rows. One thread at a time.
 */
final class CopiedRows {
  private static final long SIGNATURE = 0x5047434F50590AFFL; // PGCOPY\n\377
  private static final int HEADER = 19;
  private static final int EXTENSION_LENGTH = 15;

  private final KeyCode code;
  private final boolean child;
  private final KeySink sink;
  private final int columns;
  private byte[] written = new byte[64];
  private boolean begun;
  private boolean ended;

  /**
   * @param child whether the rows are children, which may be NULL in part
   */
  CopiedRows(KeyCode code, boolean child, KeySink sink) {
    this.code = code;
    this.child = child;
    this.sink = sink;
    this.columns = code.shape().pairs().size();
  }

  /** Whether the end was seen: without it rows are missing. */
  boolean ended() {
    return ended;
  }

  /**
   * @return rows in the message
   * @throws IllegalArgumentException if it is not what COPY sends
   */
  int message(byte[] message) {
    int at = begun ? 0 : header(message);
    begun = true;
    int rows = 0;
    while (at < message.length) {
      int fields = (message[at] << 8) | (message[at + 1] & 0xff);
      at += Short.BYTES;
      if (fields == -1) {
        ended = true;
        return rows;
      }
      if (fields != columns) {
        throw new IllegalArgumentException("a row of " + fields + " fields, not of " + columns);
      }
      at = code.isOneWhole() ? oneWhole(message, at) : row(message, at);
      rows++;
    }
    return rows;
  }

  private static int header(byte[] message) {
    if (message.length < HEADER || (long) KeyCode.LONGS.get(message, 0) != SIGNATURE) {
      throw new IllegalArgumentException("not the header of a binary COPY");
    }
    return HEADER + (int) KeyCode.INTS.get(message, EXTENSION_LENGTH);
  }

  private int oneWhole(byte[] message, int at) {
    int length = (int) KeyCode.INTS.get(message, at);
    sink.whole(whole(message, at + Integer.BYTES, length));
    return at + Integer.BYTES + length;
  }

  private static long whole(byte[] message, int at, int length) {
    return switch (length) {
      case Long.BYTES -> (long) KeyCode.LONGS.get(message, at);
      case Integer.BYTES -> (int) KeyCode.INTS.get(message, at);
      case Short.BYTES -> (message[at] << 8) | (message[at + 1] & 0xff);
      default -> throw new IllegalArgumentException("an integer of " + length + " bytes");
    };
  }

  private int row(byte[] message, int start) {
    int at = start;
    boolean partlyNull = false;
    for (int column = 0; column < columns; column++) {
      int length = (int) KeyCode.INTS.get(message, at);
      partlyNull |= length < 0;
      at += Integer.BYTES + Math.max(0, length);
    }
    if (partlyNull) {
      sink.partlyNull(slowly(message, start));
    } else if (code.columns().isEmpty()) {
      byte[] canonical = code.canonical(slowly(message, start));
      sink.code(canonical, 0, canonical.length);
    } else {
      quickly(message, start, at);
    }
    return at;
  }

  /** Field by field, as the database sends it. */
  private void quickly(byte[] message, int start, int end) {
    int most = end - start + Long.BYTES * columns;
    if (written.length < most) {
      written = new byte[2 * most];
    }
    int at = start;
    int to = 0;
    for (KeyCode.Column column : code.columns()) {
      int length = (int) KeyCode.INTS.get(message, at);
      at += Integer.BYTES;
      switch (column) {
        case WHOLE -> {
          KeyCode.LONGS.set(written, to, whole(message, at, length));
          to += Long.BYTES;
        }
        case UUID -> {
          System.arraycopy(message, at, written, to, length);
          to += length;
        }
        case TEXT -> {
          KeyCode.INTS.set(written, to, length);
          System.arraycopy(message, at, written, to + Integer.BYTES, length);
          to += Integer.BYTES + length;
        }
      }
      at += length;
    }
    sink.code(written, 0, to);
  }

  /** By way of a key. Where keys are canonical JSON the database sends texts. */
  private Key slowly(byte[] message, int start) {
    List<KeyCode.Column> coded = code.columns();
    @Nullable String[] texts = new @Nullable String[columns];
    @Nullable KeyValue[] values = new @Nullable KeyValue[columns];
    int at = start;
    for (int column = 0; column < columns; column++) {
      int length = (int) KeyCode.INTS.get(message, at);
      at += Integer.BYTES;
      if (length >= 0) {
        if (coded.isEmpty() || coded.get(column) == KeyCode.Column.TEXT) {
          String text = new String(message, at, length, StandardCharsets.UTF_8);
          texts[column] = text;
          values[column] = new KeyValue.Text(text);
        } else if (coded.get(column) == KeyCode.Column.WHOLE) {
          values[column] = new KeyValue.Whole(whole(message, at, length));
        } else {
          values[column] =
              new KeyValue.Text(
                  new UUID(
                          (long) KeyCode.LONGS.get(message, at),
                          (long) KeyCode.LONGS.get(message, at + Long.BYTES))
                      .toString());
        }
        at += length;
      }
    }
    if (!coded.isEmpty()) {
      return Key.of(values);
    }
    return child ? code.shape().fromChild(texts) : code.shape().fromParent(texts).orElseThrow();
  }
}
