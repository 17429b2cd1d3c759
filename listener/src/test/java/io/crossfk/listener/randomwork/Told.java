package io.crossfk.listener.randomwork;

import io.crossfk.listener.endtoend.Transition;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One record of the feed, on the run's clock.
 *
 * @param type opened, updated or resolved
 * @param number which transition of its violation it says it is
 * @param made when the listener says that it judged
 * @param seen when a consumer had it
 * @param proof empty if the record has none
 */
record Told(
    String id,
    String type,
    String eventId,
    int number,
    long made,
    long seen,
    Optional<Proof> proof,
    String text) {

  /**
   * What the look-ups of a proof saw.
   *
   * @param parent absent if no parent was looked for
   */
  record Proof(SeenBy childrenBefore, @Nullable SeenBy parent, SeenBy childrenAfter) {}

  static Told of(Transition transition, RunClock clock) {
    return new Told(
        transition.id(),
        transition.type(),
        transition.eventId(),
        transition.number(),
        clock.at(Instant.parse(transition.text("updatedAt"))),
        clock.at(transition.seen()),
        transition
            .value()
            .map(json -> json.path("evidence"))
            .filter(JsonNode::isObject)
            .map(Told::proof),
        transition.toString());
  }

  private static Proof proof(JsonNode evidence) {
    JsonNode parent = evidence.path("parentSnapshot");
    return new Proof(
        SeenBy.parse(evidence.required("childSnapshotBefore").asString()),
        parent.isString() ? SeenBy.parse(parent.asString()) : null,
        SeenBy.parse(evidence.required("childSnapshotAfter").asString()));
  }
}
