package io.crossfk.listener.cli;

import io.crossfk.listener.feed.FeedRecord;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One change of an alert as people read it.
 *
 * @param word {@code BLIND}, {@code OVERFLOW} or {@code RESOLVED}
 * @param summary begins with the rule's name
 */
record AlertLine(Instant time, String word, String summary) {
  private static final JsonMapper JSON = new JsonMapper();

  static Stream<AlertLine> of(FeedRecord record) {
    return record.json().map(JSON::readTree).map(AlertLine::of).stream();
  }

  private static AlertLine of(JsonNode value) {
    return new AlertLine(
        Instant.parse(value.required("updatedAt").stringValue()),
        ViolationLine.text(value, "status").equals("resolved")
            ? "RESOLVED"
            : ViolationLine.text(value, "kind").toUpperCase(Locale.ROOT),
        ViolationLine.text(value, "summary"));
  }

  String text(boolean colour) {
    return ViolationLine.start(time, word, word.equals("RESOLVED") ? "32" : "31", colour)
        + "  "
        + summary;
  }
}
