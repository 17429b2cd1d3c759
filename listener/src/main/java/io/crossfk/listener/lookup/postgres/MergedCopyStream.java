package io.crossfk.listener.lookup.postgres;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a server sends, with the rows of a COPY in few large messages instead of one for each row:
 * the driver's work is by the message. All other bytes pass as they are. Used by one thread at a
 * time, as the driver does.
 *
 * <p>A message is a letter, a length in four bytes that counts itself, and so much less four
 * (PostgreSQL's manual, "Message Formats"); rows of a COPY are messages of the letter d. Before the
 * first message a server answers a wish for encryption with a single letter, and if that grants it,
 * everything from there on is passed unseen.
 */
final class MergedCopyStream extends FilterInputStream {
  private static final int BUFFER = 128 * 1024;
  private static final int HEAD = 1 + Integer.BYTES;
  private static final byte COPY_DATA = 'd';

  private final byte[] buffer = new byte[BUFFER];

  /** What may be handed out: from here to {@link #ready}. */
  private int from;

  private int ready;

  /** What came and is not ready: from here to {@link #filled}. */
  private int next;

  private int filled;

  /** Of a message that did not fit into what was filled: so much is still to come, and to pass. */
  private long passing;

  /** Whether messages have begun. */
  private boolean framed;

  /** Encrypted, or nothing that is known: for ever. */
  private boolean opaque;

  MergedCopyStream(InputStream server) {
    super(server);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (from == ready) {
      if (opaque && next == filled) {
        return in.read(to, offset, length);
      }
      if (!prepare() && !fill()) {
        return -1;
      }
    }
    int count = Math.min(length, ready - from);
    System.arraycopy(buffer, from, to, offset, count);
    from += count;
    return count;
  }

  /** Makes some of what is there ready; false if that takes more than there is. */
  private boolean prepare() {
    int there = filled - next;
    if (there == 0) {
      return false;
    }
    if (!framed && !opaque) {
      begin();
    }
    if (opaque) {
      pass(there);
    } else if (!framed) {
      pass(1); // A refusal of encryption.
    } else if (passing > 0) {
      int some = (int) Math.min(passing, there);
      pass(some);
      passing -= some;
    } else if (there < HEAD) {
      return false;
    } else if (buffer[next] == COPY_DATA && length(next) <= there) {
      merge();
    } else if (buffer[next] == COPY_DATA && length(next) <= BUFFER) {
      return false; // The rest of it may come together with others.
    } else {
      passing = length(next);
      return prepare();
    }
    return true;
  }

  private void pass(int bytes) {
    from = next;
    next += bytes;
    ready = next;
  }

  private void begin() {
    switch (buffer[from]) {
      case 'N' -> {}
      case 'R', 'E', 'v' -> framed = true;
      default -> opaque = true;
    }
  }

  /** All messages of rows that are there from here on become one. */
  private void merge() {
    pass((int) length(next));
    while (filled - next >= HEAD && buffer[next] == COPY_DATA && length(next) <= filled - next) {
      int length = (int) length(next);
      System.arraycopy(buffer, next + HEAD, buffer, ready, length - HEAD);
      ready += length - HEAD;
      next += length;
    }
    int counted = ready - from - 1;
    buffer[from + 1] = (byte) (counted >>> 24);
    buffer[from + 2] = (byte) (counted >>> 16);
    buffer[from + 3] = (byte) (counted >>> 8);
    buffer[from + 4] = (byte) counted;
  }

  /** Of the message that begins there, its letter included. */
  private long length(int at) {
    return 1L
        + (buffer[at + 1] << 24
            | (buffer[at + 2] & 0xff) << 16
            | (buffer[at + 3] & 0xff) << 8
            | (buffer[at + 4] & 0xff));
  }

  /** Only when nothing is ready. */
  private boolean fill() throws IOException {
    if (next > 0) {
      System.arraycopy(buffer, next, buffer, 0, filled - next);
      filled -= next;
      from = 0;
      ready = 0;
      next = 0;
    }
    int count = in.read(buffer, filled, BUFFER - filled);
    if (count < 0) {
      // Half a message at the end is the driver's to complain about.
      pass(filled);
      return ready > 0;
    }
    filled += count;
    return true;
  }

  @Override
  public int available() throws IOException {
    return ready - from + filled - next + in.available();
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] away = new byte[(int) Math.min(count, BUFFER)];
    return away.length == 0 ? 0 : Math.max(0, read(away, 0, away.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
