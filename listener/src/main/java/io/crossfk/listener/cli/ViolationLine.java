package io.crossfk.listener.cli;

import io.crossfk.listener.feed.FeedRecord;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One transition of a violation as people read it.
 *
 * @param time when it happened
 * @param transition {@code OPEN}, {@code UPDATED} or {@code RESOLVED}
 * @param key as in PostgreSQL's message: {@code (user_id)=(42)}
 * @param orphans such as {@code 2 orphans}, {@code at least 100 orphans}
 */
record ViolationLine(
    Instant time,
    Instant openedAt,
    String transition,
    String rule,
    String severity,
    String key,
    String orphans,
    String cause,
    String summary) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private static final Map<String, String> COLOURS =
      Map.of("OPEN", "31", "UPDATED", "33", "RESOLVED", "32");

  /** None of a tombstone: a violation that is forgotten is no news. */
  static Stream<ViolationLine> of(FeedRecord record) {
    return record.json().map(JSON::readTree).map(value -> of(record, value)).stream();
  }

  private static ViolationLine of(FeedRecord record, JsonNode value) {
    JsonNode orphans = value.path("orphans");
    int count = orphans.path("count").asInt(0);
    return new ViolationLine(
        Instant.parse(value.required("updatedAt").stringValue()),
        Instant.parse(value.required("openedAt").stringValue()),
        transition(record.type(), value),
        text(value, "rule"),
        text(value, "severity"),
        key(value.path("key")),
        (orphans.path("atLeast").asBoolean(false) ? "at least " : "")
            + count
            + (count == 1 ? " orphan" : " orphans"),
        text(value, "cause"),
        text(value, "summary"));
  }

  private static String transition(String type, JsonNode value) {
    if (text(value, "status").equals("resolved")) {
      return "RESOLVED";
    }
    return type.endsWith(".updated") ? "UPDATED" : "OPEN";
  }

  private static String key(JsonNode key) {
    String columns =
        key.properties().stream().map(Map.Entry::getKey).collect(Collectors.joining(", "));
    String values =
        key.properties().stream()
            .map(column -> column.getValue().isNull() ? "null" : column.getValue().asString())
            .collect(Collectors.joining(", "));
    return harmless("(" + columns + ")=(" + values + ")");
  }

  static String text(JsonNode value, String member) {
    return harmless(value.path(member).asString(""));
  }

  /** A key's value comes from strangers, and a terminal obeys control characters. */
  private static String harmless(String text) {
    return CONTROL.matcher(text).replaceAll(" ");
  }

  String text(boolean colour) {
    return String.join(
        "  ",
        start(time, transition, COLOURS.getOrDefault(transition, "0"), colour),
        rule,
        key,
        orphans,
        cause,
        summary);
  }

  /** How every line of the feed begins. */
  static String start(Instant time, String word, String itsColour, boolean colour) {
    String padded = "%-8s".formatted(word);
    return MILLISECONDS.format(time)
        + "  "
        + (colour ? "\u001b[" + itsColour + "m" + padded + "\u001b[0m" : padded);
  }

  String since() {
    return MILLISECONDS.format(openedAt);
  }
}
