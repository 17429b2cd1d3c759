package io.crossfk.rules.text;

import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a table's columns, {@code database:schema.table(column, …)}, as in SQL's own
 * REFERENCES: names without quotes are folded to lower case, names in double quotes stay as they
 * are, and two double quotes in them stand for one.
 */
public final class ReferenceText {
  private static final String FORM = "database:schema.table(column, …)";

  /** PostgreSQL's NAMEDATALEN, less the closing zero. It cuts longer names off; we refuse them. */
  private static final int LONGEST_IDENTIFIER_BYTES = 63;

  /** PostgreSQL's INDEX_MAX_KEYS. */
  private static final int MOST_COLUMNS = 32;

  private static final Predicate<String> DATABASE =
      Pattern.compile("[a-z0-9][a-z0-9_-]*").asMatchPredicate();
  private static final Predicate<String> NEEDS_NO_QUOTES =
      Pattern.compile("[a-z_][a-z0-9_$]*").asMatchPredicate();

  private final String text;
  private int index;
  private @Nullable String database;

  private ReferenceText(String text) {
    this.text = text;
  }

  /** What a text was understood as. */
  public sealed interface Reading {

    /**
     * @param columnsOffset where the list of columns begins in the text
     */
    record Understood(TableKey key, int columnsOffset) implements Reading {}

    /**
     * @param database the database, if that much was understood
     * @param offset the character of the text at which it went wrong; its length for the end
     */
    record Misunderstood(Optional<String> database, int offset, String message)
        implements Reading {}
  }

  public static Reading parse(String text) {
    ReferenceText parser = new ReferenceText(text);
    try {
      return parser.reference();
    } catch (WrongAt wrong) {
      return new Reading.Misunderstood(
          Optional.ofNullable(parser.database), wrong.offset, wrong.message);
    }
  }

  /**
   * The text that {@link #parse} understands as this key, with quotes only where they are needed.
   */
  public static String print(TableKey key) {
    TableReference table = key.table();
    return table.database()
        + ":"
        + printed(table.schema())
        + "."
        + printed(table.table())
        + key.columns().stream()
            .map(ReferenceText::printed)
            .collect(Collectors.joining(", ", "(", ")"));
  }

  private static String printed(String identifier) {
    return NEEDS_NO_QUOTES.test(identifier)
        ? identifier
        : "\"" + identifier.replace("\"", "\"\"") + "\"";
  }

  private Reading.Understood reference() throws WrongAt {
    String database = database();
    this.database = database;
    String schema = identifier("the schema's name");
    if (nextIs('(')) {
      throw new WrongAt(
          index, "the schema is missing: write " + database + ":public." + printed(schema) + "(…)");
    }
    expect('.', "a dot between schema and table");
    String table = identifier("the table's name");
    skipSpace();
    int columnsOffset = index;
    if (nextIs('.')) {
      throw new WrongAt(
          index, "one dot too many: the database is the name before the colon, so write " + FORM);
    }
    if (index == text.length()) {
      throw new WrongAt(index, "the columns are missing: write " + FORM);
    }
    expect('(', "the list of columns in parentheses");
    List<String> columns = columns();
    skipSpace();
    if (index < text.length()) {
      throw new WrongAt(index, "nothing may follow the columns");
    }
    return new Reading.Understood(
        new TableKey(new TableReference(database, schema, table), columns), columnsOffset);
  }

  private String database() throws WrongAt {
    skipSpace();
    int start = index;
    int colon = text.indexOf(':', start);
    if (colon < 0) {
      throw new WrongAt(start, "the database is missing: write " + FORM);
    }
    String database = text.substring(start, colon).strip();
    if (database.isEmpty()) {
      throw new WrongAt(start, "the database's name is missing before the colon: write " + FORM);
    }
    if (!DATABASE.test(database)) {
      throw new WrongAt(
          start,
          "before the colon stands the name of a database of the configuration (a-z, 0-9, '-' and"
              + " '_'): write "
              + FORM);
    }
    index = colon + 1;
    return database;
  }

  private List<String> columns() throws WrongAt {
    List<String> columns = new ArrayList<>();
    do {
      skipSpace();
      int start = index;
      String column = identifier("a column's name");
      if (columns.contains(column)) {
        throw new WrongAt(start, "column " + printed(column) + " stands here twice");
      }
      if (columns.size() == MOST_COLUMNS) {
        throw new WrongAt(start, "PostgreSQL's keys have at most " + MOST_COLUMNS + " columns");
      }
      columns.add(column);
      skipSpace();
      if (column.equals("period") && index < text.length() && isStart(text.codePointAt(index))) {
        throw new WrongAt(start, "temporal keys (PERIOD) cannot be checked across databases yet");
      }
    } while (skip(','));
    if (index == text.length()) {
      // In YAML's flow style an unquoted comma ends the value, which then looks like this.
      throw new WrongAt(
          index,
          "the closing parenthesis is missing; inside of { } or [ ] the whole value needs quotes");
    }
    expect(')', "a comma or the closing parenthesis");
    return columns;
  }

  private String identifier(String what) throws WrongAt {
    skipSpace();
    int start = index;
    String name = nextIs('"') ? quoted(what) : plain(what);
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTIFIER_BYTES) {
      throw new WrongAt(start, "PostgreSQL's names have at most 63 bytes; this one is longer");
    }
    return name;
  }

  private String quoted(String what) throws WrongAt {
    int start = index;
    StringBuilder name = new StringBuilder();
    index++;
    while (true) {
      int quote = text.indexOf('"', index);
      if (quote < 0) {
        throw new WrongAt(start, "this double quote is never closed");
      }
      name.append(text, index, quote);
      index = quote + 1;
      if (!nextIs('"')) {
        break;
      }
      name.append('"');
      index++;
    }
    if (name.isEmpty()) {
      throw new WrongAt(start, what + " is empty");
    }
    return name.toString();
  }

  private String plain(String what) throws WrongAt {
    int start = index;
    while (index < text.length() && isPart(text.codePointAt(index))) {
      index += Character.charCount(text.codePointAt(index));
    }
    if (index == start) {
      throw new WrongAt(start, "expected " + what + ", found " + found());
    }
    if (!isStart(text.codePointAt(start))) {
      throw new WrongAt(
          start, "a name that begins with a digit or $ needs double quotes, as in SQL");
    }
    if (nextIs('-')) {
      throw new WrongAt(index, "a name with a hyphen needs double quotes, as in SQL");
    }
    return foldedAsPostgresDoes(text.substring(start, index));
  }

  /** PostgreSQL folds A to Z, and in UTF-8 no other letter. */
  private static String foldedAsPostgresDoes(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char letter = name.charAt(i);
      if (letter >= 'A' && letter <= 'Z') {
        folded.setCharAt(i, (char) (letter + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  /** SQL's plain letters, and everything beyond ASCII, as PostgreSQL's scanner has it. */
  private static boolean isStart(int codePoint) {
    return (codePoint >= 'a' && codePoint <= 'z')
        || (codePoint >= 'A' && codePoint <= 'Z')
        || codePoint == '_'
        || codePoint >= 0x80;
  }

  private static boolean isPart(int codePoint) {
    return isStart(codePoint) || (codePoint >= '0' && codePoint <= '9') || codePoint == '$';
  }

  private void expect(char wanted, String what) throws WrongAt {
    skipSpace();
    if (!skip(wanted)) {
      throw new WrongAt(index, "expected " + what + ", found " + found());
    }
  }

  private String found() {
    return index < text.length()
        ? "'" + Character.toString(text.codePointAt(index)) + "'"
        : "the end";
  }

  private boolean nextIs(char wanted) {
    return index < text.length() && text.charAt(index) == wanted;
  }

  private boolean skip(char wanted) {
    if (nextIs(wanted)) {
      index++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (index < text.length() && " \t\n\r".indexOf(text.charAt(index)) >= 0) {
      index++;
    }
  }

  private static final class WrongAt extends Exception {
    private final int offset;
    private final String message;

    WrongAt(int offset, String message) {
      super(message, null, false, false);
      this.offset = offset;
      this.message = message;
    }
  }
}
