package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.listener.lookup.KeySink;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
  private final boolean wantsPartlyNull;
  private final KeySink sink;
  private final int columns;
  private final boolean oneWhole;

  /** Whether keys are canonical JSON; else each column has a code. */
  private final boolean canonical;

  private final KeyCode.Column[] coded;
  private byte[] written = new byte[64];
  private int rows;
  private boolean begun;
  private boolean ended;

  /**
   * @param child whether the rows are children
   * @param partlyNull whether the sink wants keys that are NULL in part; else such rows are left
   *     out, as those that are NULL are in any case
   */
  CopiedRows(KeyCode code, boolean child, boolean partlyNull, KeySink sink) {
    this.code = code;
    this.child = child;
    this.wantsPartlyNull = partlyNull;
    this.sink = sink;
    this.columns = code.shape().pairs().size();
    this.oneWhole = code.isOneWhole();
    this.coded = code.columns().toArray(KeyCode.Column[]::new);
    this.canonical = coded.length == 0;
  }

  /** Whether the end was seen: without it rows are missing. */
  boolean ended() {
    return ended;
  }

  /**
   * @return rows in the message that were not left out
   * @throws IllegalArgumentException if it is not what COPY sends
   */
  int message(byte[] message) {
    int at = begun ? 0 : header(message);
    begun = true;
    rows = 0;
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
      at = oneWhole ? oneWhole(message, at) : row(message, at);
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
    if (length < 0) {
      return at + Integer.BYTES;
    }
    rows++;
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
    int to = 0;
    int nulls = 0;
    for (int column = 0; column < columns; column++) {
      int length = (int) KeyCode.INTS.get(message, at);
      at += Integer.BYTES;
      if (length < 0) {
        nulls++;
      } else {
        if (!canonical && nulls == 0) {
          to = write(message, at, length, coded[column], to);
        }
        at += length;
      }
    }
    if (nulls > 0 && (nulls == columns || !wantsPartlyNull)) {
      return at;
    }
    rows++;
    if (nulls > 0) {
      sink.partlyNull(slowly(message, start));
    } else if (canonical) {
      byte[] text = code.canonical(slowly(message, start));
      sink.code(text, 0, text.length);
    } else {
      sink.code(written, 0, to);
    }
    return at;
  }

  /** A field as the database sends it, at a place of {@link #written}; returns the next place. */
  private int write(byte[] message, int at, int length, KeyCode.Column column, int place) {
    int end = place + length + Long.BYTES;
    if (written.length < end) {
      written = Arrays.copyOf(written, 2 * end);
    }
    int to = place;
    if (column == KeyCode.Column.TEXT) {
      KeyCode.INTS.set(written, to, length);
      to += Integer.BYTES;
    } else if (column == KeyCode.Column.WHOLE && length != Long.BYTES) {
      KeyCode.LONGS.set(written, to, whole(message, at, length));
      return to + Long.BYTES;
    }
    System.arraycopy(message, at, written, to, length);
    return to + length;
  }

  /** By way of a key. Where keys are canonical JSON the database sends texts. */
  private Key slowly(byte[] message, int start) {
    @Nullable String[] texts = new @Nullable String[columns];
    @Nullable KeyValue[] values = new @Nullable KeyValue[columns];
    int at = start;
    for (int column = 0; column < columns; column++) {
      int length = (int) KeyCode.INTS.get(message, at);
      at += Integer.BYTES;
      if (length >= 0) {
        if (canonical || coded[column] == KeyCode.Column.TEXT) {
          String text = new String(message, at, length, StandardCharsets.UTF_8);
          texts[column] = text;
          values[column] = new KeyValue.Text(text);
        } else if (coded[column] == KeyCode.Column.WHOLE) {
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
    if (!canonical) {
      return Key.of(values);
    }
    return child ? code.shape().fromChild(texts) : code.shape().fromParent(texts).orElseThrow();
  }
}
