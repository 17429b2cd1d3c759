package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Level;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.util.List;

/**
 * What one reading of all catalogues gave.
 *
 * @param bound rules against which nothing was found but warnings, in their order
 * @param waiting rules of which a database is unreachable, and against which nothing else was found
 * @param findings all that is in the way: databases first, then rules, in their order
 * @param sound what was looked at and is as it should be, in the same order
 */
public record CatalogReport(
    List<BoundRule> bound,
    List<Rule> waiting,
    List<CatalogFinding> findings,
    List<CatalogFinding> sound) {
  public CatalogReport {
    bound = List.copyOf(bound);
    waiting = List.copyOf(waiting);
    findings = List.copyOf(findings);
    sound = List.copyOf(sound);
  }

  static CatalogReport of(List<BoundRule> bound, List<Rule> waiting, List<CatalogFinding> all) {
    return new CatalogReport(
        bound,
        waiting,
        all.stream().filter(finding -> finding.level() != Level.OK).toList(),
        all.stream().filter(finding -> finding.level() == Level.OK).toList());
  }

  /** What must be cured before a start; a database that is merely unreachable is not among it. */
  public List<CatalogFinding> errors() {
    return findings.stream()
        .filter(finding -> finding.level() == Level.ERROR)
        .filter(finding -> !(finding instanceof CatalogFinding.Unreachable))
        .toList();
  }
}
