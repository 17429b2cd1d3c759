package io.crossfk.rules.key;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON array that identifies a key in the feed and in the journal. One key, one text: no
 * blanks, one way to write each character. It is written and read by hand since it stands in every
 * violation's id and must not change with a library.
 */
final class CanonicalJson {
  /** Up to here every JSON reader keeps an integer exactly. */
  private static final long LARGEST_NUMBER = 1L << 53;

  private static final String HEXADECIMAL = "0123456789abcdef";

  private final String text;
  private int at;

  private CanonicalJson(String text) {
    this.text = text;
  }

  static String write(Key key) {
    StringBuilder json = new StringBuilder(2 + 20 * key.size()).append('[');
    for (int column = 0; column < key.size(); column++) {
      if (column > 0) {
        json.append(',');
      }
      switch (key.value(column)) {
        case null -> json.append("null");
        case KeyValue.Truth truth -> json.append(truth.value());
        case KeyValue.Whole whole
            when whole.value() >= -LARGEST_NUMBER && whole.value() <= LARGEST_NUMBER ->
            json.append(whole.value());
        case KeyValue.Whole whole -> writeString(json, whole.asText());
        case KeyValue.Decimal decimal -> writeString(json, decimal.asText());
        case KeyValue.Text string -> writeString(json, string.value());
      }
    }
    return json.append(']').toString();
  }

  private static void writeString(StringBuilder json, String string) {
    json.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (Character.isISOControl(c) || isUnpaired(string, i)) {
            writeEscaped(json, c);
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  private static void writeEscaped(StringBuilder json, char c) {
    json.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      json.append(HEXADECIMAL.charAt(c >> shift & 0xF));
    }
  }

  /** Half a character: UTF-8 has no bytes for it, so two such keys would become one on the wire. */
  private static boolean isUnpaired(String string, int index) {
    char c = string.charAt(index);
    if (Character.isHighSurrogate(c)) {
      return index + 1 == string.length() || !Character.isLowSurrogate(string.charAt(index + 1));
    }
    return Character.isLowSurrogate(c)
        && (index == 0 || !Character.isHighSurrogate(string.charAt(index - 1)));
  }

  /** The array's values: Long, String, Boolean or null. Whether they are canonical shows later. */
  static List<@Nullable Object> read(String text) {
    CanonicalJson json = new CanonicalJson(text);
    List<@Nullable Object> values = new ArrayList<>(1);
    json.expect('[');
    do {
      values.add(json.scalar());
    } while (json.skip(','));
    json.expect(']');
    if (json.at != text.length()) {
      throw json.unexpected();
    }
    return values;
  }

  private @Nullable Object scalar() {
    if (skip("null")) {
      return null;
    }
    if (skip("true")) {
      return true;
    }
    if (skip("false")) {
      return false;
    }
    return skip('"') ? string() : number();
  }

  private Long number() {
    int start = at;
    while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Long.parseLong(text, start, at, 10);
    } catch (NumberFormatException notANumber) {
      throw unexpected();
    }
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = HEXADECIMAL.indexOf(next());
          if (digit < 0) {
            throw unexpected();
          }
          code = code << 4 | digit;
        }
        yield (char) code;
      }
      default -> throw unexpected();
    };
  }

  private char next() {
    if (at == text.length()) {
      throw unexpected();
    }
    return text.charAt(at++);
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean skip(String word) {
    if (text.startsWith(word, at)) {
      at += word.length();
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!skip(c)) {
      throw unexpected();
    }
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException(
        "not a canonical key: a text of " + text.length() + " characters, wrong at " + at);
  }
}
