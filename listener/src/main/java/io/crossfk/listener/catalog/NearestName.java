package io.crossfk.listener.catalog;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean": the name that takes the fewest edits. */
final class NearestName {
  private NearestName() {}

  /** Empty if none is near: more than a third of the letters would have to change. */
  static Optional<String> of(String wrong, Collection<String> names) {
    int limit = Math.max(1, (wrong.length() + 1) / 3);
    String nearest = null;
    int least = limit + 1;
    for (String name : names) {
      int distance =
          name.toLowerCase(Locale.ROOT).equals(wrong.toLowerCase(Locale.ROOT))
              ? 0
              : distance(wrong, name);
      if (distance < least
          || (distance == least && nearest != null && name.compareTo(nearest) < 0)) {
        nearest = name;
        least = distance;
      }
    }
    return least > limit ? Optional.empty() : Optional.ofNullable(nearest);
  }

  /** Damerau's distance, of neighbours swapped once. */
  private static int distance(String one, String other) {
    int[][] cost = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = one.charAt(i - 1) == other.charAt(j - 1);
        int best =
            Math.min(
                cost[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          best = Math.min(best, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = best;
      }
    }
    return cost[one.length()][other.length()];
  }
}
