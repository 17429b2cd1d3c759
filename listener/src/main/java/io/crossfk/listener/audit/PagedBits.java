package io.crossfk.listener.audit;

import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A set of integers that lie close to each other, as identities from a sequence do: a bit for each,
 * in pages of a million. To add one costs no more than to find its page, so nothing has to be
 * sorted, and few pages are found fast. Where integers lie far apart the pages use up their room at
 * once, and another set has to take over. Not safe for use by several threads.
 */
final class PagedBits {
  private static final int PAGE_BITS = 20;
  private static final int WORDS = 1 << (PAGE_BITS - 6);
  private static final int PAGE_BYTES = WORDS * Long.BYTES;
  private static final int FIRST_SLOTS = 16;
  private static final long ODD = 0x9E3779B97F4A7C15L;

  private final long mostPages;
  private long[] numbers = new long[FIRST_SLOTS];
  private long[] @Nullable [] pages = new long[FIRST_SLOTS] @Nullable [];
  private int count;

  /** The page that was used last. */
  private long lastNumber;

  private long @Nullable [] last;

  /**
   * @param bytes of memory for pages, at least for one
   */
  PagedBits(long bytes) {
    this.mostPages = Math.max(1, bytes / PAGE_BYTES);
  }

  /**
   * Adds some of an array; in one loop, so that the processor can wait for several places in memory
   * at once.
   *
   * @return how many of them were added: fewer than all if there is no room for a page
   */
  int addAll(long[] values, int length) {
    long[] page = last;
    long number = lastNumber;
    for (int i = 0; i < length; i++) {
      long value = values[i];
      if (page == null || value >> PAGE_BITS != number) {
        number = value >> PAGE_BITS;
        page = pageForAdding(number);
        if (page == null) {
          return i;
        }
      }
      // A shift of a long counts modulo 64, and so does the place in a page modulo its words.
      page[(int) (value >> 6) & (WORDS - 1)] |= 1L << value;
    }
    last = page;
    lastNumber = number;
    return length;
  }

  private long @Nullable [] pageForAdding(long number) {
    int slot = slot(number);
    long[] page = pages[slot];
    if (page != null) {
      return page;
    }
    if (count == mostPages) {
      return null;
    }
    if (2 * ++count > pages.length) {
      grow();
      slot = slot(number);
    }
    long[] made = new long[WORDS];
    numbers[slot] = number;
    pages[slot] = made;
    return made;
  }

  private int slot(long number) {
    int mask = pages.length - 1;
    int slot = (int) ((number * ODD) >>> 32) & mask;
    while (pages[slot] != null && numbers[slot] != number) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldNumbers = numbers;
    long[] @Nullable [] oldPages = pages;
    numbers = new long[2 * oldNumbers.length];
    pages = new long[numbers.length] @Nullable [];
    for (int i = 0; i < oldPages.length; i++) {
      if (oldPages[i] != null) {
        int slot = slot(oldNumbers[i]);
        numbers[slot] = oldNumbers[i];
        pages[slot] = oldPages[i];
      }
    }
  }

  /** Hands out what is in here and not in the other, in ascending order, until it is refused. */
  void forEachMissingIn(PagedBits other, LongPredicate taker) {
    for (long number : sortedNumbers()) {
      long[] page = page(number);
      long[] others = other.page(number);
      for (int word = 0; page != null && word < WORDS; word++) {
        long left = others == null ? page[word] : page[word] & ~others[word];
        while (left != 0) {
          long value =
              (number << PAGE_BITS) | ((long) word << 6) | Long.numberOfTrailingZeros(left);
          if (!taker.test(value)) {
            return;
          }
          left &= left - 1;
        }
      }
    }
  }

  /** Hands out everything, in ascending order. */
  void forEach(LongConsumer taker) {
    forEachMissingIn(
        new PagedBits(0),
        value -> {
          taker.accept(value);
          return true;
        });
  }

  private long @Nullable [] page(long number) {
    return pages[slot(number)];
  }

  private long[] sortedNumbers() {
    long[] sorted = new long[count];
    int filled = 0;
    for (int i = 0; i < pages.length; i++) {
      if (pages[i] != null) {
        sorted[filled++] = numbers[i];
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }
}
