package io.crossfk.rules.judge;

import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The rules of one judge and the databases that they touch, as it finds them by name. */
final class JudgedRules {
  private final String judge;
  private final Map<String, DatabaseDesk> databases = new LinkedHashMap<>();
  private final Map<String, RuleDesk> desks = new LinkedHashMap<>();
  private final Map<TableKey, List<RuleDesk>> byParent = new LinkedHashMap<>();

  JudgedRules(String judge) {
    this.judge = judge;
  }

  void add(RuleDesk desk) {
    desks.put(desk.rule().name(), desk);
    byParent.computeIfAbsent(desk.rule().parent(), none -> new ArrayList<>()).add(desk);
  }

  DatabaseDesk database(String database, Function<String, DatabaseDesk> ifNew) {
    return databases.computeIfAbsent(database, ifNew);
  }

  DatabaseDesk database(String database) {
    DatabaseDesk desk = databases.get(database);
    if (desk == null) {
      throw new IllegalArgumentException(judge + " does not touch database " + database);
    }
    return desk;
  }

  RuleDesk desk(Rule rule) {
    return desk(rule.name());
  }

  RuleDesk desk(String rule) {
    RuleDesk desk = desks.get(rule);
    if (desk == null) {
      throw new IllegalArgumentException(judge + " has no rule " + rule);
    }
    return desk;
  }

  /** The rules that refer to exactly these columns. */
  List<RuleDesk> referringTo(TableKey parent) {
    return byParent.getOrDefault(parent, List.of());
  }

  Collection<RuleDesk> all() {
    return desks.values();
  }

  Collection<DatabaseDesk> databases() {
    return databases.values();
  }
}
