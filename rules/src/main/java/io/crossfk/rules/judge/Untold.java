package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Violations that an audit found without a reason to look. The streams may only be late: each is
 * counted as one that they did not tell once they have passed the end that the logs had after its
 * proof. It means a defect of crossfk or something that no log tells.
 */
final class Untold {

  private static final class Found {
    final KeyCase keyCase;
    final long sinceQuestion;
    @Nullable Position childEnd;
    @Nullable Position parentEnd;

    Found(KeyCase keyCase, long sinceQuestion) {
      this.keyCase = keyCase;
      this.sinceQuestion = sinceQuestion;
    }

    boolean isPassed() {
      RuleDesk desk = keyCase.desk;
      return childEnd != null
          && parentEnd != null
          && !desk.child.judged.isBefore(childEnd)
          && !desk.parent.judged.isBefore(parentEnd);
    }

    boolean isOver() {
      return !keyCase.onDesk || !keyCase.isOpen() || keyCase.raisedBy != RaisedBy.SCHEDULE;
    }
  }

  private final Questions questions;
  private final List<Found> waiting = new ArrayList<>();
  long counted;

  Untold(Questions questions) {
    this.questions = questions;
  }

  void opened(KeyCase keyCase) {
    waiting.add(new Found(keyCase, questions.lastAsked()));
  }

  /** Whether somebody waits for the end of this database's log. */
  boolean wants(DatabaseDesk database) {
    return waiting.stream()
        .anyMatch(
            found ->
                (found.keyCase.desk.child == database && found.childEnd == null)
                    || (found.keyCase.desk.parent == database && found.parentEnd == null));
  }

  /** The end of a log, read by the question of this number. */
  void logEnd(DatabaseDesk database, long question, Optional<Position> end) {
    if (end.isEmpty()) {
      return;
    }
    for (Found found : waiting) {
      if (question > found.sinceQuestion) {
        if (found.keyCase.desk.child == database && found.childEnd == null) {
          found.childEnd = end.get();
        }
        if (found.keyCase.desk.parent == database && found.parentEnd == null) {
          found.parentEnd = end.get();
        }
      }
    }
  }

  /** After a gap positions mean nothing, and the audit that follows has a reason. */
  void lost(DatabaseDesk database) {
    waiting.removeIf(
        found -> found.keyCase.desk.child == database || found.keyCase.desk.parent == database);
  }

  void settle() {
    for (Iterator<Found> each = waiting.iterator(); each.hasNext(); ) {
      Found found = each.next();
      if (found.isOver()) {
        each.remove();
      } else if (found.isPassed()) {
        counted++;
        each.remove();
      }
    }
  }
}
