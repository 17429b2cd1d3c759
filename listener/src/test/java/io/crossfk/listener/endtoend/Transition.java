package io.crossfk.listener.endtoend;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One record of the violations topic, or of another of the feed.
 *
 * @param type the last word of CloudEvents' type: opened, updated, resolved or forgotten
 * @param value empty for a tombstone
 * @param seen when this JVM's consumer had it
 */
public record Transition(
    String id,
    String type,
    String eventId,
    Optional<JsonNode> value,
    Map<String, String> headers,
    int partition,
    long offset,
    Instant seen) {
  public Transition {
    headers = Map.copyOf(headers);
  }

  public String text(String member) {
    return value.map(json -> json.required(member).asString()).orElse("");
  }

  public String rule() {
    return id.substring(0, id.indexOf('|'));
  }

  /** Which step of the violation's life it is, as its id tells; a tombstone has none. */
  public int number() {
    return Integer.parseInt(eventId.substring(eventId.lastIndexOf('#') + 1));
  }

  @Override
  public String toString() {
    return "%s %s %s (%s%s) %s"
        .formatted(
            seen,
            type,
            eventId,
            value.map(json -> json.path("cause").asString()).orElse(""),
            value.map(json -> " " + json.path("resolution").asString("")).orElse(""),
            value.map(json -> json.path("evidence").toString()).orElse(""));
  }
}
