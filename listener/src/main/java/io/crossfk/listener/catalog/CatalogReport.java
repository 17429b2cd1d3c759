package io.crossfk.listener.catalog;

import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.util.List;

/**
 * What one reading of all catalogues gave.
 *
 * @param bound rules against which nothing was found but warnings, in their order
 * @param waiting rules of which a database is unreachable, and against which nothing else was found
 * @param findings all of them: databases first, then rules, in their order
 */
public record CatalogReport(
    List<BoundRule> bound, List<Rule> waiting, List<CatalogFinding> findings) {
  public CatalogReport {
    bound = List.copyOf(bound);
    waiting = List.copyOf(waiting);
    findings = List.copyOf(findings);
  }

  /** What must be cured before a start; a database that is merely unreachable is not among it. */
  public List<CatalogFinding> errors() {
    return findings.stream()
        .filter(finding -> finding.level() == CatalogFinding.Level.ERROR)
        .filter(finding -> !(finding instanceof CatalogFinding.Unreachable))
        .toList();
  }
}
