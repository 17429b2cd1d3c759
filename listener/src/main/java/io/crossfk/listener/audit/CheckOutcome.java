package io.crossfk.listener.audit;

import io.crossfk.rules.judge.Orphans;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import java.time.Duration;
import java.util.List;

/** What became of the check of one rule. */
public sealed interface CheckOutcome {

  BoundRule rule();

  /** From the first question to the last answer. */
  Duration time();

  /**
   * Every child row was looked at.
   *
   * @param childRows read
   * @param parentRows read
   * @param candidates keys without a parent in what was read; those that proved whole are no
   *     violations
   * @param violations proved at one instant each (I4)
   * @param more true if there were more candidates than the rule's limit allows to tell
   */
  record Checked(
      BoundRule rule,
      Duration time,
      long childRows,
      long parentRows,
      long candidates,
      List<FoundViolation> violations,
      boolean more)
      implements CheckOutcome {
    public Checked {
      violations = List.copyOf(violations);
    }
  }

  /**
   * It could not be looked at.
   *
   * @param database the configuration's name of the database that failed
   * @param reason one line for people
   */
  record Failed(BoundRule rule, Duration time, String database, String reason)
      implements CheckOutcome {}

  /** A key that was broken, and who held it. */
  record FoundViolation(Key key, Orphans orphans) {}
}
