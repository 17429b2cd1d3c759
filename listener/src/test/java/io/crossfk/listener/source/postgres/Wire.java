package io.crossfk.listener.source.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes messages as the server does, byte for byte. */
final class Wire {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  static Wire message(char type) {
    return new Wire().int8(type);
  }

  Wire int8(int value) {
    bytes.write(value);
    return this;
  }

  Wire int16(int value) {
    return int8(value >>> 8).int8(value);
  }

  Wire int32(long value) {
    return int16((int) (value >>> 16)).int16((int) value);
  }

  Wire int64(long value) {
    return int32(value >>> 32).int32(value);
  }

  /** A text that ends with a zero byte. */
  Wire name(String name) {
    bytes.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    return int8(0);
  }

  Wire text(String text) {
    return raw('t', text.getBytes(StandardCharsets.UTF_8));
  }

  Wire raw(char kind, byte[] value) {
    int8(kind).int32(value.length);
    bytes.writeBytes(value);
    return this;
  }

  Wire sqlNull() {
    return int8('n');
  }

  Wire unchanged() {
    return int8('u');
  }

  Wire column(boolean identity, String name, long typeOid) {
    return int8(identity ? 1 : 0).name(name).int32(typeOid).int32(-1);
  }

  /** In the middle of a larger array, as pgjdbc hands it out: behind the header of XLogData. */
  ByteBuffer buffer() {
    byte[] message = bytes.toByteArray();
    byte[] packet = new byte[message.length + 27];
    System.arraycopy(message, 0, packet, 25, message.length);
    packet[packet.length - 1] = 't';
    packet[packet.length - 2] = 't';
    return ByteBuffer.wrap(packet, 25, message.length).slice();
  }

  /** The same with only its first bytes. */
  ByteBuffer cutTo(int length) {
    return buffer().limit(length).slice();
  }

  int length() {
    return bytes.size();
  }
}
