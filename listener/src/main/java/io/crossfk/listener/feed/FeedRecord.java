package io.crossfk.listener.feed;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One record of the violations topic or of the alerts topic, as it came.
 *
 * @param id the violation's id, or the alert's
 * @param json the value, exactly as published; empty for a tombstone
 * @param headers CloudEvents' attributes and the content type, by header name
 * @param timestamp of the record, by Kafka
 */
public record FeedRecord(
    String id,
    Optional<String> json,
    Map<String, String> headers,
    int partition,
    long offset,
    Instant timestamp) {
  public FeedRecord {
    headers = Map.copyOf(headers);
  }

  /** CloudEvents' type, such as {@code io.crossfk.violation.opened}; empty if it has none. */
  public String type() {
    return headers.getOrDefault("ce_type", "");
  }

  /** Whether it tells of an alert, and not of a violation. */
  public boolean isAlert() {
    return type().startsWith("io.crossfk.alert.");
  }

  /** Whether the violation is open, or the alert fires, after this record. */
  public boolean isOpen() {
    return json.map(value -> !Json.text(Json.read(value), "status").equals("resolved"))
        .orElse(false);
  }
}
