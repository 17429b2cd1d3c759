package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A schema that ships in the jar, and the same schema without room for anything it leaves out. For
 * the tests of every package that reads records.
 */
public final class PublishedSchema {
  public static final PublishedSchema VIOLATION = new PublishedSchema("violation");
  public static final PublishedSchema ALERT = new PublishedSchema("alert");

  private final Schema published;
  private final Schema strict;

  private PublishedSchema(String name) {
    String text = text("/io/crossfk/schema/" + name + ".schema.json");
    published = schema(text);
    strict = schema(strict(text));
  }

  private static String text(String name) {
    try (InputStream resource =
        Objects.requireNonNull(PublishedSchema.class.getResourceAsStream(name))) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Schema schema(String text) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(text, InputFormat.JSON);
  }

  /** Readers must ignore what they do not know; we must not write what we did not describe. */
  private static String strict(String text) {
    JsonNode schema = JsonMapper.shared().readTree(text);
    close(schema);
    return schema.toString();
  }

  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.has("properties")
        && object.has("type")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(PublishedSchema::close);
  }

  public void assertDescribes(String json) {
    assertThat(published.validate(json, InputFormat.JSON)).as(json).isEmpty();
    assertThat(strict.validate(json, InputFormat.JSON)).as("strictly: " + json).isEmpty();
  }

  boolean accepts(String json) {
    return published.validate(json, InputFormat.JSON).isEmpty();
  }
}
