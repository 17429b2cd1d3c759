package io.crossfk.listener.source.postgres;

import java.nio.charset.StandardCharsets;

/**
 * A cursor over the bytes of one message, in network byte order, that never reads past the end. One
 * reader serves all messages of a stream, one after the other; not safe for use by several threads.
 */
final class MessageReader {
  private byte[] bytes = new byte[0];
  private int start;
  private int end;
  private int position;
  private String message = "";

  /** Points to a message of another buffer. */
  void reset(byte[] buffer, int offset, int length) {
    bytes = buffer;
    start = offset;
    end = offset + length;
    position = offset;
    message = "message";
  }

  /** What is being read, for the text of errors. */
  void name(String newMessage) {
    message = newMessage;
  }

  byte readByte() {
    require(1);
    return bytes[position++];
  }

  int readShort() {
    require(2);
    int value = ((bytes[position] & 0xFF) << 8) | (bytes[position + 1] & 0xFF);
    position += 2;
    return value;
  }

  int readInt() {
    require(4);
    int value =
        (bytes[position] << 24)
            | ((bytes[position + 1] & 0xFF) << 16)
            | ((bytes[position + 2] & 0xFF) << 8)
            | (bytes[position + 3] & 0xFF);
    position += 4;
    return value;
  }

  long readLong() {
    return ((long) readInt() << 32) | (readInt() & 0xFFFF_FFFFL);
  }

  /** A text that ends with a zero byte. */
  String readName() {
    int from = position;
    int at = from;
    while (at < end && bytes[at] != 0) {
      at++;
    }
    if (at == end) {
      throw error("a name begins at byte " + (from - start) + " and does not end");
    }
    position = at + 1;
    return new String(bytes, from, at - from, StandardCharsets.UTF_8);
  }

  String readText(int length) {
    require(length);
    String text = new String(bytes, position, length, StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  void skip(int length) {
    require(length);
    position += length;
  }

  /** How many bytes of the message have been read. */
  int offset() {
    return position - start;
  }

  /** Every byte of a message has a meaning; one too many means that we understood another one. */
  void expectEnd() {
    if (position != end) {
      throw error((end - position) + " bytes follow its end at byte " + offset());
    }
  }

  MalformedMessageException error(String what) {
    return new MalformedMessageException(
        "pgoutput " + message + " of " + (end - start) + " bytes: " + what);
  }

  private void require(int length) {
    if (length < 0 || length > end - position) {
      throw error(
          Integer.toUnsignedString(length)
              + " bytes are needed at byte "
              + offset()
              + " and "
              + (end - position)
              + " are left");
    }
  }
}
