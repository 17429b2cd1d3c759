package io.crossfk.listener.semantics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of cases.txt.
 *
 * @param number the case's place among all, and the name of its schema
 * @param row the row of docs/semantics.md that it belongs to
 * @param constraints foreign keys, as SQL writes them in ALTER TABLE
 */
record OracleCase(
    int number,
    int row,
    String name,
    List<Step> given,
    List<Reference> constraints,
    List<Phase> phases) {
  private static final Pattern CONSTRAINT =
      Pattern.compile(
          "(?:(?<child>\\w+): )?(?<sql>foreign key \\((?<columns>[^)]*)\\) references"
              + " (?<parent>\\w+) \\((?<referenced>[^)]*)\\)(?<rest>.*))");

  /** Where a step is played. */
  enum Where {
    BOTH,
    NATIVE,
    ACROSS
  }

  /** One transaction on the child's or the parent's side. */
  record Step(Where where, Side side, String sql) {
    boolean isNative() {
      return where != Where.ACROSS;
    }

    boolean isAcross() {
      return where != Where.NATIVE;
    }
  }

  /** A table's side is told by its first letter. */
  enum Side {
    CHILD("orders"),
    PARENT("users");

    final String database;

    Side(String database) {
      this.database = database;
    }

    static Side of(String table) {
      return table.startsWith("p") ? PARENT : CHILD;
    }
  }

  /**
   * @param outcome empty if the one before still holds
   */
  record Phase(List<Step> steps, Optional<Outcome> outcome) {}

  /** A foreign key. */
  record Reference(
      String child, List<String> columns, String parent, List<String> referenced, String rest) {
    static Reference parse(String text) {
      Matcher constraint = CONSTRAINT.matcher(text);
      if (!constraint.matches()) {
        throw new IllegalArgumentException("not a foreign key: " + text);
      }
      return new Reference(
          Optional.ofNullable(constraint.group("child")).orElse("c"),
          List.of(constraint.group("columns").split(", ")),
          constraint.group("parent"),
          List.of(constraint.group("referenced").split(", ")),
          constraint.group("rest"));
    }

    String sql() {
      return "foreign key (%s) references %s (%s)%s"
          .formatted(String.join(", ", columns), parent, String.join(", ", referenced), rest);
    }

    boolean full() {
      return rest.contains("match full");
    }

    boolean enforced() {
      return !rest.contains("not enforced");
    }
  }

  String schema() {
    return "s" + number;
  }

  /**
   * @param constraint from 1
   */
  String rule(int constraint) {
    return "row%d-case%d%s".formatted(row, number, constraint == 1 ? "" : "-" + constraint);
  }

  /** What is expected in a phase, told there or before. */
  Outcome outcome(int phase) {
    for (int told = phase; told >= 0; told--) {
      if (told < phases.size() && phases.get(told).outcome().isPresent()) {
        return phases.get(told).outcome().orElseThrow();
      }
    }
    throw new IllegalStateException(name + " has no outcome");
  }

  List<Step> steps(int phase) {
    return phase < phases.size() ? phases.get(phase).steps() : List.of();
  }

  /** The rules' YAML. */
  String rules(String grace, boolean all) {
    StringBuilder yaml = new StringBuilder();
    for (int constraint = 1; constraint <= constraints.size(); constraint++) {
      Reference reference = constraints.get(constraint - 1);
      yaml.append(
          "- { name: %s, child: \"%s\", parent: \"%s\", match: %s, grace: %s, enabled: %s }%n"
              .formatted(
                  rule(constraint),
                  key(reference.child(), reference.columns()),
                  key(reference.parent(), reference.referenced()),
                  reference.full() ? "full" : "simple",
                  grace,
                  all || reference.enforced()));
    }
    return yaml.toString();
  }

  private String key(String table, List<String> columns) {
    return "%s:%s.%s(%s)"
        .formatted(Side.of(table).database, schema(), table, String.join(", ", columns));
  }

  /** Ids of the violations that an outcome names. */
  List<String> ids(Outcome outcome) {
    List<String> ids = new ArrayList<>();
    outcome.broken().forEach(key -> ids.add(rule(key.rule()) + "|" + key.json()));
    return ids;
  }

  @Override
  public String toString() {
    return "row " + row + ": " + name;
  }
}
