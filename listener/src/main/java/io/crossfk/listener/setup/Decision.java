package io.crossfk.listener.setup;

import io.crossfk.listener.source.Refusal;
import java.util.List;

/**
 * Something that a person has to decide or do first.
 *
 * @param what one sentence: the thing, what is wrong with it, and why it matters
 * @param cure statements that would do, one of the ways; empty if SQL is not the cure
 */
public record Decision(String what, List<String> cure) {
  public Decision {
    cure = List.copyOf(cure);
  }

  static Decision of(Refusal refusal) {
    return new Decision(refusal.place() + ": " + refusal.message(), refusal.cureSql());
  }

  @Override
  public String toString() {
    return what + (cure.isEmpty() ? "" : "\n  " + String.join("\n  ", cure));
  }
}
