package io.crossfk.listener.feed;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The small part of JSON that records need. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /** RFC 3339 in UTC; always six digits, so that texts sort as instants do. */
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Json() {}

  /** One object, as UTF-8. */
  static byte[] object(Consumer<JsonGenerator> members) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      members.accept(json);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  static JsonNode read(String json) {
    return MAPPER.readTree(json);
  }

  static JsonNode read(byte[] utf8) {
    return MAPPER.readTree(utf8);
  }

  static String instant(Instant instant) {
    return MICROSECONDS.format(instant);
  }

  static void optional(JsonGenerator json, String name, Optional<Instant> instant) {
    instant.ifPresent(present -> json.writeStringProperty(name, instant(present)));
  }

  /** The text of a member that must be there. */
  static String text(JsonNode object, String name) {
    return object.required(name).stringValue();
  }

  static Optional<String> optionalText(JsonNode object, String name) {
    return object.optional(name).map(JsonNode::stringValue);
  }

  static Instant instant(JsonNode object, String name) {
    return Instant.parse(text(object, name));
  }

  static Optional<Instant> optionalInstant(JsonNode object, String name) {
    return optionalText(object, name).map(Instant::parse);
  }

  /** The constant of an enum whose words in the feed are its names with dashes. */
  static <E extends Enum<E>> E word(Class<E> type, String word) {
    return Enum.valueOf(type, word.replace('-', '_').toUpperCase(Locale.ROOT));
  }
}
