package io.crossfk.rules.judge;

import java.util.List;
import java.util.Set;

/**
 * The child rows that a look-up found for a key.
 *
 * @param count rows found, at least 1
 * @param atLeast true if the count stopped at its cap
 * @param sample identities of at most 10 of them, as column to value in the table's order
 */
public record Orphans(int count, boolean atLeast, List<RowIdentity> sample) {
  public Orphans {
    sample = List.copyOf(sample);
  }

  /** Whether a reader would see the same rows; the order and choice of a sample say nothing. */
  boolean sameRowsAs(Orphans other) {
    return count == other.count
        && atLeast == other.atLeast
        && (count > sample.size() || Set.copyOf(sample).equals(Set.copyOf(other.sample)));
  }
}
