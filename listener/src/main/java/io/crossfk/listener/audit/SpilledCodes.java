package io.crossfk.listener.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Byte strings in a file, in partitions by their hash: equal ones are in partitions of one number.
 * One thread at a time writes; when all is written, several may read.
 */
final class SpilledCodes implements AutoCloseable {
  static final int PARTITIONS = 256;

  /** How lengths are written before byte strings, here and in {@link CodeSet}. */
  static final VarHandle LENGTHS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private static final int PARTITION_BITS = 8;

  /** What is collected for a partition before it is written. */
  private static final int CHUNK = 32 * 1024;

  /** Takes a byte string; the array is written over afterwards. */
  @FunctionalInterface
  interface Taker {
    void take(byte[] code, int from, int to);
  }

  private final Path folder;
  private final FileChannel file;
  private final int level;
  private final Partition[] partitions = new Partition[PARTITIONS];
  private long end;

  private static final class Partition {
    byte[] chunk = new byte[CHUNK];
    int filled;
    long[] places = new long[8];
    int[] lengths = new int[8];
    int chunks;
    long bytes;
    long codes;
  }

  /**
   * @param folder for temporary files; the file is gone with {@link #close}, or with the process
   * @param level 0, or one more than that of the partition that is split again
   * @throws UncheckedIOException if there can be no file
   */
  SpilledCodes(Path folder, int level) {
    this.folder = folder;
    this.level = level;
    try {
      Path path = Files.createTempFile(folder, "crossfk-check", ".keys");
      this.file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "keys cannot be put down in " + folder + ": " + e.getMessage(), e);
    }
    Arrays.setAll(partitions, number -> new Partition());
  }

  /** For a partition of this one that is too large. */
  SpilledCodes deeper() {
    return new SpilledCodes(folder, level + 1);
  }

  /** How often a partition can be split: then the hash is used up. */
  boolean canGoDeeper() {
    return level < Long.SIZE / PARTITION_BITS - 3;
  }

  void add(byte[] code, int from, int to) {
    // The upper bits choose the partition, the lower ones a slot in a set of one.
    int shift = Long.SIZE - PARTITION_BITS * (level + 1);
    Partition partition =
        partitions[(int) (Hashes.of(code, from, to) >>> shift) & (PARTITIONS - 1)];
    int length = to - from;
    int needed = Integer.BYTES + length;
    if (partition.filled + needed > partition.chunk.length) {
      write(partition);
      if (needed > partition.chunk.length) {
        partition.chunk = new byte[needed];
      }
    }
    LENGTHS.set(partition.chunk, partition.filled, length);
    System.arraycopy(code, from, partition.chunk, partition.filled + Integer.BYTES, length);
    partition.filled += needed;
    partition.bytes += needed;
    partition.codes++;
  }

  private void write(Partition partition) {
    if (partition.filled == 0) {
      return;
    }
    try {
      ByteBuffer buffer = ByteBuffer.wrap(partition.chunk, 0, partition.filled);
      long place = end;
      while (buffer.hasRemaining()) {
        end += file.write(buffer, end);
      }
      if (partition.chunks == partition.places.length) {
        partition.places = Arrays.copyOf(partition.places, 2 * partition.chunks);
        partition.lengths = Arrays.copyOf(partition.lengths, 2 * partition.chunks);
      }
      partition.places[partition.chunks] = place;
      partition.lengths[partition.chunks++] = partition.filled;
      partition.filled = 0;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "keys cannot be put down in " + folder + ": " + e.getMessage(), e);
    }
  }

  /** All that was added to a partition, its lengths included, in bytes. */
  long bytes(int partition) {
    return partitions[partition].bytes;
  }

  long codes(int partition) {
    return partitions[partition].codes;
  }

  /** Hands out what was added to a partition, in the order of adding. */
  void read(int number, Taker taker) {
    Partition partition = partitions[number];
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < partition.chunks; i++) {
      int length = partition.lengths[i];
      if (chunk.length < length) {
        chunk = new byte[length];
      }
      ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, length);
      try {
        long place = partition.places[i];
        while (buffer.hasRemaining()) {
          int read = file.read(buffer, place + buffer.position());
          if (read < 0) {
            throw new IOException("the file ends before " + (place + length));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("keys cannot be read back from " + folder, e);
      }
      handOut(chunk, length, taker);
    }
    handOut(partition.chunk, partition.filled, taker);
  }

  private static void handOut(byte[] chunk, int length, Taker taker) {
    int at = 0;
    while (at < length) {
      int start = at + Integer.BYTES;
      int next = start + (int) LENGTHS.get(chunk, at);
      taker.take(chunk, start, next);
      at = next;
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
