package io.crossfk.rules.text;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Turns what a schema validator found into sentences for people. */
final class SchemaSentences {
  private static final int LONGEST_VALUE_SHOWN = 60;

  private final JsonNode schema;

  SchemaSentences(JsonNode schema) {
    this.schema = schema;
  }

  void report(Error error, YamlNode node, Mistakes mistakes) {
    JsonNode rule = ruleOf(error);
    JsonNode wanted = error.getSchemaNode();
    switch (error.getKeyword()) {
      case "additionalProperties" -> unknownProperty(rule, node, error.getProperty(), mistakes);
      case "required" -> mistakes.add(node, missing(rule, error.getProperty()));
      case "type" -> mistakes.add(node, wrongType(rule, wanted, node));
      case "enum" -> {
        // All our words are text; of another type, that is the mistake, and it is told.
        if (node instanceof YamlScalar scalar && scalar.kind() == YamlScalar.Kind.TEXT) {
          mistakes.add(node, notOneOf(rule, wanted, scalar));
        }
      }
      case "pattern" -> mistakes.add(node, misshapen(rule, node));
      case "propertyNames" -> misnamed(rule, node, mistakes);
      case "minimum" -> mistakes.add(node, value(rule, node) + " is below " + text(wanted));
      case "maximum" -> mistakes.add(node, value(rule, node) + " is above " + text(wanted));
      case "minLength" -> mistakes.add(node, "must not be empty" + example(rule));
      case "maxLength" -> mistakes.add(node, "longer than " + text(wanted) + " characters");
      case "minItems", "minProperties" ->
          mistakes.add(node, "empty: at least one is needed" + example(rule));
      default ->
          throw new IllegalStateException(
              "no sentence for the schema's word " + error.getKeyword() + ": " + error);
    }
  }

  private static void unknownProperty(
      JsonNode rule, YamlNode node, String name, Mistakes mistakes) {
    Optional<String> refused =
        rule.path("x-refused").propertyNames().stream()
            .filter(word -> Suggestions.sameWord(word, name))
            .findFirst();
    String message =
        refused.isPresent()
            ? quoted(name) + " is refused: " + rule.path("x-refused").path(refused.get()).asString()
            : "unknown property "
                + quoted(name)
                + Suggestions.cure(name, rule.path("properties").propertyNames());
    mistakes.add(placeOfName(node, name), YamlNode.propertyPath(node.path(), name), message);
  }

  private static Place placeOfName(YamlNode node, String name) {
    YamlMapping.Property property =
        node instanceof YamlMapping mapping ? mapping.properties().get(name) : null;
    return property == null ? node.place() : property.place();
  }

  private String missing(JsonNode rule, String name) {
    return "\"" + name + "\" is missing" + example(followed(rule.path("properties").path(name)));
  }

  /** Every name that does not fit; the validator tells only that there is one. */
  private static void misnamed(JsonNode rule, YamlNode node, Mistakes mistakes) {
    JsonNode names = rule.path("propertyNames");
    if (node instanceof YamlMapping mapping) {
      mapping
          .properties()
          .forEach(
              (name, property) -> {
                if (!name.matches(names.path("pattern").asString())) {
                  mistakes.add(
                      property.place(),
                      YamlNode.propertyPath(node.path(), name),
                      quoted(name)
                          + " does not fit: "
                          + names.path("patternErrorMessage").asString());
                }
              });
    }
  }

  private static String misshapen(JsonNode rule, YamlNode node) {
    return value(rule, node) + " does not fit: " + rule.path("patternErrorMessage").asString();
  }

  private static String notOneOf(JsonNode rule, JsonNode wanted, YamlScalar scalar) {
    List<String> known = new ArrayList<>();
    wanted.forEach(word -> known.add(word.asString()));
    JsonNode refused = rule.path("x-refused").path(scalar.text());
    if (refused.isString()) {
      return quoted(scalar.shown()) + " is refused: " + refused.asString();
    }
    Optional<String> nearest = Suggestions.nearest(scalar.text(), known);
    return value(rule, scalar)
        + " is none of "
        + String.join(", ", known)
        + nearest.map(word -> "; did you mean \"" + word + "\"?").orElse("");
  }

  private static String wrongType(JsonNode rule, JsonNode wanted, YamlNode node) {
    List<String> types = new ArrayList<>();
    if (wanted.isArray()) {
      wanted.forEach(type -> types.add(type.asString()));
    } else {
      types.add(wanted.asString());
    }
    String expected =
        rule.has("x-expected")
            ? rule.path("x-expected").asString()
            : types.stream().map(SchemaSentences::word).collect(Collectors.joining(" or "));
    return "expected " + expected + ", found " + found(rule, node) + typeCure(rule, types, node);
  }

  private static String word(String type) {
    return switch (type) {
      case "string" -> "text";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "boolean" -> "true or false";
      case "array" -> "a list";
      case "object" -> "a mapping";
      default -> type;
    };
  }

  private static String found(JsonNode rule, YamlNode node) {
    return switch (node) {
      case YamlMapping mapping -> "a mapping";
      case YamlSequence sequence -> "a list";
      case YamlScalar scalar ->
          switch (scalar.kind()) {
            case TEXT -> secret(rule) ? "text" : "the text " + value(rule, node);
            case WHOLE_NUMBER, NUMBER ->
                secret(rule) ? "a number" : "the number " + value(rule, node);
            case TRUTH -> secret(rule) ? "true or false" : value(rule, node);
            case NOTHING -> "nothing";
          };
    };
  }

  private static String typeCure(JsonNode rule, List<String> types, YamlNode node) {
    if (!(node instanceof YamlScalar scalar) || rule.has("x-expected")) {
      return example(rule);
    }
    return switch (scalar.kind()) {
      case WHOLE_NUMBER, NUMBER, TRUTH ->
          types.contains("string") ? ": put it into quotes" : example(rule);
      case TEXT ->
          types.contains("boolean") && !types.contains("string")
              ? ": YAML 1.2 knows only true and false"
              : example(rule);
      case NOTHING -> example(rule);
    };
  }

  private static String example(JsonNode rule) {
    JsonNode example = rule.path("examples").path(0);
    return example.isMissingNode() ? "" : ", for example " + text(example);
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }

  /** The value as the file has it; texts in quotes, secrets not at all. */
  private static String value(JsonNode rule, YamlNode node) {
    if (!(node instanceof YamlScalar scalar) || secret(rule)) {
      return "the value";
    }
    return scalar.kind() == YamlScalar.Kind.TEXT ? quoted(scalar.shown()) : shorten(scalar.shown());
  }

  private static boolean secret(JsonNode rule) {
    return rule.path("writeOnly").asBoolean(false);
  }

  private static String quoted(String text) {
    return "\"" + shorten(text) + "\"";
  }

  private static String shorten(String text) {
    return text.length() <= LONGEST_VALUE_SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_VALUE_SHOWN / 2)) + "…";
  }

  /** The part of the schema that holds the word which failed. */
  private JsonNode ruleOf(Error error) {
    NodePath path = error.getSchemaLocation().getFragment();
    JsonNode node = schema;
    for (int i = 0; i < path.getNameCount() - 1; i++) {
      String name = path.getName(i);
      node = node.isArray() ? node.path(Integer.parseInt(name)) : node.path(name);
    }
    return node;
  }

  /** A part of the schema, or the definition that it refers to. */
  private JsonNode followed(JsonNode rule) {
    JsonNode reference = rule.path("$ref");
    return reference.isString() && !rule.has("examples")
        ? schema.at(reference.asString().substring(1))
        : rule;
  }
}
