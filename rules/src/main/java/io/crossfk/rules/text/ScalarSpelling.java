package io.crossfk.rules.text;

/**
 * How a scalar is spelled in its file, so that a character of its value can be pointed at.
 *
 * @param source the file's whole text
 * @param start the index of the scalar's first character in it, the opening quote included
 */
record ScalarSpelling(String source, int start, Style style) {

  enum Style {
    PLAIN,
    SINGLE_QUOTED,
    DOUBLE_QUOTED,
    BLOCK
  }

  /**
   * Walks the value and its spelling side by side up to an offset of the value. Text that is folded
   * over lines is exact from word to word: white space in between is taken as one.
   */
  Place placeOf(Place startPlace, String value, int offset) {
    Walk walk = new Walk(startPlace);
    switch (style) {
      case PLAIN -> {}
      case SINGLE_QUOTED, DOUBLE_QUOTED -> walk.step(1);
      case BLOCK -> walk.skipBlockHeader();
    }
    int valueIndex = 0;
    while (valueIndex < offset && valueIndex < value.length()) {
      int codePoint = value.codePointAt(valueIndex);
      if (isWhite(codePoint) && walk.atWhite() && walk.whiteRunHasLineBreak()) {
        valueIndex = endOfWhite(value, valueIndex);
        if (valueIndex <= offset) {
          walk.skipWhite();
        }
      } else {
        walk.step(walk.spellingLength());
        valueIndex += Character.charCount(codePoint);
      }
    }
    walk.skipEscapedLineBreaks();
    return new Place(startPlace.file(), walk.line, walk.column);
  }

  private static int endOfWhite(String text, int from) {
    int end = from;
    while (end < text.length() && isWhite(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isWhite(int codePoint) {
    return codePoint == ' ' || codePoint == '\t' || codePoint == '\n' || codePoint == '\r';
  }

  private final class Walk {
    private int index = start;
    private int line;
    private int column;

    Walk(Place place) {
      this.line = place.line();
      this.column = place.column();
    }

    private int at(int i) {
      return i < source.length() ? source.charAt(i) : -1;
    }

    /** Forward by characters of the file; a pair of surrogates is one column. */
    void step(int characters) {
      int end = Math.min(source.length(), index + characters);
      while (index < end) {
        int codePoint = source.codePointAt(index);
        index += Character.charCount(codePoint);
        if (codePoint == '\n' || (codePoint == '\r' && at(index) != '\n')) {
          line++;
          column = 1;
        } else {
          column++;
        }
      }
    }

    boolean atWhite() {
      return isWhite(at(index));
    }

    boolean whiteRunHasLineBreak() {
      int end = endOfWhite(source, index);
      return source.substring(index, end).matches("(?s).*[\\n\\r].*");
    }

    void skipWhite() {
      step(endOfWhite(source, index) - index);
    }

    void skipBlockHeader() {
      while (index < source.length() && at(index) != '\n' && at(index) != '\r') {
        step(1);
      }
      skipWhite();
    }

    /** How many characters of the file spell the next character of the value. */
    int spellingLength() {
      skipEscapedLineBreaks();
      if (index >= source.length()) {
        return 0;
      }
      if (style == Style.SINGLE_QUOTED && at(index) == '\'') {
        return 2;
      }
      if (style == Style.DOUBLE_QUOTED && at(index) == '\\') {
        return switch (at(index + 1)) {
          case 'x' -> 4;
          case 'u' -> 6;
          case 'U' -> 10;
          default -> 2;
        };
      }
      return Character.charCount(source.codePointAt(index));
    }

    /** A backslash at a line's end spells nothing, together with the next line's indentation. */
    void skipEscapedLineBreaks() {
      while (style == Style.DOUBLE_QUOTED
          && at(index) == '\\'
          && (at(index + 1) == '\n' || at(index + 1) == '\r')) {
        step(1);
        skipWhite();
      }
    }
  }
}
