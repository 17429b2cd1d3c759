package io.crossfk.listener.source.postgres;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.source.Refusal;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a table can be published without harm to the application and with what its rules need.
 */
final class TableChecks {
  private final int version;
  private final Set<TableReference> allWatched;
  private final boolean generatedArePublished;

  /**
   * @param version the server's major version
   * @param allWatched every table that is to be published
   * @param ours our publication, if it is there
   */
  TableChecks(int version, Set<TableReference> allWatched, Optional<PublicationFacts> ours) {
    this.version = version;
    this.allWatched = allWatched;
    this.generatedArePublished = ours.map(PublicationFacts::generated).orElse(false);
  }

  List<Refusal> check(TableFacts table) {
    List<Refusal> refusals = new ArrayList<>();
    checkKind(table, refusals);
    checkColumns(table, refusals);
    refusals.addAll(checkReplicaIdentity(table));
    return refusals;
  }

  private void checkKind(TableFacts table, List<Refusal> refusals) {
    if (table.root().kind() != 'r' && table.root().kind() != 'p') {
      refusals.add(
          refusal(
              table,
              "is no table but a "
                  + switch (table.root().kind()) {
                    case 'v' -> "view";
                    case 'm' -> "materialized view";
                    default -> "foreign table";
                  }
                  + ": its changes are in no log; name the table behind it"));
    }
    for (TableReference ancestor : table.ancestors()) {
      if (allWatched.contains(ancestor)) {
        refusals.add(
            refusal(
                table,
                "is a partition of "
                    + ancestor.qualifiedName()
                    + ", which a rule watches as well: its changes are published as that table's;"
                    + " name only one of them"));
      }
    }
    for (StoredTable member : table.members()) {
      if (!member.logged() && member.kind() == 'r') {
        refusals.add(
            refusal(
                table,
                of(table, member) + "is unlogged or temporary: its changes are in no log",
                "ALTER TABLE " + member.sqlName() + " SET LOGGED;"));
      }
    }
    for (StoredTable leaf : table.leaves()) {
      if (leaf.kind() == 'f') {
        refusals.add(
            refusal(
                table, of(table, leaf) + "is a foreign table: its changes are in another's log"));
      }
    }
  }

  private void checkColumns(TableFacts table, List<Refusal> refusals) {
    for (String column : table.watched().columns()) {
      Character generated = table.columns().get(column);
      if (generated == null) {
        refusals.add(
            refusal(table, "has no column \"" + column + "\"; it has " + table.columns().keySet()));
      } else if (generated == 'v') {
        refusals.add(refusal(table, "column \"" + column + "\" is virtual: it is in no log"));
      } else if (generated == 's' && (version < 18 || table.anyFull())) {
        refusals.add(
            refusal(
                table,
                "column \""
                    + column
                    + "\" is generated, and generated columns are in the log only from PostgreSQL"
                    + " 18 on and not under REPLICA IDENTITY FULL; refer to what it is made from"));
      }
    }
  }

  /** Section 5, facts 5 and 6; of a table that the other checks may have refused. */
  List<Refusal> checkReplicaIdentity(TableFacts table) {
    List<Refusal> refusals = new ArrayList<>(checkApplicationWrites(table));
    refusals.addAll(checkOldKeys(table));
    return refusals;
  }

  /** Whether the application's UPDATE and DELETE would go on working once we publish the table. */
  List<Refusal> checkApplicationWrites(TableFacts table) {
    List<StoredTable> without = new ArrayList<>();
    for (StoredTable member : publishable(table)) {
      if (!member.canBePublished()) {
        without.add(member);
      }
    }
    List<Refusal> refusals = new ArrayList<>();
    if (!without.isEmpty()) {
      refusals.add(
          refusal(
              table,
              of(table, without)
                  + "no replica identity: once its changes are published, PostgreSQL refuses the"
                  + " application's own UPDATE and DELETE. A primary key is the best cure, or",
              cures(table, without)));
    }
    Set<String> generated = table.generatedColumns(generatedArePublished);
    if (version >= 18 && table.anyFull() && !generated.isEmpty()) {
      refusals.add(
          refusal(
              table,
              "has REPLICA IDENTITY FULL and generated columns "
                  + generated
                  + ": once its changes are published, PostgreSQL refuses the application's own"
                  + " UPDATE and DELETE. Give it a primary key if it has none, and the replica"
                  + " identity of an index",
              publishable(table).stream()
                  .filter(StoredTable::full)
                  .map(member -> withoutGenerated(member, table).lines())
                  .flatMap(List::stream)
                  .toList()));
    }
    return refusals;
  }

  /** The way from REPLICA IDENTITY FULL to one without generated columns. */
  static Cure withoutGenerated(StoredTable member, TableFacts table) {
    List<String> cure = member.cureFor(oldKey(table));
    return cure.getFirst().endsWith("FULL;")
        ? Cure.words("give it a primary key, and then REPLICA IDENTITY DEFAULT")
        : Cure.sql("run ", cure);
  }

  /** Whether the log tells which parent went. */
  List<Refusal> checkOldKeys(TableFacts table) {
    List<Refusal> refusals = new ArrayList<>();
    Set<String> oldKey = oldKey(table);
    List<StoredTable> withoutOldKey =
        publishable(table).stream()
            .filter(StoredTable::canBePublished)
            .filter(member -> !member.logsOldValuesOf(oldKey))
            .toList();
    if (!withoutOldKey.isEmpty()) {
      refusals.add(
          refusal(
              table,
              of(table, withoutOldKey)
                  + "the parent's key "
                  + oldKey
                  + " not in the replica identity "
                  + withoutOldKey.getFirst().identityColumns()
                  + ": the log of a DELETE would not tell which key went",
              cures(table, withoutOldKey)));
    }
    List<StoredTable> notFull =
        table.leaves().stream().filter(leaf -> leaf.kind() == 'r' && !leaf.full()).toList();
    if (table.root().full() && !notFull.isEmpty()) {
      refusals.add(
          refusal(
              table,
              "has REPLICA IDENTITY FULL and "
                  + notFull.size()
                  + " of its partitions have not: their old rows would look whole and be not",
              notFull.stream()
                  .map(leaf -> "ALTER TABLE " + leaf.sqlName() + " REPLICA IDENTITY FULL;")
                  .toList()));
    }
    return refusals;
  }

  /** Foreign tables have no replica identity, and are refused for what they are. */
  private static List<StoredTable> publishable(TableFacts table) {
    return table.members().stream()
        .filter(member -> member.kind() == 'r' || member.kind() == 'p')
        .toList();
  }

  private static Set<String> oldKey(TableFacts table) {
    Set<String> oldKey = new LinkedHashSet<>(table.watched().oldKeyColumns());
    oldKey.retainAll(table.columns().keySet());
    return oldKey;
  }

  /** Without those that would harm: from PostgreSQL 18 on, FULL beside generated columns. */
  private List<String> cures(TableFacts table, List<StoredTable> members) {
    Set<String> oldKey = oldKey(table);
    boolean fullHarms = version >= 18 && !table.generatedColumns(generatedArePublished).isEmpty();
    return members.stream()
        .flatMap(member -> member.cureFor(oldKey).stream())
        .filter(sql -> !(fullHarms && sql.endsWith("REPLICA IDENTITY FULL;")))
        .toList();
  }

  private static String of(TableFacts table, List<StoredTable> members) {
    if (!table.partitioned()) {
      return "has ";
    }
    StoredTable first = members.getFirst();
    if (members.size() == 1) {
      return first.equals(table.root()) ? "has " : "partition " + first.sqlName() + " has ";
    }
    return members.size() + " of its partitions, or itself, have ";
  }

  private static String of(TableFacts table, StoredTable member) {
    return member.equals(table.root()) ? "" : "partition " + member.sqlName() + " ";
  }

  private static Refusal refusal(TableFacts table, String message, String... cure) {
    return refusal(table, message, List.of(cure));
  }

  private static Refusal refusal(TableFacts table, String message, List<String> cure) {
    return new Refusal(table.watched().table().toString(), message, cure);
  }
}
