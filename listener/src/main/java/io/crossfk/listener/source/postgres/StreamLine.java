package io.crossfk.listener.source.postgres;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The socket under a replication stream, in our own hands, beneath pgjdbc and beneath TLS.
 *
 * <p>pgjdbc offers a read that blocks for ever and one that returns after a millisecond. Here is
 * what lies between: a wait for the next byte, so that an idle stream costs nothing and the first
 * change is seen at once. The line also reads in larger pieces than pgjdbc, and tells a silent
 * server from an idle one.
 */
final class StreamLine extends Socket {
  private static final int BUFFER_BYTES = 128 * 1024;

  private @Nullable Input input;
  private volatile long heardAt = System.nanoTime();
  private volatile long listeningSince = heardAt;
  private volatile long silenceLimit = Long.MAX_VALUE;

  @Override
  public synchronized InputStream getInputStream() throws IOException {
    return input();
  }

  /**
   * Waits for a byte from the server; to be called when pgjdbc has read all that was there.
   *
   * @return false if none came in that time
   * @throws EOFException if none will come any more
   */
  boolean await(Duration patience) throws IOException {
    return input().await((int) Math.max(1, patience.toMillis()));
  }

  /**
   * From now on a read fails if the server was not heard of for that long. The server answers when
   * it is asked to, so that silence means a dead peer or a dead line.
   */
  void expectSignsOfLife(Duration limit) {
    listeningSince = System.nanoTime();
    silenceLimit = limit.toNanos();
  }

  /** Nobody listened for a while, so nothing was heard: the time until now does not count. */
  void listenAgain() {
    listeningSince = System.nanoTime();
  }

  /** How long ago the last byte came. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardAt);
  }

  private synchronized Input input() throws IOException {
    Input current = input;
    if (current == null) {
      current = new Input(super.getInputStream());
      input = current;
    }
    return current;
  }

  /** Used by the stream's thread only, as pgjdbc's own buffers are. */
  private final class Input extends InputStream {
    private final InputStream raw;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int end;

    Input(InputStream raw) {
      this.raw = raw;
    }

    boolean await(int milliseconds) throws IOException {
      if (next < end) {
        return true;
      }
      int before = getSoTimeout();
      setSoTimeout(milliseconds);
      try {
        if (fill() < 0) {
          throw new EOFException("the server closed the connection");
        }
        return true;
      } catch (SocketTimeoutException nothingCame) {
        return false;
      } finally {
        if (!isClosed()) {
          setSoTimeout(before);
        }
      }
    }

    @Override
    public int read() throws IOException {
      if (next == end && fill() < 0) {
        return -1;
      }
      return buffer[next++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (next == end && fill() < 0) {
        return -1;
      }
      int count = Math.min(length, end - next);
      System.arraycopy(buffer, next, target, offset, count);
      next += count;
      return count;
    }

    @Override
    public int available() throws IOException {
      return next < end ? end - next : raw.available();
    }

    @Override
    public void close() throws IOException {
      raw.close();
    }

    private int fill() throws IOException {
      try {
        int count = raw.read(buffer, 0, buffer.length);
        next = 0;
        end = Math.max(0, count);
        heardAt = System.nanoTime();
        return count;
      } catch (SocketTimeoutException nothingCame) {
        long now = System.nanoTime();
        long silence = Math.min(now - heardAt, now - listeningSince);
        if (silence > silenceLimit) {
          throw new IOException(
              "the server has been silent for "
                  + Duration.ofNanos(silence).toSeconds()
                  + " s, although it was asked",
              nothingCame);
        }
        throw nothingCame;
      }
    }
  }
}
