package io.crossfk.listener.audit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A quick hash of bytes, mixed well enough in all its 64 bits: some choose a partition, others a
 * slot. Made of what is quick in a young JVM, too, where little is compiled with all care.
 */
final class Hashes {
  private static final long ODD = 0x9E3779B97F4A7C15L;
  private static final long OTHER_ODD = 0xBF58476D1CE4E5B9L;

  /** In the processor's own order, which is the cheapest; a hash never leaves the process. */
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private Hashes() {}

  static long of(byte[] bytes, int from, int to) {
    long hash = (to - from) * ODD;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONGS.get(bytes, at));
    }
    for (; at < to; at++) {
      hash = mixed(hash ^ bytes[at]);
    }
    long last = (hash ^ (hash >>> 32)) * ODD;
    return last ^ (last >>> 29);
  }

  /** Loses nothing: multiplies by what is odd, and brings the upper bits down to the lower ones. */
  private static long mixed(long value) {
    long product = value * OTHER_ODD;
    return product ^ (product >>> 31);
  }
}
