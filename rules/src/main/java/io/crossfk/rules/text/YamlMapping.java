package io.crossfk.rules.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Properties by name, in the order of the file. The typed getters return nothing where the value is
 * of another type: the schema has reported that already.
 */
public record YamlMapping(Place place, String path, Map<String, Property> properties)
    implements YamlNode {

  /**
   * @param place where the property's name stands
   */
  public record Property(Place place, YamlNode value) {}

  public YamlMapping {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  public Optional<YamlNode> get(String name) {
    return Optional.ofNullable(properties.get(name)).map(Property::value);
  }

  public Optional<YamlMapping> mapping(String name) {
    return get(name).filter(YamlMapping.class::isInstance).map(YamlMapping.class::cast);
  }

  public Optional<YamlSequence> sequence(String name) {
    return get(name).filter(YamlSequence.class::isInstance).map(YamlSequence.class::cast);
  }

  /** Whatever single value stands there, if it is known; text, a number, true or false. */
  public Optional<YamlScalar> scalar(String name) {
    return get(name)
        .filter(YamlScalar.class::isInstance)
        .map(YamlScalar.class::cast)
        .filter(scalar -> scalar.known() && scalar.kind() != YamlScalar.Kind.NOTHING);
  }

  public Optional<YamlScalar> text(String name) {
    return scalar(name).filter(scalar -> scalar.kind() == YamlScalar.Kind.TEXT);
  }

  public OptionalLong wholeNumber(String name) {
    return scalar(name).map(YamlScalar::wholeNumber).orElse(OptionalLong.empty());
  }

  public Optional<Boolean> truth(String name) {
    return scalar(name)
        .filter(scalar -> scalar.kind() == YamlScalar.Kind.TRUTH)
        .map(scalar -> scalar.text().equalsIgnoreCase("true"));
  }

  @Override
  public int size() {
    return 1 + properties.values().stream().mapToInt(p -> p.value().size()).sum();
  }

  @Override
  public YamlMapping movedTo(String newPath) {
    Map<String, Property> moved = new LinkedHashMap<>();
    properties.forEach(
        (name, property) ->
            moved.put(
                name,
                new Property(
                    property.place(),
                    property.value().movedTo(YamlNode.propertyPath(newPath, name)))));
    return new YamlMapping(place, newPath, moved);
  }
}
