package io.crossfk.listener.audit;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.rules.key.Key;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.LongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** The keys of children that no parent has, each once, from what was read of both sides. */
final class MissingParents {
  private final KeyCode code;
  private final long setBytes;

  /** Wants the next one; false: no more. */
  private final Predicate<Key> candidates;

  private boolean enough;

  /**
   * @param setBytes of parents that are held in memory at once
   * @param candidates takes each key; returns false if it wants no more
   */
  MissingParents(KeyCode code, long setBytes, Predicate<Key> candidates) {
    this.code = code;
    this.setBytes = setBytes;
    this.candidates = candidates;
  }

  void find(GatheredKeys children, GatheredKeys parents) {
    Roaring64Bitmap childBits = children.bitmap();
    Roaring64Bitmap parentBits = parents.bitmap();
    if (code.isOneWhole() && childBits != null && parentBits != null) {
      childBits.andNot(parentBits);
      LongIterator left = childBits.getLongIterator();
      while (left.hasNext() && !enough) {
        enough = !candidates.test(Key.of(left.next()));
      }
    } else {
      join(children.file(), parents.file());
    }
  }

  private void join(SpilledCodes children, SpilledCodes parents) {
    for (int partition = 0; partition < SpilledCodes.PARTITIONS && !enough; partition++) {
      if (children.codes(partition) == 0) {
        continue;
      }
      // A partition of the file becomes about twice as large as a set.
      if (2 * parents.bytes(partition) > setBytes && parents.canGoDeeper()) {
        joinDeeper(children, parents, partition);
      } else {
        join(children, parents, partition);
      }
    }
  }

  private void joinDeeper(SpilledCodes children, SpilledCodes parents, int partition) {
    try (SpilledCodes deeperChildren = children.deeper();
        SpilledCodes deeperParents = parents.deeper()) {
      children.read(partition, deeperChildren::add);
      parents.read(partition, deeperParents::add);
      join(deeperChildren, deeperParents);
    }
  }

  private void join(SpilledCodes children, SpilledCodes parents, int partition) {
    CodeSet known = new CodeSet();
    parents.read(partition, known::add);
    children.read(
        partition,
        (bytes, from, to) -> {
          // A key that was told is known from then on: it is told once.
          if (!enough && known.add(bytes, from, to)) {
            enough = !candidates.test(key(bytes, from, to));
          }
        });
  }

  private Key key(byte[] bytes, int from, int to) {
    @Nullable Key whole = code.isOneWhole() ? Key.of((long) KeyCode.LONGS.get(bytes, from)) : null;
    return whole != null ? whole : code.key(bytes, from, to);
  }
}
