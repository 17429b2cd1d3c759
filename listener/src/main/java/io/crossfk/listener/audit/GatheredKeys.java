package io.crossfk.listener.audit;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.listener.lookup.KeySink;
import io.crossfk.rules.key.Key;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * All keys of one side of a rule in bounded memory: integers bit by bit if they lie close to each
 * other, else in a compressed bitmap as long as that is small, everything else in a file. One
 * thread at a time.
 */
final class GatheredKeys implements KeySink, AutoCloseable {
  private static final int BUFFER = 64 * 1024;
  private static final int FEW = 2048;

  /** Integers between two looks at the bitmap's size. */
  private static final int LOOK = 16 * BUFFER;

  private final Path folder;
  private final long bitmapBytes;
  private final int mostPartlyNull;
  private final Set<Key> partlyNull = new LinkedHashSet<>();
  private @Nullable PagedBits pages;
  private @Nullable Roaring64Bitmap bitmap;
  private final long[] buffer = new long[BUFFER];
  private int buffered;

  /** How many are buffered; few enough for the processor's first cache, as long as pages do. */
  private int most = FEW;

  private long looked;
  private @Nullable SpilledCodes spilled;
  private final byte[] wholeCode = new byte[Long.BYTES];

  /**
   * @param folder for temporary files
   * @param bitmapBytes beyond which integers go to a file
   * @param mostPartlyNull how many keys that are NULL in part are kept; the rest is left out
   */
  GatheredKeys(Path folder, long bitmapBytes, int mostPartlyNull) {
    this.folder = folder;
    this.bitmapBytes = bitmapBytes;
    this.mostPartlyNull = mostPartlyNull;
    this.pages = new PagedBits(bitmapBytes);
  }

  @Override
  public void whole(long key) {
    buffer[buffered++] = key;
    if (buffered >= most) {
      flush();
    }
  }

  private void flush() {
    PagedBits into = pages;
    if (into == null) {
      flushToBitmap();
      return;
    }
    int added = into.addAll(buffer, buffered);
    if (added < buffered) {
      toBitmap(into);
      System.arraycopy(buffer, added, buffer, 0, buffered - added);
      buffered -= added;
      most = BUFFER;
      flushToBitmap();
    } else {
      buffered = 0;
    }
  }

  /** Sorted, since neighbours share what has to be found. */
  private void flushToBitmap() {
    Roaring64Bitmap into = bitmap;
    if (into == null) {
      for (int i = 0; i < buffered; i++) {
        spill(buffer[i]);
      }
    } else {
      sort();
      for (int i = 0; i < buffered; i++) {
        into.addLong(buffer[i]);
      }
      looked += buffered;
      if (looked >= LOOK) {
        looked = 0;
        if (into.getLongSizeInBytes() > bitmapBytes) {
          toFile(into);
        }
      }
    }
    buffered = 0;
  }

  private void sort() {
    for (int i = 1; i < buffered; i++) {
      if (buffer[i - 1] > buffer[i]) {
        Arrays.sort(buffer, 0, buffered);
        return;
      }
    }
  }

  private Roaring64Bitmap toBitmap(PagedBits from) {
    Roaring64Bitmap into = new Roaring64Bitmap();
    from.forEach(into::addLong);
    pages = null;
    bitmap = into;
    return into;
  }

  private void toFile(Roaring64Bitmap from) {
    bitmap = null;
    from.forEach(this::spill);
  }

  private void spill(long key) {
    KeyCode.LONGS.set(wholeCode, 0, key);
    code(wholeCode, 0, Long.BYTES);
  }

  @Override
  public void code(byte[] bytes, int from, int to) {
    SpilledCodes into = spilled;
    if (into == null) {
      into = new SpilledCodes(folder, 0);
      spilled = into;
    }
    into.add(bytes, from, to);
  }

  @Override
  public void partlyNull(Key key) {
    if (partlyNull.size() < mostPartlyNull) {
      partlyNull.add(key);
    }
  }

  /** Keys that are NULL in part, each once. */
  Set<Key> partlyNull() {
    return partlyNull;
  }

  /** The integers, if they are all in pages; null if not. To be called at the end. */
  @Nullable PagedBits pages() {
    flush();
    return spilled == null ? pages : null;
  }

  /** The integers, if they are all in memory; null if there is a file. To be called at the end. */
  @Nullable Roaring64Bitmap bitmap() {
    flush();
    if (spilled != null) {
      return null;
    }
    PagedBits inPages = pages;
    return inPages == null ? bitmap : toBitmap(inPages);
  }

  /** Everything as bytes in a file. To be called at the end. */
  SpilledCodes file() {
    flush();
    PagedBits inPages = pages;
    if (inPages != null) {
      pages = null;
      inPages.forEach(this::spill);
    }
    Roaring64Bitmap inMemory = bitmap;
    if (inMemory != null) {
      toFile(inMemory);
    }
    SpilledCodes all = spilled;
    if (all == null) {
      all = new SpilledCodes(folder, 0);
      spilled = all;
    }
    return all;
  }

  @Override
  public void close() {
    SpilledCodes file = spilled;
    if (file != null) {
      file.close();
    }
  }
}
