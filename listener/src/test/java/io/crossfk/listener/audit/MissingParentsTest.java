package io.crossfk.listener.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.key.KeyValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever holds the keys of the two sides, what is missing is the difference of two sets. */
class MissingParentsTest {
  private static final int KEYS = 100_000;
  private static final long ROOMY = 64L << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  /** How integers lie; each is made of a number. */
  enum Spread {
    CLOSE {
      @Override
      long key(long number) {
        return number - KEYS / 2;
      }
    },
    /** Some thousand in a page, and more pages than there is room for. */
    WIDE {
      @Override
      long key(long number) {
        return number * 6_007;
      }
    },
    /** All over the place, and at the ends. */
    ANYWHERE {
      @Override
      long key(long number) {
        long product = (number + 1) * 0x9E3779B97F4A7C15L;
        return number < 2 ? Long.MAX_VALUE + number : product ^ (product >>> 29);
      }
    };

    abstract long key(long number);
  }

  private static KeyCode integers() {
    ColumnType bigint = ColumnType.of(ColumnType.Kind.INT8);
    return KeyCode.of(KeyShape.of(List.of(new KeyShape.Pair(bigint, bigint))));
  }

  private static long number(Key key) {
    return key.value(0) instanceof KeyValue.Whole(long number) ? number : 0;
  }

  private Set<Long> missing(List<Long> children, List<Long> parents, long childBytes, long setBytes)
      throws InterruptedException {
    List<Long> told = new ArrayList<>();
    try (GatheredKeys ofChildren = new GatheredKeys(folder, childBytes, 0);
        GatheredKeys ofParents = new GatheredKeys(folder, ROOMY, 0)) {
      children.forEach(ofChildren::whole);
      parents.forEach(ofParents::whole);
      new MissingParents(integers(), setBytes, key -> told.add(number(key)))
          .find(ofChildren, ofParents);
    }
    Set<Long> set = new HashSet<>(told);
    assertThat(told).as("each is told once").hasSameSizeAs(set);
    return set;
  }

  /** Children and parents of a spread, by chance and in any order, some of them twice. */
  @ParameterizedTest
  @EnumSource
  void whatIsMissingIsTheDifference(Spread spread) throws InterruptedException {
    Random random = new Random(20261122);
    List<Long> children = new ArrayList<>();
    List<Long> parents = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      children.add(spread.key(random.nextInt(KEYS)));
      if (i % 1000 != 0) {
        parents.add(spread.key(i));
      }
    }
    Set<Long> expected = new HashSet<>(children);
    parents.forEach(expected::remove);
    assertThat(expected).hasSizeGreaterThan(50);

    // Children in pages or in a bitmap, and in a file that is joined in one go or split again.
    assertThat(missing(children, parents, ROOMY, ROOMY)).isEqualTo(expected);
    assertThat(missing(children, parents, 1, ROOMY)).isEqualTo(expected);
    assertThat(inFiles(children, parents, ROOMY)).isEqualTo(expected);
    if (spread == Spread.ANYWHERE) {
      // Each partition into 256 more: slow, and the same for all spreads.
      assertThat(inFiles(children, parents, 4096)).isEqualTo(expected);
    }
  }

  private Set<Long> inFiles(List<Long> children, List<Long> parents, long setBytes)
      throws InterruptedException {
    Set<Long> told = new HashSet<>();
    try (GatheredKeys ofChildren = new GatheredKeys(folder, ROOMY, 0);
        GatheredKeys ofParents = new GatheredKeys(folder, ROOMY, 0)) {
      children.forEach(ofChildren::whole);
      parents.forEach(ofParents::whole);
      ofChildren.file();
      new MissingParents(integers(), setBytes, key -> told.add(number(key)))
          .find(ofChildren, ofParents);
    }
    return told;
  }

  /** Several threads join; who has enough is told no more by any of them. */
  @ParameterizedTest
  @EnumSource
  void whoHasEnoughIsToldNoMore(Spread spread) throws InterruptedException {
    List<Key> told = new ArrayList<>();
    try (GatheredKeys ofChildren = new GatheredKeys(folder, ROOMY, 0);
        GatheredKeys ofParents = new GatheredKeys(folder, ROOMY, 0)) {
      for (long i = 0; i < KEYS; i++) {
        ofChildren.whole(spread.key(i));
      }
      ofChildren.file();
      Predicate<Key> three =
          key -> {
            told.add(key);
            return told.size() < 3;
          };
      new MissingParents(integers(), ROOMY, three).find(ofChildren, ofParents);
    }
    assertThat(told).hasSize(3);
  }
}
