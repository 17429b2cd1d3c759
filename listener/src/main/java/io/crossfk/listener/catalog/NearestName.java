package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Cure;
import io.crossfk.rules.text.Suggestions;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What to write instead of a name that does not exist. */
final class NearestName {
  /** What a message lists where no name is near. */
  private static final int MOST_NAMES = 10;

  private NearestName() {}

  /**
   * @param thereAre what the known ones are: "there are the tables"
   */
  static Cure of(String written, Collection<String> known, String thereAre) {
    return Suggestions.nearest(written, known)
        .map(NearestName::didYouMean)
        .orElseGet(() -> correct(known, thereAre));
  }

  static Cure didYouMean(String name) {
    return Cure.words("did you mean \"" + name + "\"?");
  }

  private static Cure correct(Collection<String> known, String thereAre) {
    List<String> some = new TreeSet<>(known).stream().limit(MOST_NAMES).toList();
    return Cure.words(
        "correct the rule"
            + (some.isEmpty()
                ? ""
                : " ("
                    + thereAre
                    + " "
                    + String.join(", ", some)
                    + (known.size() > some.size() ? ", …" : "")
                    + ")"));
  }
}
