package io.crossfk.rules.judge;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import java.time.Instant;
import java.util.Optional;

/**
 * A (rule, key) with at least one orphan, proved at one instant: its whole state, as a record of
 * the feed tells it.
 *
 * @param brokenAt commit time of the change that broke it; information
 * @param ended how and when it was resolved; empty while it is open
 * @param openedAtParent the parent's position of the opening evidence; with the transition's number
 *     it makes {@code ce_id} unique
 * @param transition 1 for the opening, then counting; 0 for one that is ignored
 */
public record Violation(
    Rule rule,
    Key key,
    Cause cause,
    Orphans orphans,
    Optional<Instant> brokenAt,
    Instant openedAt,
    Instant updatedAt,
    Optional<Ended> ended,
    Evidence evidence,
    io.crossfk.rules.change.Position openedAtParent,
    int transition) {

  /** How a violation ended. */
  public record Ended(Resolution resolution, Instant at) {}

  /** No record of it was ever published: its rule ignores what was there before it. */
  public boolean isIgnored() {
    return transition == 0;
  }

  public boolean isOpen() {
    return ended.isEmpty();
  }
}
