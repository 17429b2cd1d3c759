package io.crossfk.listener.source.postgres;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the application's own UPDATE and DELETE go through, as the table is published now by any
 * publication, and as it will be by ours. PostgreSQL checks that when the statement is executed,
 * and not when a publication or a replica identity is made (section 5, fact 5).
 */
final class ApplicationWrites {
  private final TableChecks checks;
  private final int version;
  private final TableFacts table;
  private final Place place;
  private final List<Finding> findings = new ArrayList<>();

  private ApplicationWrites(TableChecks checks, int version, TableFacts table) {
    this.checks = checks;
    this.version = version;
    this.table = table;
    this.place = Place.table(table.watched().table());
  }

  static List<Finding> examine(
      Connection connection, TableChecks checks, int version, TableFacts table)
      throws SQLException {
    return new ApplicationWrites(checks, version, table).examine(connection);
  }

  private List<Finding> examine(Connection connection) throws SQLException {
    Set<String> publications = new TreeSet<>();
    for (StoredTable member : table.members()) {
      if (member.kind() != 'r') {
        continue; // PostgreSQL asks the partition that the row is in.
      }
      List<PublishedAs> ways = PublishedAs.read(connection, member);
      ways.forEach(way -> publications.add(way.publication()));
      if (!ways.isEmpty() && !member.canBePublished()) {
        withoutIdentity(member, ways);
      } else {
        ways.forEach(way -> published(member, way));
      }
    }
    if (findings.isEmpty()) {
      checks.checkApplicationWrites(table).stream()
          .map(
              refusal ->
                  Finding.error(
                      Subject.APPLICATION_WRITES,
                      place,
                      "table "
                          + refusal.place()
                          + " "
                          + refusal.message().replaceFirst("[.] (A primary key|Give it).*", ""),
                      refusal.cureSql().isEmpty()
                          ? Cure.words("give it a primary key")
                          : Cure.sql(
                              "a primary key is the best cure; else run ", refusal.cureSql())))
          .forEach(findings::add);
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              Subject.APPLICATION_WRITES,
              place,
              "table "
                  + place.name()
                  + (publications.isEmpty()
                      ? " can be published, and the application's UPDATE and DELETE go on working"
                      : ": the application's UPDATE and DELETE go through, published by "
                          + String.join(", ", publications))));
    }
    return findings;
  }

  private void withoutIdentity(StoredTable member, List<PublishedAs> ways) {
    List<String> cure =
        new ArrayList<>(member.cureFor(Set.copyOf(table.watched().oldKeyColumns())));
    if (cure.getFirst().endsWith("FULL;")) {
      ways.stream()
          .filter(way -> way.columns().isPresent())
          .forEach(way -> cure.addAll(way.republish(Optional.empty(), true)));
    }
    failing(
        ways.getFirst(),
        member,
        "has no replica identity",
        Cure.sql("a primary key is the best cure; else run ", cure));
  }

  private void published(StoredTable member, PublishedAs way) {
    Set<String> identity = new LinkedHashSet<>(member.identityColumns());
    Optional<Set<String>> listed = way.columns();
    if (listed.isPresent() && member.full()) {
      failing(
          way,
          member,
          "has REPLICA IDENTITY FULL, and is published with a list of columns",
          Cure.sql("run ", way.republish(Optional.empty(), true)));
    } else if (listed.isPresent() && !listed.get().containsAll(identity)) {
      Set<String> both = new LinkedHashSet<>(identity);
      both.addAll(listed.get());
      failing(
          way,
          member,
          "is published with a list of columns that lacks some of its replica identity " + identity,
          Cure.sql(
              "run ",
              way.republish(
                  Optional.of(table.columns().keySet().stream().filter(both::contains).toList()),
                  true)));
    } else if (!member.full() && !identity.containsAll(way.filterColumns())) {
      failing(
          way,
          member,
          "is published with a row filter on columns that are not in its replica identity "
              + identity,
          Cure.sql("run ", way.republish(listed.map(List::copyOf), false)));
    } else if (version >= 18 && listed.isEmpty()) {
      generated(member, way, identity);
    }
  }

  /** Since PostgreSQL 18 an identity must not hold generated columns that are not published. */
  private void generated(StoredTable member, PublishedAs way, Set<String> identity) {
    Set<String> unpublished = table.generatedColumns(way.generated());
    if (!member.full()) {
      unpublished.retainAll(identity);
    }
    if (unpublished.isEmpty()) {
      return;
    }
    boolean onlyStored =
        unpublished.stream().allMatch(column -> table.columns().getOrDefault(column, ' ') == 's');
    failing(
        way,
        member,
        "has generated columns in its replica identity that are not published, " + unpublished,
        onlyStored
            ? Cure.run(
                "ALTER PUBLICATION "
                    + way.publication()
                    + " SET (publish_generated_columns = stored);")
            : TableChecks.withoutGenerated(member, table));
  }

  private void failing(PublishedAs way, StoredTable member, String fault, Cure cure) {
    findings.add(
        Finding.error(
            Subject.APPLICATION_WRITES,
            place,
            "table "
                + place.name()
                + (member.equals(table.root()) ? "" : ", partition " + member.sqlName() + ",")
                + " "
                + fault
                + ", so PostgreSQL refuses the application's own UPDATE and DELETE (publication "
                + way.publication()
                + ")",
            cure));
  }
}
