package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One record of the violations topic.
 *
 * @param openedAtParent the parent's position of the opening evidence
 * @param transition which step of the violation's life; with the two before it makes the event's
 *     id, so that a replay is recognisable
 */
record ViolationEvent(
    Type type,
    String id,
    Position openedAtParent,
    int transition,
    Instant time,
    Optional<ViolationDocument> value)
    implements Event {

  enum Type {
    OPENED,
    UPDATED,
    RESOLVED,
    /** The tombstone: no value. */
    FORGOTTEN;

    String word() {
      return "io.crossfk.violation." + name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a transition publishes: the violation as it is now. */
  static ViolationEvent of(
      Type type, ViolationDocument violation, Position openedAtParent, int transition) {
    return new ViolationEvent(
        type,
        violation.id(),
        openedAtParent,
        transition,
        violation.updatedAt(),
        Optional.of(violation));
  }

  static ViolationEvent forgotten(
      String id, Position openedAtParent, int transition, Instant time) {
    return new ViolationEvent(
        Type.FORGOTTEN, id, openedAtParent, transition, time, Optional.empty());
  }

  /**
   * A tombstone is marked as one, because forgetting changes nothing in the violation and need not
   * count as a transition.
   */
  @Override
  public String eventId() {
    return id
        + "@"
        + openedAtParent
        + "#"
        + transition
        + (type == Type.FORGOTTEN ? "-forgotten" : "");
  }

  @Override
  public String word() {
    return type.word();
  }

  @Override
  public Optional<byte[]> json() {
    return value.map(ViolationDocument::toJson);
  }

  @Override
  public String topic(FeedSettings settings) {
    return settings.violationsTopic();
  }
}
