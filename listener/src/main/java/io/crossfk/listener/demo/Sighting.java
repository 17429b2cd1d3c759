package io.crossfk.listener.demo;

import io.crossfk.listener.feed.FeedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A record that a consumer has received.
 *
 * @param nanos when, by {@link System#nanoTime}
 * @param open whether the violation is open after it
 */
record Sighting(long nanos, ViolationKey key, boolean open, String cause, String summary) {
  private static final JsonMapper JSON = new JsonMapper();

  /** None of a tombstone. */
  static Optional<Sighting> of(FeedRecord record, long nanos) {
    return record.json().map(JSON::readTree).map(value -> of(value, nanos));
  }

  private static Sighting of(JsonNode value, long nanos) {
    List<String> columns = new ArrayList<>();
    List<String> values = new ArrayList<>();
    value
        .required("key")
        .properties()
        .forEach(
            column -> {
              columns.add(column.getKey());
              values.add(column.getValue().asString());
            });
    return new Sighting(
        nanos,
        new ViolationKey(value.required("rule").stringValue(), columns, values),
        value.required("status").stringValue().equals("open"),
        value.required("cause").stringValue(),
        value.required("summary").stringValue());
  }
}
