package io.crossfk.listener.audit;

import io.crossfk.listener.lookup.KeyCode;

/** A quick hash of bytes, well mixed in all its 64 bits: some choose a partition, others a slot. */
final class Hashes {
  private static final long ODD = 0x9E3779B97F4A7C15L;

  private Hashes() {}

  static long of(byte[] bytes, int from, int to) {
    long hash = (long) to - from;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mixed(hash ^ (long) KeyCode.LONGS.get(bytes, at));
    }
    for (; at < to; at++) {
      hash = mixed(hash ^ bytes[at]);
    }
    return mixed(hash);
  }

  /** Multiplies into 128 bits and folds: each bit of the result depends on each of the input. */
  private static long mixed(long value) {
    long odd = value ^ ODD;
    return (odd * ODD) ^ Math.multiplyHigh(odd, ODD);
  }
}
