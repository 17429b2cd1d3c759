package io.crossfk.listener.catalog;

import io.crossfk.listener.catalog.RuleProblems.Side;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.model.TableKey;
import java.util.List;

/** Under a parent's key a unique index, under a child's any that finds the rows. */
final class IndexFindings {
  private final Visit visit;
  private final TableFacts table;

  IndexFindings(Visit visit, TableFacts table) {
    this.visit = visit;
    this.table = table;
  }

  void inspect() {
    if (visit.side() == Side.PARENT) {
      parent(visit.key());
    } else {
      child(visit.key());
    }
  }

  private void parent(TableKey key) {
    if (table.isUnique(key.columns())) {
      visit.ok(Subject.PARENT_UNIQUE, plural(key) + " a unique index");
      return;
    }
    String found = plural(key) + " no unique index, so several rows may have one key";
    if (!key.columns().containsAll(table.partitionKey())) {
      visit.error(
          Subject.PARENT_UNIQUE,
          found
              + ", nor is one possible: it would have to contain the partition key ("
              + String.join(", ", table.partitionKey())
              + ")",
          Cure.words("refer to columns that do"));
      return;
    }
    Cure create = Cure.run("CREATE UNIQUE INDEX " + on(key));
    for (TableFacts.Index index : table.indexes()) {
      if (index.unique() && index.isOn(key.columns())) {
        boolean invalid = !index.valid() && !table.partitioned();
        visit.error(
            Subject.PARENT_UNIQUE,
            found + " (" + index.sql() + " is " + (invalid ? "not valid" : fault(index)) + ")",
            invalid ? Cure.run("REINDEX INDEX CONCURRENTLY " + index.sql() + ";") : create);
        return;
      }
    }
    visit.error(Subject.PARENT_UNIQUE, found, create);
  }

  private static String fault(TableFacts.Index index) {
    return index.predicate().isPresent()
        ? "partial"
        : index.immediate() ? "not valid" : "deferrable";
  }

  private void child(TableKey key) {
    if (table.hasIndexFor(key.columns())) {
      visit.ok(Subject.CHILD_INDEX, plural(key) + " an index");
      return;
    }
    visit.warning(
        Subject.CHILD_INDEX,
        plural(key)
            + " no index, so each delete of a parent scans the whole table"
            + table.size().map(size -> " (" + size + ")").orElse(""),
        Cure.run("CREATE INDEX " + on(key)));
  }

  /** PostgreSQL builds no index concurrently on a partitioned table. */
  private String on(TableKey key) {
    List<String> columns = key.columns();
    return (table.partitioned() ? "" : "CONCURRENTLY ")
        + "ON "
        + table.sql()
        + " ("
        + table.sqlOf(columns)
        + ");";
  }

  private static String plural(TableKey key) {
    return key.columns().size() == 1 ? "column " + key + " has" : "columns " + key + " have";
  }
}
