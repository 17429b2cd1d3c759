package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was found before anything is touched.
 *
 * @param publication its plan, if the tables are fit to be published
 */
record SetupFindings(
    int version,
    List<Refusal> refusals,
    List<TableFacts> tables,
    Optional<PublicationPlan> publication,
    Optional<SlotFacts> slot) {

  private static final int OLDEST_VERSION = 14;

  SetupFindings {
    refusals = List.copyOf(refusals);
    tables = List.copyOf(tables);
  }

  /**
   * Reads only.
   *
   * @param ours whether the role that looks will read the stream itself: then what it may not do is
   *     in the way
   */
  static SetupFindings read(
      Connection connection,
      String database,
      String publication,
      SlotMaker slot,
      List<WatchedTable> watched,
      boolean ours)
      throws SQLException {
    ServerChecks server = ServerChecks.read(connection, database, slot.name());
    if (server.version() < OLDEST_VERSION || server.standby()) {
      return new SetupFindings(
          server.version(), server.refusals(), List.of(), Optional.empty(), Optional.empty());
    }
    Optional<SlotFacts> existingSlot = SlotFacts.read(connection, slot.name());
    List<Refusal> refusals = new ArrayList<>(ours ? server.refusals() : List.of());
    existingSlot.flatMap(slot::foreign).ifPresent(refusals::add);
    if (ours && existingSlot.isEmpty()) {
      refusals.addAll(server.refusalsToCreateSlot());
    }
    Set<TableReference> names =
        watched.stream().map(WatchedTable::table).collect(Collectors.toSet());
    Optional<PublicationFacts> existing = PublicationFacts.read(connection, publication);
    TableChecks checks = new TableChecks(server.version(), names, existing);
    List<TableFacts> tables = new ArrayList<>();
    int before = refusals.size();
    for (WatchedTable table : watched) {
      Optional<TableFacts> facts = TableFacts.read(connection, table);
      if (facts.isEmpty()) {
        refusals.add(new Refusal(table.table().toString(), "does not exist", List.of()));
      } else {
        tables.add(facts.get());
        refusals.addAll(checks.check(facts.get()));
      }
    }
    Optional<PublicationPlan> plan = Optional.empty();
    if (refusals.size() == before) {
      plan =
          Optional.of(
              PublicationPlan.of(
                  publication,
                  server.version(),
                  existing,
                  tables,
                  server.role(),
                  server.mayCreate()));
      plan.get().danger(database, publication).ifPresent(refusals::add);
      if (ours) {
        plan.get().missingRights(database, publication).ifPresent(refusals::add);
      }
    }
    return new SetupFindings(server.version(), refusals, tables, plan, existingSlot);
  }

  /** Tables whose rows cannot be published by their key columns only. */
  Set<TableReference> wholeRows() {
    return tables.stream()
        .filter(table -> table.columnsToPublish(version).isEmpty())
        .map(table -> table.watched().table())
        .collect(Collectors.toSet());
  }

  /**
   * Looked at again under the publication's locks, which no change of a replica identity passes
   * (section 5, fact 5).
   */
  List<Refusal> unfitNow(Connection connection, String publication) throws SQLException {
    TableChecks checks =
        new TableChecks(
            version,
            tables.stream().map(table -> table.watched().table()).collect(Collectors.toSet()),
            PublicationFacts.read(connection, publication));
    List<Refusal> unfit = new ArrayList<>();
    for (TableFacts table : tables) {
      Optional<TableFacts> now = TableFacts.read(connection, table.watched());
      now.map(checks::check).ifPresent(unfit::addAll);
      if (unfit.isEmpty()
          && now.isPresent()
          && !now.get().columnsToPublish(version).equals(table.columnsToPublish(version))) {
        unfit.add(
            new Refusal(
                table.watched().table().toString(),
                "its replica identity was changed meanwhile: try again",
                List.of()));
      }
    }
    return unfit;
  }
}
