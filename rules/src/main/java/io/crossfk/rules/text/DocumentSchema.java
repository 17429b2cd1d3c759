package io.crossfk.rules.text;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kind of document: what its JSON Schema says. The same schema completes and checks in editors
 * and judges here, so that the two never differ. Safe for use by several threads.
 *
 * <p>Beside the words of JSON Schema 2020-12 it knows three: {@code patternErrorMessage} (which
 * editors show, too), {@code x-refused}, the reason for each name or value that people may expect
 * and that is refused on purpose, and {@code x-expected}, what to say instead of a type.
 */
public final class DocumentSchema {
  /** Rule files. */
  public static final DocumentSchema RULES = shipped("rules");

  /** {@code crossfk.yaml}. */
  public static final DocumentSchema CROSSFK = shipped("crossfk");

  private final Schema schema;
  private final SchemaSentences sentences;

  private DocumentSchema(String json) {
    Dialect standard = Dialects.getDraft202012();
    Dialect ours =
        Dialect.builder(standard)
            .keyword(new AnnotationKeyword("patternErrorMessage"))
            .keyword(new AnnotationKeyword("x-refused"))
            .keyword(new AnnotationKeyword("x-expected"))
            .build();
    this.schema = SchemaRegistry.withDefaultDialect(ours).getSchema(json, InputFormat.JSON);
    this.sentences = new SchemaSentences(schema.getSchemaNode());
  }

  private static DocumentSchema shipped(String name) {
    String resource = "/io/crossfk/schema/" + name + ".schema.json";
    try (InputStream stream = DocumentSchema.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + resource);
      }
      return new DocumentSchema(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException damagedJar) {
      throw new UncheckedIOException(damagedJar);
    }
  }

  /**
   * Reads a document, and reports everything about it that is not YAML or not as the schema says.
   *
   * @return the root, if the text is YAML and a mapping; with mistakes, it holds what could be read
   */
  public Optional<YamlMapping> read(
      SourceText source, Substitution substitution, Mistakes mistakes) {
    return YamlParser.parse(source, mistakes)
        .map(root -> Substitution.everywhere(root, substitution, mistakes))
        .filter(root -> validate(root, mistakes))
        .map(YamlMapping.class::cast);
  }

  /** False if the root is no mapping, and there is nothing to go on with. */
  private boolean validate(YamlNode root, Mistakes mistakes) {
    List<Error> errors = schema.validate(json(root));
    for (Error error : errors) {
      YamlNode node = nodeAt(root, error.getInstanceLocation());
      // What could not be substituted has been reported; nobody knows whether it would fit.
      if (!(node instanceof YamlScalar scalar && !scalar.known())) {
        sentences.report(error, node, mistakes);
      }
    }
    return root instanceof YamlMapping;
  }

  private static YamlNode nodeAt(YamlNode root, NodePath path) {
    YamlNode node = root;
    for (int i = 0; i < path.getNameCount(); i++) {
      String name = path.getName(i);
      node =
          switch (node) {
            case YamlMapping mapping -> mapping.get(name).orElse(mapping);
            case YamlSequence sequence -> sequence.items().get(Integer.parseInt(name));
            case YamlScalar scalar -> scalar;
          };
    }
    return node;
  }

  private static JsonNode json(YamlNode node) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (node) {
      case YamlMapping mapping -> {
        ObjectNode object = factory.objectNode();
        mapping.properties().forEach((name, value) -> object.set(name, json(value.value())));
        yield object;
      }
      case YamlSequence sequence -> {
        ArrayNode array = factory.arrayNode();
        sequence.items().forEach(item -> array.add(json(item)));
        yield array;
      }
      case YamlScalar scalar -> json(scalar);
    };
  }

  private static JsonNode json(YamlScalar scalar) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (scalar.kind()) {
      case TEXT -> factory.stringNode(scalar.text());
      case WHOLE_NUMBER, NUMBER ->
          scalar.wholeNumber().isPresent()
              ? factory.numberNode(scalar.wholeNumber().getAsLong())
              : beyondLong(CoreScalars.doubleOf(scalar.text()));
      case TRUTH -> factory.booleanNode(scalar.text().equalsIgnoreCase("true"));
      case NOTHING -> factory.nullNode();
    };
  }

  /**
   * A number that no long holds. The validator compares limits as longs, so a whole number beyond
   * stands as the last one; every limit of ours lies below it.
   */
  private static JsonNode beyondLong(double number) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return number == Math.rint(number) && !Double.isInfinite(number)
        ? factory.numberNode(number > 0 ? Long.MAX_VALUE : Long.MIN_VALUE)
        : factory.numberNode(number);
  }
}
