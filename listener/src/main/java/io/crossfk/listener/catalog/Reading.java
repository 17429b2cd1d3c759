package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Level;
import java.util.List;

/** What came of the reading of one database. */
sealed interface Reading {

  List<? extends CatalogFinding> findings();

  /** Whether a rule that touches the database must not start. */
  default boolean hasError() {
    return findings().stream().anyMatch(finding -> finding.level() == Level.ERROR);
  }

  /**
   * The catalogue.
   *
   * @param findings against the database as a whole
   */
  record Facts(DatabaseFacts facts, List<CatalogFinding.OfDatabase> findings) implements Reading {
    public Facts {
      findings = List.copyOf(findings);
    }
  }

  /** It may come back. */
  record Unreachable(CatalogFinding.Unreachable finding) implements Reading {
    @Override
    public List<CatalogFinding> findings() {
      return List.of(finding);
    }

    @Override
    public boolean hasError() {
      return false;
    }
  }

  /** Somebody has to do something before it can be read. */
  record Failed(CatalogFinding.OfDatabase finding) implements Reading {
    @Override
    public List<CatalogFinding> findings() {
      return List.of(finding);
    }
  }

  static Reading of(CatalogFinding failure) {
    return switch (failure) {
      case CatalogFinding.Unreachable finding -> new Unreachable(finding);
      case CatalogFinding.OfDatabase finding -> new Failed(finding);
      case CatalogFinding.OfRules finding -> throw new IllegalArgumentException(finding.message());
    };
  }
}
