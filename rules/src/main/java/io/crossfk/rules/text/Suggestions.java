package io.crossfk.rules.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** "Did you mean": the nearest of the names that would have been right. */
public final class Suggestions {
  /** Longer names are not worth the time, and garbage is not a misspelling. */
  private static final int LONGEST = 200;

  private Suggestions() {}

  /** The closing part of a message: the nearest name if one is near, else all of them. */
  public static String cure(String written, Collection<String> known) {
    return nearest(written, known)
        .map(name -> "; did you mean \"" + name + "\"?")
        .orElseGet(
            () ->
                known.isEmpty() ? "" : "; known here: " + String.join(", ", new TreeSet<>(known)));
  }

  /** The nearest name, if so few letters differ that it is a likely misspelling. */
  public static Optional<String> nearest(String written, Collection<String> known) {
    if (written.length() > LONGEST) {
      return Optional.empty();
    }
    String plain = plain(written);
    return known.stream()
        .filter(name -> name.length() <= LONGEST)
        .filter(name -> distance(plain, plain(name)) <= mostLetters(plain(name)))
        .min(
            Comparator.<String>comparingInt(name -> distance(plain, plain(name)))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** A third of the name, but at least one letter, and never all of them. */
  private static int mostLetters(String name) {
    return Math.min(Math.max(1, name.length() / 3), name.length() - 1);
  }

  /** Whether two names differ in case and separators only. */
  static boolean sameWord(String one, String other) {
    return plain(one).equals(plain(other));
  }

  /** Case and separators are what people mix up first: {@code maxOpen}, {@code max_open}. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
  }

  /** Insertions, deletions, replacements and swaps of neighbours between two words. */
  private static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best =
            Math.min(
                cost[i - 1][j - 1] + (same ? 0 : 1), Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        cost[i][j] = swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
      }
    }
    return cost[from.length()][to.length()];
  }
}
