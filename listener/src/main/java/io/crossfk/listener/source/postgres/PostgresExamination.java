package io.crossfk.listener.source.postgres;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a primary has for and against being listened to, beyond what rules need of its catalogue.
 * Nothing is changed.
 */
public final class PostgresExamination {
  private final PostgresAddress address;
  private final String slot;
  private final String publication;
  private final Limits limits;
  private final Place place;

  /**
   * @param connections that crossfk opens to a database
   * @param retained bytes of log that a slot without a reader may hold back unsaid
   * @param prepared how old a prepared transaction may become
   * @param clocksApart how far a server's clock may be from this machine's
   */
  public record Limits(int connections, long retained, Duration prepared, Duration clocksApart) {
    private static final int FOR_LOG_AND_SETUP = 2;

    /** What people would want to know of. */
    public static Limits of(int lookups) {
      return new Limits(
          lookups + FOR_LOG_AND_SETUP, 1L << 30, Duration.ofMinutes(1), Duration.ofSeconds(1));
    }
  }

  public PostgresExamination(
      PostgresAddress address, String slot, String publication, Limits limits) {
    this.address = address;
    this.slot = slot;
    this.publication = publication;
    this.limits = limits;
    this.place = Place.database(address.database());
  }

  /**
   * Looks at all of it.
   *
   * @param tables those that rules refer to
   * @param clock this machine's
   * @throws SQLException if the database cannot be reached or does not answer
   */
  public List<Finding> examine(List<WatchedTable> tables, InstantSource clock) throws SQLException {
    try (SetupSession session = SetupSession.open(address)) {
      Connection connection = session.connection();
      connection.setReadOnly(true);
      ServerExamination server = new ServerExamination(connection, place);
      List<Finding> findings = new ArrayList<>();
      findings.addAll(SlotExamination.examine(connection, place, slot, limits.retained()));
      findings.addAll(server.connections(limits.connections()));
      findings.addAll(server.preparedTransactions(limits.prepared()));
      findings.add(server.clock(clock, limits.clocksApart()));
      findings.addAll(tables(connection, tables));
      return findings;
    }
  }

  /**
   * What a parent's delete costs where no index finds its children: the planner's estimate, in its
   * own unit; empty if it cannot be had.
   */
  public Optional<ScanCost> scanCost(TableKey key) {
    try (SetupSession session = SetupSession.open(address)) {
      Connection connection = session.connection();
      connection.setReadOnly(true);
      return Optional.of(ScanCost.read(connection, key));
    } catch (SQLException notAllowedOrLocked) {
      return Optional.empty();
    }
  }

  private List<Finding> tables(Connection connection, List<WatchedTable> watched)
      throws SQLException {
    ServerChecks server = ServerChecks.read(connection, address.database(), slot);
    Set<TableReference> names =
        watched.stream().map(WatchedTable::table).collect(Collectors.toSet());
    Optional<PublicationFacts> existing = PublicationFacts.read(connection, publication);
    TableChecks checks = new TableChecks(server.version(), names, existing);
    List<Finding> findings = new ArrayList<>();
    List<TableFacts> fit = new ArrayList<>();
    for (WatchedTable table : watched) {
      Optional<TableFacts> facts = TableFacts.read(connection, table);
      if (facts.isPresent() && (facts.get().root().kind() == 'r' || facts.get().partitioned())) {
        findings.addAll(replicaIdentity(checks, facts.get()));
        findings.addAll(
            ApplicationWrites.examine(connection, checks, server.version(), facts.get()));
        if (checks.check(facts.get()).isEmpty()) {
          fit.add(facts.get());
        }
      }
    }
    if (fit.size() == watched.size()) {
      findings.add(publication(server, existing, fit));
    }
    return findings;
  }

  private static List<Finding> replicaIdentity(TableChecks checks, TableFacts table) {
    Place place = Place.table(table.watched().table());
    List<Refusal> refusals = checks.checkOldKeys(table);
    if (refusals.isEmpty()) {
      return table.root().canBePublished()
          ? List.of(
              Finding.ok(
                  Subject.REPLICA_IDENTITY,
                  place,
                  "table "
                      + place.name()
                      + " has the replica identity "
                      + (table.root().full() ? "FULL" : table.root().identityColumns())))
          : List.of();
    }
    return refusals.stream()
        .map(
            refusal ->
                Finding.error(
                    Subject.REPLICA_IDENTITY,
                    place,
                    "table " + place.name() + " " + refusal.message(),
                    refusal.cureSql().isEmpty()
                        ? Cure.words(
                            "create a unique index on the key, and make it the replica identity")
                        : Cure.sql("run ", refusal.cureSql())))
        .toList();
  }

  private Finding publication(
      ServerChecks server, Optional<PublicationFacts> existing, List<TableFacts> tables) {
    PublicationPlan plan =
        PublicationPlan.of(
            publication, server.version(), existing, tables, server.role(), server.mayCreate());
    String name = "publication " + publication;
    List<String> reasons = new ArrayList<>(plan.dangers());
    reasons.addAll(plan.obstacles());
    if (!reasons.isEmpty()) {
      return Finding.error(
          Subject.PUBLICATION,
          place,
          name
              + (plan.creates() ? " does not exist, and " : " lacks what the rules need, and ")
              + String.join("; ", reasons),
          Cure.sql("have this run by an owner: ", plan.statements()));
    }
    if (plan.statements().isEmpty()) {
      return Finding.ok(Subject.PUBLICATION, place, name + " carries what the rules need");
    }
    return Finding.ok(
        Subject.PUBLICATION,
        place,
        name
            + (plan.creates()
                ? " does not exist yet; crossfk run creates it"
                : " lacks what the rules need; crossfk run alters it"));
  }
}
