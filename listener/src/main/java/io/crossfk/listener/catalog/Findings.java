package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects findings; what several rules share is said once. */
final class Findings {
  private final List<CatalogFinding> ofDatabases = new ArrayList<>();
  private final Map<Text, Set<String>> ofRules = new LinkedHashMap<>();
  private final Set<String> rulesWithErrors = new LinkedHashSet<>();

  private record Text(Level level, String text) {}

  void add(CatalogFinding finding) {
    ofDatabases.add(finding);
  }

  void database(Level level, String database, String text) {
    add(new CatalogFinding.OfDatabase(level, database, "database " + database + ": " + text));
  }

  void rule(Level level, String rule, String text) {
    ofRules.computeIfAbsent(new Text(level, text), key -> new LinkedHashSet<>()).add(rule);
    if (level == Level.ERROR) {
      rulesWithErrors.add(rule);
    }
  }

  boolean hasError(String rule) {
    return rulesWithErrors.contains(rule);
  }

  List<CatalogFinding> all() {
    List<CatalogFinding> all = new ArrayList<>(ofDatabases);
    ofRules.forEach(
        (text, rules) ->
            all.add(
                new CatalogFinding.OfRules(
                    text.level(),
                    List.copyOf(rules),
                    (rules.size() == 1 ? "rule " : "rules ")
                        + String.join(", ", rules)
                        + ": "
                        + text.text())));
    return all;
  }
}
