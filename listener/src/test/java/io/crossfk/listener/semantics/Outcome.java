package io.crossfk.listener.semantics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a case expects of one phase.
 *
 * @param refusal the SQLSTATE with which PostgreSQL refuses the last statement; empty if it accepts
 *     all of them
 * @param broken the keys that an anti-join over the two databases finds
 * @param unseen whether crossfk does not know it yet
 * @param word a cause of what opens, or a resolution of what closes
 */
record Outcome(
    Optional<String> refusal, List<BrokenKey> broken, boolean unseen, Optional<String> word) {
  private static final Pattern FORM =
      Pattern.compile(
          "(silent|accepted|open|refused(?: (?<state>[0-9A-Z]{5}))?(?<silent>"
              + " silent)?)(?<keys>(?:,? (?:\\d:)?\\[.*?\\](?=,| |$))*)(?<unseen> unseen)?(?:"
              + " (?<word>[a-z-]+))?");
  private static final Pattern KEY = Pattern.compile(",? (?:(\\d):)?(\\[.*?\\])(?=,| |$)");

  /**
   * A key of one of the case's rules.
   *
   * @param rule from 1
   * @param json as in a violation's id
   */
  record BrokenKey(int rule, String json) {}

  static Outcome parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("not an outcome: " + text);
    }
    List<BrokenKey> keys = new ArrayList<>();
    Matcher key = KEY.matcher(form.group("keys"));
    while (key.find()) {
      keys.add(
          new BrokenKey(key.group(1) == null ? 1 : Integer.parseInt(key.group(1)), key.group(2)));
    }
    boolean silent = text.startsWith("silent") || form.group("silent") != null;
    if (silent != keys.isEmpty()) {
      throw new IllegalArgumentException("silent, or which keys? " + text);
    }
    return new Outcome(
        text.startsWith("refused")
            ? Optional.of(Optional.ofNullable(form.group("state")).orElse("23503"))
            : Optional.empty(),
        List.copyOf(keys),
        form.group("unseen") != null,
        Optional.ofNullable(form.group("word")));
  }

  /** Whether PostgreSQL and crossfk say the same. */
  boolean alike() {
    return refusal.isPresent() != broken.isEmpty() && !unseen;
  }
}
