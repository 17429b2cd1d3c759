package io.crossfk.rules.key;

import org.jspecify.annotations.Nullable;

/** Pairs whose canonical form is a text that both databases write alike, and bool. */
final class TextForms {
  private TextForms() {}

  /**
   * text, varchar, char(n), citext, uuid and enum labels. A char(n) loses its blanks where
   * PostgreSQL takes them: both sides if the parent is a char(n), and a char(n) child's always,
   * since its cast to text strips them.
   *
   * @param exact false if only the parent's database can tell what is equal: each side then keeps
   *     its own spelling
   */
  record Texts(boolean childIsChar, boolean parentIsChar, boolean exact) implements PairForm {
    @Override
    public KeyValue fromChild(String text) {
      return new KeyValue.Text(
          childIsChar || (parentIsChar && exact) ? withoutTrailingBlanks(text) : text);
    }

    @Override
    public KeyValue fromParent(String text) {
      return new KeyValue.Text(parentIsChar ? withoutTrailingBlanks(text) : text);
    }

    @Override
    public boolean reachable(KeyValue value) {
      // Inexact equality may ignore blanks as it ignores case.
      return !exact || !childIsChar || parentIsChar || !value.asText().endsWith(" ");
    }

    @Override
    public String childText(KeyValue value) {
      return value.asText();
    }

    @Override
    public String parentText(KeyValue value) {
      return value.asText();
    }

    @Override
    public KeyValue fromJson(Object scalar) {
      return new KeyValue.Text(text(scalar));
    }

    private static String withoutTrailingBlanks(String text) {
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == ' ') {
        end--;
      }
      return text.substring(0, end);
    }
  }

  /** bytea as hex. */
  record Bytes() implements PairForm {
    @Override
    public KeyValue fromChild(String text) {
      return fromParent(text);
    }

    @Override
    public KeyValue fromParent(String text) {
      // In the other format every key would look missing.
      if (!text.startsWith("\\x")) {
        throw new IllegalArgumentException(
            "a bytea does not begin with \\x: the session must set bytea_output to hex");
      }
      return new KeyValue.Text(text);
    }

    @Override
    public boolean reachable(KeyValue value) {
      return true;
    }

    @Override
    public String childText(KeyValue value) {
      return value.asText();
    }

    @Override
    public String parentText(KeyValue value) {
      return value.asText();
    }

    @Override
    public KeyValue fromJson(Object scalar) {
      return fromParent(text(scalar));
    }
  }

  /** bool, printed as t and f. */
  record Truths() implements PairForm {
    private static final KeyValue TRUE = new KeyValue.Truth(true);
    private static final KeyValue FALSE = new KeyValue.Truth(false);

    @Override
    public KeyValue fromChild(String text) {
      return fromParent(text);
    }

    @Override
    public KeyValue fromParent(String text) {
      return switch (text) {
        case "t" -> TRUE;
        case "f" -> FALSE;
        default -> throw new IllegalArgumentException("a bool is printed as neither t nor f");
      };
    }

    @Override
    public boolean reachable(KeyValue value) {
      return true;
    }

    @Override
    public String childText(KeyValue value) {
      return value.asText();
    }

    @Override
    public @Nullable String parentText(KeyValue value) {
      return value.asText();
    }

    @Override
    public KeyValue fromJson(Object scalar) {
      if (scalar instanceof Boolean truth) {
        return truth ? TRUE : FALSE;
      }
      throw new IllegalArgumentException("not a key: true or false is expected");
    }
  }

  private static String text(Object scalar) {
    if (scalar instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("not a key: a string is expected");
  }
}
