package io.crossfk.listener.finding;

import java.util.List;
import java.util.Locale;

/**
 * What a person does about a finding: lines to be run as they stand, in their order and in one
 * session, and the words around them.
 *
 * @param before words that the lines follow; all there is if there are no lines
 * @param lines SQL statements, each ending with a semicolon, or commands
 * @param after words that follow the lines: what else has to be done, or could be instead
 */
public record Cure(Kind kind, String before, List<String> lines, String after) {

  /** Where the lines are run. */
  public enum Kind {
    /** In the database of the finding's place. */
    SQL,
    /** In a shell. */
    COMMAND,
    /** There are none. */
    WORDS;

    /** As reports write it. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Cure {
    lines = List.copyOf(lines);
    if ((kind == Kind.WORDS) != lines.isEmpty()) {
      throw new IllegalArgumentException(kind + " with the lines " + lines);
    }
  }

  public static Cure words(String words) {
    return new Cure(Kind.WORDS, words, List.of(), "");
  }

  /** Whoever owns the thing may run it. */
  public static Cure run(String... sql) {
    return new Cure(Kind.SQL, "run ", List.of(sql), "");
  }

  public static Cure asSuperuser(String sql) {
    return new Cure(Kind.SQL, "run as a superuser ", List.of(sql), "");
  }

  public static Cure sql(String before, List<String> sql) {
    return sql.isEmpty() ? words(before.stripTrailing()) : new Cure(Kind.SQL, before, sql, "");
  }

  public static Cure command(String before, String... commands) {
    return new Cure(Kind.COMMAND, before, List.of(commands), "");
  }

  /** The same, with words to follow. */
  public Cure then(String words) {
    return new Cure(kind, before, lines, after + words);
  }

  /** All of it in one line. */
  public String text() {
    return before + String.join(" ", lines) + after;
  }
}
