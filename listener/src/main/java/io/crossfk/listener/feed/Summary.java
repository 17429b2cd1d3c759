package io.crossfk.listener.feed;

import io.crossfk.rules.judge.Resolution;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The one sentence that stands alone on a pager, in the words of PostgreSQL's own message. What
 * matters comes within its first 130 characters, so long values are shortened.
 */
final class Summary {
  private static final int LONGEST_VALUE = 32;
  private static final int LONGEST_KEY = 64;

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private Summary() {}

  static String of(ViolationDocument violation) {
    return violation
        .ended()
        .map(ended -> resolved(violation, ended.resolution()))
        .orElseGet(() -> open(violation));
  }

  private static String open(ViolationDocument violation) {
    String key = key(violation.key());
    String news =
        partlyNull(violation)
            ? "%s of %s mixes null and nonnull values, which MATCH FULL does not allow"
                .formatted(key, violation.child())
            : "%s of %s is not present in %s"
                .formatted(key, violation.child(), parentKey(violation));
    return violation.rule() + ": " + news + ": " + orphans(violation);
  }

  private static String resolved(ViolationDocument violation, Resolution resolution) {
    String key = key(violation.key());
    String news =
        switch (resolution) {
          case PARENT_ARRIVED ->
              "%s of %s is now present in %s"
                  .formatted(key, violation.child(), parentKey(violation));
          case NO_ORPHANS -> "no row of %s holds %s any more".formatted(violation.child(), key);
          case RULE_REMOVED ->
              "the rule was removed, %s of %s is not checked any more"
                  .formatted(key, violation.child());
          case RULE_CHANGED ->
              "the rule was changed, %s of %s is checked anew".formatted(key, violation.child());
        };
    return violation.rule() + ": resolved: " + news;
  }

  private static boolean partlyNull(ViolationDocument violation) {
    return violation.key().stream().anyMatch(cell -> cell.text().isEmpty());
  }

  private static String parentKey(ViolationDocument violation) {
    return violation.parent() + "(" + String.join(", ", violation.parent().columns()) + ")";
  }

  private static String key(List<Cell> cells) {
    String columns = cells.stream().map(Cell::column).collect(Collectors.joining(", "));
    String values =
        cells.stream()
            .map(cell -> shortened(oneLine(cell.text().orElse("null")), LONGEST_VALUE))
            .collect(Collectors.joining(", "));
    return "Key (" + columns + ")=(" + shortened(values, LONGEST_KEY) + ")";
  }

  private static String orphans(ViolationDocument violation) {
    int count = violation.orphans().count();
    return (violation.orphans().atLeast() ? "at least " : "")
        + count
        + (count == 1 ? " orphan" : " orphans");
  }

  static String oneLine(String value) {
    return CONTROL.matcher(value).replaceAll(" ");
  }

  /** Cut at a whole character: half a surrogate pair is no UTF-8. */
  static String shortened(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = longest - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
