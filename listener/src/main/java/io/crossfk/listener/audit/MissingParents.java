package io.crossfk.listener.audit;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.rules.key.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.LongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** The keys of children that no parent has, each once, from what was read of both sides. */
final class MissingParents {
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

  private final KeyCode code;
  private final long setBytes;

  /** Wants the next one; false: no more. */
  private final Predicate<Key> candidates;

  private volatile boolean enough;

  /**
   * @param setBytes of parents that are held in memory at once
   * @param candidates takes each key, from any thread but one at a time; returns false if it wants
   *     no more
   */
  MissingParents(KeyCode code, long setBytes, Predicate<Key> candidates) {
    this.code = code;
    this.setBytes = setBytes;
    this.candidates = candidates;
  }

  void find(GatheredKeys children, GatheredKeys parents) throws InterruptedException {
    PagedBits childPages = children.pages();
    PagedBits parentPages = parents.pages();
    if (code.isOneWhole() && childPages != null && parentPages != null) {
      childPages.forEachMissingIn(parentPages, missing -> candidates.test(Key.of(missing)));
    } else {
      findInBitmaps(children, parents);
    }
  }

  private void findInBitmaps(GatheredKeys children, GatheredKeys parents)
      throws InterruptedException {
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

  /** Partitions are independent of each other, so several threads take one after the other. */
  private void join(SpilledCodes children, SpilledCodes parents) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("join-", 0).factory())) {
      for (int thread = 0; thread < THREADS; thread++) {
        ends.add(
            threads.submit(
                () -> {
                  int partition = next.getAndIncrement();
                  while (partition < SpilledCodes.PARTITIONS && !enough) {
                    joinAny(children, parents, partition);
                    partition = next.getAndIncrement();
                  }
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      enough = true;
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("a join ended abruptly", e.getCause());
    } catch (InterruptedException e) {
      enough = true; // So that the threads end soon; closing waits for them.
      throw e;
    }
  }

  private void joinAny(SpilledCodes children, SpilledCodes parents, int partition) {
    if (children.codes(partition) == 0) {
      return;
    }
    // A partition of the file becomes about twice as large as a set.
    if (2 * parents.bytes(partition) > setBytes / THREADS && parents.canGoDeeper()) {
      joinDeeper(children, parents, partition);
    } else {
      join(children, parents, partition);
    }
  }

  private void joinDeeper(SpilledCodes children, SpilledCodes parents, int partition) {
    try (SpilledCodes deeperChildren = children.deeper();
        SpilledCodes deeperParents = parents.deeper()) {
      children.read(partition, deeperChildren::add);
      parents.read(partition, deeperParents::add);
      for (int deeper = 0; deeper < SpilledCodes.PARTITIONS && !enough; deeper++) {
        joinAny(deeperChildren, deeperParents, deeper);
      }
    }
  }

  private void join(SpilledCodes children, SpilledCodes parents, int partition) {
    CodeSet known = new CodeSet(parents.codes(partition), parents.bytes(partition));
    parents.read(partition, known::add);
    children.read(
        partition,
        (bytes, from, to) -> {
          // A key that was told is known from then on: it is told once.
          if (!enough && known.add(bytes, from, to)) {
            tell(key(bytes, from, to));
          }
        });
  }

  private synchronized void tell(Key key) {
    if (!enough) {
      enough = !candidates.test(key);
    }
  }

  private Key key(byte[] bytes, int from, int to) {
    @Nullable Key whole = code.isOneWhole() ? Key.of((long) KeyCode.LONGS.get(bytes, from)) : null;
    return whole != null ? whole : code.key(bytes, from, to);
  }
}
