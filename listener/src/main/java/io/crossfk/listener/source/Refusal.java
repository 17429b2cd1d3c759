package io.crossfk.listener.source;

import java.util.List;

/**
 * Something that crossfk must not or may not do by itself.
 *
 * @param place the thing it is about: {@code users:public.users}, {@code users: publication
 *     crossfk}
 * @param message one sentence: what is wrong, and why it matters
 * @param cureSql statements that a database administrator runs, each ending with a semicolon; empty
 *     if SQL is not the cure
 */
public record Refusal(String place, String message, List<String> cureSql) {

  public Refusal {
    cureSql = List.copyOf(cureSql);
  }

  @Override
  public String toString() {
    return place
        + ": "
        + message
        + (cureSql.isEmpty() ? "" : "\n  " + String.join("\n  ", cureSql));
  }
}
