package io.crossfk.listener.audit;

import java.util.Arrays;

/**
 * A set of byte strings in two arrays: nothing is allocated for an element. Not safe for use by
 * several threads.
 */
final class CodeSet {
  private static final int FEWEST_SLOTS = 1024;
  private static final int MOST_SLOTS = 1 << 30;

  /** Place of the element in {@link #bytes}, plus one; 0 where there is none. */
  private int[] places;

  /** A part of the hash that does not choose the slot: most others are told apart by it. */
  private int[] tags;

  /** Each element with its length in four bytes before it. */
  private byte[] bytes;

  private int end;
  private int size;

  /** An empty set with room for so much, and more if need be. */
  CodeSet(long codes, long bytesWithLengths) {
    int slots = FEWEST_SLOTS;
    while (slots < 2 * codes && slots < MOST_SLOTS) {
      slots *= 2;
    }
    places = new int[slots];
    tags = new int[slots];
    bytes = new byte[(int) Math.min(Integer.MAX_VALUE - 8L, Math.max(1024, bytesWithLengths))];
  }

  int size() {
    return size;
  }

  /**
   * @return false if it was there
   * @throws OutOfMemoryError beyond 2 GiB of elements
   */
  boolean add(byte[] code, int from, int to) {
    long hash = Hashes.of(code, from, to);
    int slot = slot(hash, code, from, to);
    if (places[slot] != 0) {
      return false;
    }
    int length = to - from;
    int needed = end + Integer.BYTES + length;
    if (needed < 0) {
      throw new OutOfMemoryError("a set of more than 2 GiB");
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * needed));
    }
    places[slot] = end + 1;
    tags[slot] = tag(hash);
    SpilledCodes.LENGTHS.set(bytes, end, length);
    System.arraycopy(code, from, bytes, end + Integer.BYTES, length);
    end = needed;
    if (++size > places.length / 2) {
      grow();
    }
    return true;
  }

  boolean contains(byte[] code, int from, int to) {
    return places[slot(Hashes.of(code, from, to), code, from, to)] != 0;
  }

  /** The slot of the element, or a free one. */
  private int slot(long hash, byte[] code, int from, int to) {
    int mask = places.length - 1;
    int slot = (int) hash & mask;
    while (places[slot] != 0
        && !(tags[slot] == tag(hash) && isAt(places[slot] - 1, code, from, to))) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isAt(int place, byte[] code, int from, int to) {
    int length = (int) SpilledCodes.LENGTHS.get(bytes, place);
    int start = place + Integer.BYTES;
    return Arrays.equals(bytes, start, start + length, code, from, to);
  }

  private static int tag(long hash) {
    return (int) (hash >>> 32);
  }

  private void grow() {
    int[] oldPlaces = places;
    places = new int[2 * oldPlaces.length];
    tags = new int[places.length];
    int mask = places.length - 1;
    for (int place : oldPlaces) {
      if (place != 0) {
        int length = (int) SpilledCodes.LENGTHS.get(bytes, place - 1);
        int start = place - 1 + Integer.BYTES;
        long hash = Hashes.of(bytes, start, start + length);
        int slot = (int) hash & mask;
        while (places[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        places[slot] = place;
        tags[slot] = tag(hash);
      }
    }
  }
}
