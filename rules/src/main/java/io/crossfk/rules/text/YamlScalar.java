package io.crossfk.rules.text;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A single value.
 *
 * @param text the value as text, escapes resolved; what was substituted stands in it
 * @param shown the value as the file has it: messages show this one, since what a variable stands
 *     for may be a secret
 * @param known false if what it refers to could not be found, which has been reported
 * @param spelling how the text stands in the file, for the place of each of its characters
 */
public record YamlScalar(
    Place place,
    String path,
    Kind kind,
    String text,
    String shown,
    boolean known,
    ScalarSpelling spelling)
    implements YamlNode {

  /** YAML 1.2's core schema. */
  public enum Kind {
    TEXT,
    WHOLE_NUMBER,
    NUMBER,
    TRUTH,
    NOTHING
  }

  /** The number, if it is a whole one of 64 bits. */
  public OptionalLong wholeNumber() {
    return switch (kind) {
      case WHOLE_NUMBER -> CoreScalars.longOf(text);
      case NUMBER -> {
        double number = CoreScalars.doubleOf(text);
        yield number == Math.rint(number) && Math.abs(number) < 0x1p53
            ? OptionalLong.of((long) number)
            : OptionalLong.empty();
      }
      default -> OptionalLong.empty();
    };
  }

  /** Where one character of the text stands, or the scalar's beginning if it was substituted. */
  public Place placeOf(int offset) {
    return text.equals(shown) ? spelling.placeOf(place, text, offset) : place;
  }

  /** The scalar with its variables replaced, or unknown if they could not be. */
  YamlScalar substituted(Optional<String> newText) {
    return new YamlScalar(
        place, path, kind, newText.orElse(text), shown, newText.isPresent(), spelling);
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public YamlScalar movedTo(String newPath) {
    return new YamlScalar(place, newPath, kind, text, shown, known, spelling);
  }

  /** Without the text, which may be a secret. */
  @Override
  public String toString() {
    return kind + " at " + place;
  }
}
