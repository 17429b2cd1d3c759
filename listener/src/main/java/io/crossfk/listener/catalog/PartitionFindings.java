package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.model.TableReference;

/** Tables below and above the one that a rule names. */
final class PartitionFindings {
  private final Visit visit;
  private final TableFacts table;

  PartitionFindings(Visit visit, TableFacts table) {
    this.visit = visit;
    this.table = table;
  }

  void inspect() {
    boolean sound = true;
    for (TableFacts.Member member : table.members()) {
      sound &= isSound(member);
    }
    for (TableReference ancestor : table.ancestors()) {
      sound &= isSound(ancestor);
    }
    if (sound) {
      visit.ok(
          Subject.PARTITIONS,
          "table "
              + table.table()
              + (table.partitioned()
                  ? " speaks for all of its partitions, now " + table.members().size()
                  : " has no tables below it"));
    }
  }

  private boolean isSound(TableFacts.Member member) {
    String name = "table " + table.table();
    if (!table.partitioned()) {
      visit.error(
          Subject.PARTITIONS,
          name
              + " has rows of the table "
              + member.sql()
              + ", which inherits from it and is published under its own name",
          Cure.run("ALTER TABLE " + member.sql() + " NO INHERIT " + table.sql() + ";")
              .then(" or make a partition of it"));
      return false;
    }
    if (member.kind() == 'f') {
      visit.error(
          Subject.PARTITIONS,
          name
              + " has the foreign table "
              + member.sql()
              + " for a partition, whose changes are not in this log",
          Cure.run("ALTER TABLE " + table.sql() + " DETACH PARTITION " + member.sql() + ";"));
      return false;
    }
    if (member.persistence() == 'u') {
      visit.error(
          Subject.PARTITIONS,
          name
              + " has the unlogged partition "
              + member.sql()
              + ", whose changes are not in the log",
          Cure.run("ALTER TABLE " + member.sql() + " SET LOGGED;"));
      return false;
    }
    return true;
  }

  /** Published by its root, a partition no longer speaks under its own name. */
  private boolean isSound(TableReference ancestor) {
    boolean named =
        visit.rules().stream()
            .anyMatch(
                other ->
                    other.child().table().equals(ancestor)
                        || other.parent().table().equals(ancestor));
    if (named) {
      visit.error(
          Subject.PARTITIONS,
          "table "
              + table.table()
              + " is a partition of "
              + ancestor
              + ", which another rule names, and changes come under the name of one of them only",
          Cure.words("name " + ancestor + " in both rules"));
    }
    return !named;
  }
}
