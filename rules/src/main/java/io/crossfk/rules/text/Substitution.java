package io.crossfk.rules.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Replaces the variables in a document's texts. */
@FunctionalInterface
public interface Substitution {
  /** Texts mean what they say. */
  Substitution NONE = (scalar, mistakes) -> Optional.of(scalar.text());

  /**
   * The text that a text stands for, or nothing if a part of it cannot be found, which is then a
   * mistake.
   */
  Optional<String> apply(YamlScalar text, Mistakes mistakes);

  /** The same tree with every text replaced; names of properties are left alone. */
  static YamlNode everywhere(YamlNode node, Substitution substitution, Mistakes mistakes) {
    return switch (node) {
      case YamlScalar scalar ->
          scalar.kind() == YamlScalar.Kind.TEXT
              ? scalar.substituted(substitution.apply(scalar, mistakes))
              : scalar;
      case YamlSequence sequence -> {
        List<YamlNode> items = new ArrayList<>();
        sequence.items().forEach(item -> items.add(everywhere(item, substitution, mistakes)));
        yield new YamlSequence(sequence.place(), sequence.path(), items);
      }
      case YamlMapping mapping -> {
        Map<String, YamlMapping.Property> properties = new LinkedHashMap<>();
        mapping
            .properties()
            .forEach(
                (name, property) ->
                    properties.put(
                        name,
                        new YamlMapping.Property(
                            property.place(),
                            everywhere(property.value(), substitution, mistakes))));
        yield new YamlMapping(mapping.place(), mapping.path(), properties);
      }
    };
  }
}
