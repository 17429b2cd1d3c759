package io.crossfk.rules.text;

/**
 * Something that a person has to mend in a file before anything starts.
 *
 * @param file the file's name as the reader was given it
 * @param line counted from 1
 * @param column counted from 1, in Unicode code points, as editors do
 * @param path where it is in the document, as in {@code rules[0].parent}; {@code $} for all of it
 * @param message one plain sentence: what is wrong, with the value, and the cure
 */
public record Mistake(String file, int line, int column, String path, String message) {

  /**
   * The form that editors and terminals turn into a link: {@code file:line:column: path: message}.
   */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + path + ": " + message;
  }
}
