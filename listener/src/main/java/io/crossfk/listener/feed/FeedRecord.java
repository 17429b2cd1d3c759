package io.crossfk.listener.feed;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One record of the violations topic, as it came.
 *
 * @param id the violation's id
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

  /** Whether the violation is open after this record. */
  public boolean isOpen() {
    return json.map(value -> Json.text(Json.read(value), "status").equals("open")).orElse(false);
  }
}
