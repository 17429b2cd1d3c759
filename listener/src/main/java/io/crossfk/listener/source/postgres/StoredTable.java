package io.crossfk.listener.source.postgres;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A relation that rows are stored in, or the root of such ones, with what decides which old values
 * its UPDATE and DELETE write to the log.
 *
 * @param sqlName quoted and qualified
 * @param kind pg_class.relkind: {@code r}, {@code p} or {@code f}
 * @param logged whether its changes are in the log at all: not unlogged, not temporary
 * @param replicaIdentity pg_class.relreplident: {@code d}, {@code i}, {@code f} or {@code n}
 * @param uniqueIndexes those on plain columns, without a predicate
 */
record StoredTable(
    String sqlName,
    char kind,
    boolean logged,
    char replicaIdentity,
    List<UniqueIndex> uniqueIndexes) {

  /**
   * @param usable valid and checked at once, not deferred: else it is no replica identity
   * @param notNull whether all of its columns are NOT NULL
   */
  record UniqueIndex(
      String name,
      boolean primary,
      boolean chosen,
      boolean usable,
      boolean notNull,
      List<String> columns) {}

  StoredTable {
    uniqueIndexes = List.copyOf(uniqueIndexes);
  }

  boolean full() {
    return replicaIdentity == 'f';
  }

  /**
   * The columns whose old values are in the log; empty if there are none, and then PostgreSQL
   * refuses the application's UPDATE and DELETE once they are published. Not for {@link #full()}.
   */
  List<String> identityColumns() {
    return uniqueIndexes.stream()
        .filter(UniqueIndex::usable)
        .filter(
            index ->
                switch (replicaIdentity) {
                  case 'd' -> index.primary();
                  case 'i' -> index.chosen();
                  default -> false;
                })
        .findFirst()
        .map(UniqueIndex::columns)
        .orElse(List.of());
  }

  /** Whether UPDATE and DELETE go on working when they are published. */
  boolean canBePublished() {
    return full() || !identityColumns().isEmpty();
  }

  /** Whether old values of these columns are in the log. */
  boolean logsOldValuesOf(Set<String> columns) {
    return full() || identityColumns().containsAll(columns);
  }

  /** The least that makes old values of these columns, perhaps none, come with the log. */
  List<String> cureFor(Set<String> columns) {
    Optional<UniqueIndex> best =
        uniqueIndexes.stream()
            .filter(UniqueIndex::usable)
            .filter(index -> index.columns().containsAll(columns))
            .min(
                Comparator.comparing((UniqueIndex index) -> !index.primary())
                    .thenComparing(index -> !index.notNull())
                    .thenComparingInt(index -> index.columns().size())
                    .thenComparing(UniqueIndex::name));
    if (best.isEmpty()) {
      return List.of(alter("REPLICA IDENTITY FULL"));
    }
    UniqueIndex index = best.get();
    if (index.primary()) {
      return List.of(alter("REPLICA IDENTITY DEFAULT"));
    }
    String use = alter("REPLICA IDENTITY USING INDEX " + Sql.identifier(index.name()));
    if (index.notNull()) {
      return List.of(use);
    }
    StringBuilder notNull = new StringBuilder();
    for (String column : index.columns()) {
      notNull
          .append(notNull.isEmpty() ? "" : ", ")
          .append("ALTER COLUMN ")
          .append(Sql.identifier(column))
          .append(" SET NOT NULL");
    }
    return List.of(alter(notNull.toString()), use);
  }

  private String alter(String action) {
    return "ALTER TABLE " + sqlName + " " + action + ";";
  }
}
