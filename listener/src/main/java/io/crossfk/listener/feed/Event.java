package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * One record of the violations topic: CloudEvents 1.0 in Kafka's binary mode.
 *
 * @param openedAtParent the parent's position of the opening evidence
 * @param transition which step of the violation's life; with the two before it makes the event's
 *     id, so that a replay is recognisable
 */
record Event(
    Type type,
    String id,
    Position openedAtParent,
    int transition,
    Instant time,
    Optional<ViolationDocument> value) {

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
  static Event of(Type type, ViolationDocument violation, Position openedAtParent, int transition) {
    return new Event(
        type,
        violation.id(),
        openedAtParent,
        transition,
        violation.updatedAt(),
        Optional.of(violation));
  }

  static Event forgotten(String id, Position openedAtParent, int transition, Instant time) {
    return new Event(Type.FORGOTTEN, id, openedAtParent, transition, time, Optional.empty());
  }

  /**
   * Equal for a replay, different for every other event of this source. A tombstone is marked as
   * one, because forgetting changes nothing in the violation and need not count as a transition.
   */
  String eventId() {
    return id
        + "@"
        + openedAtParent
        + "#"
        + transition
        + (type == Type.FORGOTTEN ? "-forgotten" : "");
  }

  ProducerRecord<byte[], byte[]> toRecord(FeedSettings settings) {
    List<Header> headers = new ArrayList<>();
    headers.add(header("ce_specversion", "1.0"));
    headers.add(header("ce_id", eventId()));
    headers.add(header("ce_source", settings.source()));
    headers.add(header("ce_type", type.word()));
    headers.add(header("ce_subject", id));
    headers.add(header("ce_time", Json.instant(time)));
    if (value.isPresent()) {
      headers.add(header("content-type", "application/json"));
    }
    return new ProducerRecord<>(
        settings.violationsTopic(),
        null,
        id.getBytes(StandardCharsets.UTF_8),
        value.map(ViolationDocument::toJson).orElse(null),
        headers);
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
