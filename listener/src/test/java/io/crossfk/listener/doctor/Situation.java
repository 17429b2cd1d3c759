package io.crossfk.listener.doctor;

import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Something that is wrong in a database, and the finding that tells it.
 *
 * @param version of the server
 * @param text that the finding's sentence contains
 * @param also subjects of other findings that the same situation has to have
 * @param remedy SQL that does what the cure's words say, where it prints none to be run
 * @param harmful whether the application's own UPDATE fails until it is cured
 */
record Situation(
    String name,
    int version,
    String database,
    List<String> sql,
    Level level,
    Subject subject,
    String text,
    Set<Subject> also,
    List<String> remedy,
    boolean harmful) {

  static Situation in(String database, String name, String... sql) {
    return new Situation(
        name,
        18,
        database,
        List.of(sql),
        Level.ERROR,
        Subject.TABLE,
        "",
        Set.of(),
        List.of(),
        false);
  }

  Situation version(int version) {
    return new Situation(name, version, database, sql, level, subject, text, also, remedy, harmful);
  }

  Situation error(Subject what, String told) {
    return new Situation(
        name, version, database, sql, Level.ERROR, what, told, also, remedy, harmful);
  }

  Situation warning(Subject what, String told) {
    return new Situation(
        name, version, database, sql, Level.WARNING, what, told, also, remedy, harmful);
  }

  Situation and(Subject... others) {
    return new Situation(
        name, version, database, sql, level, subject, text, Set.of(others), remedy, harmful);
  }

  Situation curedBy(String... statements) {
    return new Situation(
        name, version, database, sql, level, subject, text, also, List.of(statements), harmful);
  }

  Situation harmsTheApplication() {
    return new Situation(name, version, database, sql, level, subject, text, also, remedy, true);
  }

  Set<Subject> subjects() {
    List<Subject> all = new ArrayList<>(also);
    all.add(subject);
    return Set.copyOf(all);
  }

  @Override
  public String toString() {
    return subject.code() + ": " + name + " (PostgreSQL " + version + ")";
  }
}
