package io.crossfk.rules.text;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a plain scalar means under YAML 1.2's core schema: {@code no} is text there. */
final class CoreScalars {
  private static final Pattern NOTHING = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern TRUTH = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern WHOLE_NUMBER =
      Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  /** Nobody writes a longer number on purpose, and matching it costs stack. */
  private static final int LONGEST_NUMBER = 400;

  private CoreScalars() {}

  static YamlScalar.Kind kindOf(String plain) {
    if (plain.length() > LONGEST_NUMBER) {
      return YamlScalar.Kind.TEXT;
    }
    if (NOTHING.matcher(plain).matches()) {
      return YamlScalar.Kind.NOTHING;
    }
    if (TRUTH.matcher(plain).matches()) {
      return YamlScalar.Kind.TRUTH;
    }
    if (WHOLE_NUMBER.matcher(plain).matches()) {
      return YamlScalar.Kind.WHOLE_NUMBER;
    }
    return NUMBER.matcher(plain).matches() ? YamlScalar.Kind.NUMBER : YamlScalar.Kind.TEXT;
  }

  /** The value of a whole number, if it fits into 64 bits. */
  static OptionalLong longOf(String text) {
    try {
      if (text.startsWith("0o")) {
        return OptionalLong.of(Long.parseLong(text.substring(2), 8));
      }
      if (text.startsWith("0x")) {
        return OptionalLong.of(Long.parseLong(text.substring(2), 16));
      }
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException beyond64Bits) {
      return OptionalLong.empty();
    }
  }

  /** The nearest floating-point value of a number, whole or not. */
  static double doubleOf(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".inf")) {
      return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (lower.equals(".nan")) {
      return Double.NaN;
    }
    if (lower.startsWith("0o") || lower.startsWith("0x")) {
      OptionalLong exact = longOf(lower);
      return exact.isPresent() ? exact.getAsLong() : Double.POSITIVE_INFINITY;
    }
    return Double.parseDouble(lower);
  }
}
