package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import java.util.List;

/** Something that the catalogues say of a rule or a database. */
public sealed interface CatalogFinding {

  Finding finding();

  default Level level() {
    return finding().level();
  }

  /** One line that stands alone: the place, the thing, its value, and the cure. */
  default String message() {
    return finding().sentence();
  }

  /**
   * A database that does not answer. It may come back: rules that touch it wait, the others run.
   */
  record Unreachable(Finding finding) implements CatalogFinding {
    /** The configuration's name. */
    public String database() {
      return finding.place().name();
    }
  }

  /** The database as a whole: its settings, or our role in it. */
  record OfDatabase(Finding finding) implements CatalogFinding {
    /** The configuration's name. */
    public String database() {
      return finding.place().name();
    }
  }

  /**
   * The tables of rules.
   *
   * @param subjectOfMessage what the message begins with after the rules' names: the sides
   */
  record OfRules(Finding finding, String subjectOfMessage) implements CatalogFinding {
    /** The names of those that share it, in their order. */
    public List<String> rules() {
      return finding.rules();
    }

    @Override
    public String message() {
      return (rules().size() == 1 ? "rule " : "rules ")
          + String.join(", ", rules())
          + ": "
          + subjectOfMessage
          + finding.sentence();
    }
  }
}
