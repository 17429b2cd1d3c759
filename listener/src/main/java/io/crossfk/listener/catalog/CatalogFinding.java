package io.crossfk.listener.catalog;

import java.util.List;

/** Something that the catalogues say against a rule or a database. */
public sealed interface CatalogFinding {

  /** How much is in the way. */
  enum Level {
    /** crossfk cannot work so. */
    ERROR,
    /** It works, and will hurt. */
    WARNING
  }

  Level level();

  /** One line that stands alone: the place, the thing, its value, and the cure. */
  String message();

  /**
   * A database that does not answer. It may come back: rules that touch it wait, the others run.
   *
   * @param database the configuration's name
   */
  record Unreachable(String database, String message) implements CatalogFinding {
    @Override
    public Level level() {
      return Level.ERROR;
    }
  }

  /**
   * The database as a whole: its settings, or our role in it.
   *
   * @param database the configuration's name
   */
  record OfDatabase(Level level, String database, String message) implements CatalogFinding {}

  /**
   * The tables of rules.
   *
   * @param rules the names of those that share it, in their order
   */
  record OfRules(Level level, List<String> rules, String message) implements CatalogFinding {
    public OfRules {
      rules = List.copyOf(rules);
    }
  }
}
