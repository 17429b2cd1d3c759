package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.RuleProblems.Side;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From what the databases said to bound rules, and to findings against the others. */
final class RuleInspection {
  private final Map<String, Reading> readings;
  private final List<Rule> rules;
  private final Purpose purpose;
  private final RuleProblems problems = new RuleProblems();
  private final List<BoundRule> bound = new ArrayList<>();
  private final List<Rule> waiting = new ArrayList<>();
  private final Map<TableReference, TableDescription> descriptions = new HashMap<>();

  /**
   * @param readings by the configuration's name, one for each database that a rule names
   */
  RuleInspection(Map<String, Reading> readings, List<Rule> rules, Purpose purpose) {
    this.readings = readings;
    this.rules = List.copyOf(rules);
    this.purpose = purpose;
  }

  CatalogReport report(List<CatalogFinding> ofDatabases) {
    rules.forEach(this::inspect);
    List<CatalogFinding> findings = new ArrayList<>(ofDatabases);
    findings.addAll(problems.findings());
    return CatalogReport.of(bound, waiting, findings);
  }

  private void inspect(Rule rule) {
    Reading child = side(rule, Side.CHILD);
    Reading parent = side(rule, Side.PARENT);
    if (child instanceof Reading.Facts && parent instanceof Reading.Facts) {
      compare(rule);
    }
    if (problems.hasError(rule) || child.hasError() || parent.hasError()) {
      return;
    }
    if (child instanceof Reading.Unreachable || parent instanceof Reading.Unreachable) {
      waiting.add(rule);
      return;
    }
    TableDescription childTable = describe(rule.child().table());
    TableDescription parentTable = describe(rule.parent().table());
    List<KeyShape.Pair> pairs = new ArrayList<>();
    for (int column = 0; column < rule.child().columns().size(); column++) {
      pairs.add(
          new KeyShape.Pair(
              type(rule.child(), column).orElseThrow(), type(rule.parent(), column).orElseThrow()));
    }
    bound.add(new BoundRule(rule, KeyShape.of(pairs), childTable, parentTable));
  }

  private Reading side(Rule rule, Side side) {
    TableKey key = side == Side.CHILD ? rule.child() : rule.parent();
    Reading reading = reading(key.database());
    if (reading instanceof Reading.Facts read) {
      new TableFindings(new Visit(read.facts(), rules, problems, purpose, rule, side)).inspect();
    }
    return reading;
  }

  private void compare(Rule rule) {
    for (int column = 0; column < rule.child().columns().size(); column++) {
      Optional<ColumnType> child = type(rule.child(), column);
      Optional<ColumnType> parent = type(rule.parent(), column);
      if (child.isEmpty() || parent.isEmpty()) {
        continue;
      }
      String places =
          "child column "
              + place(rule.child(), column)
              + " and parent column "
              + place(rule.parent(), column);
      Optional<String> whyNot = KeyShape.whyNot(child.get(), parent.get());
      problems.add(
          whyNot
              .map(why -> incomparable(rule, places, why))
              .orElseGet(() -> comparable(rule, places, child.get(), parent.get())),
          rule);
    }
  }

  /**
   * @param why the reason and, after a semicolon, what to do
   */
  private static Finding incomparable(Rule rule, String places, String why) {
    int end = why.lastIndexOf("; ");
    return Finding.error(
        Subject.TYPES,
        Place.rule(rule.name()),
        places + " cannot be compared, because " + why.substring(0, end),
        Cure.words(why.substring(end + 2)));
  }

  private static Finding comparable(Rule rule, String places, ColumnType child, ColumnType parent) {
    return Finding.ok(
        Subject.TYPES,
        Place.rule(rule.name()),
        places
            + " compare ("
            + child
            + ", "
            + parent
            + ")"
            + (KeyShape.of(List.of(new KeyShape.Pair(child, parent))).exact()
                ? ""
                : " by the parent's own equality, so every change asks its database"));
  }

  private static String place(TableKey key, int column) {
    return key.table() + "." + key.columns().get(column);
  }

  private Optional<ColumnType> type(TableKey key, int column) {
    return type(key.table(), key.columns().get(column));
  }

  private Optional<ColumnType> type(TableReference table, String column) {
    return table(table)
        .flatMap(facts -> Optional.ofNullable(facts.columns().get(column)))
        .flatMap(fact -> ColumnTypes.of(fact.type()));
  }

  private Optional<TableFacts> table(TableReference table) {
    return reading(table.database()) instanceof Reading.Facts read
        ? Optional.ofNullable(read.facts().tables().get(table))
        : Optional.empty();
  }

  /** The same for every rule that names the table: rules that share a parent share its judge. */
  private TableDescription describe(TableReference table) {
    return descriptions.computeIfAbsent(
        table,
        any -> {
          Map<String, ColumnType> types = new LinkedHashMap<>();
          for (Rule rule : rules) {
            for (TableKey key : List.of(rule.child(), rule.parent())) {
              if (key.table().equals(table)) {
                key.columns()
                    .forEach(
                        column -> type(table, column).ifPresent(type -> types.put(column, type)));
              }
            }
          }
          return new TableDescription(
              table, types, table(table).map(TableFacts::rowIdentity).orElse(List.of()));
        });
  }

  private Reading reading(String database) {
    Reading reading = readings.get(database);
    if (reading == null) {
      throw new IllegalArgumentException("database " + database + " is not configured");
    }
    return reading;
  }
}
