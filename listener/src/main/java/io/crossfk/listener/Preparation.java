package io.crossfk.listener;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.config.OnGap;
import io.crossfk.listener.feed.Journal;
import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.SetupResult;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import io.crossfk.listener.source.postgres.TablePrints;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableReference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Publication and slot of each database, before its stream is opened.
 *
 * @param ready by database
 * @param prints of the tables of each that is ready, read after its publication was made
 * @param stopped why there is no stream, by database: a part of it is lost, and it may not be made
 *     anew
 */
record Preparation(
    Map<String, SetupResult.Ready> ready,
    Map<String, TablePrints> prints,
    Map<String, String> stopped) {

  Preparation {
    ready = new LinkedHashMap<>(ready);
    prints = Map.copyOf(prints);
    stopped = Map.copyOf(stopped);
  }

  static Preparation of(Configuration configuration, Iterable<BoundRule> bound, Journal journal)
      throws StartFailure, Session.DatabaseWentAway {
    Set<String> touched = new HashSet<>();
    for (BoundRule rule : bound) {
      touched.add(rule.rule().child().database());
      touched.add(rule.rule().parent().database());
    }
    Map<String, SetupResult.Ready> ready = new LinkedHashMap<>();
    Map<String, TablePrints> prints = new LinkedHashMap<>();
    Map<String, String> stopped = new LinkedHashMap<>();
    List<String> refusals = new ArrayList<>();
    for (DatabaseSettings database : configuration.databases().values()) {
      if (!touched.contains(database.name())) {
        continue;
      }
      SlotAndPublication setup =
          new SlotAndPublication(Parts.source(database), database.slot(), database.publication());
      List<WatchedTable> tables =
          Parts.watchedTables(database.name(), configuration.rules().enabled());
      try {
        Optional<String> stop =
            database.onGap() == OnGap.STOP && hasPosition(journal, database.name())
                ? gap(setup.plan(tables), database, watchedBefore(configuration, journal))
                : Optional.empty();
        if (stop.isPresent()) {
          stopped.put(database.name(), stop.get());
          continue;
        }
        switch (setup.prepare(tables)) {
          case SetupResult.Ready done -> {
            ready.put(database.name(), done);
            prints.put(database.name(), setup.prints(tables));
          }
          case SetupResult.Refused refused ->
              refused.refusals().stream().map(Refusal::toString).forEach(refusals::add);
        }
      } catch (SQLException unreachable) {
        throw new Session.DatabaseWentAway(
            database.name() + ": " + unreachable.getMessage(), unreachable);
      }
    }
    if (!refusals.isEmpty()) {
      throw new StartFailure(refusals, StartFailure.CONFIGURATION);
    }
    return new Preparation(ready, prints, stopped);
  }

  /** What setting up would hide: a part of the stream is missing. */
  private static Optional<String> gap(
      SlotAndPublication.Plan plan, DatabaseSettings database, Set<TableReference> watched) {
    if (plan.slot().isPresent()) {
      return Optional.of(new Gap.SlotMissing(database.slot()).message());
    }
    return plan.added().stream()
        .filter(watched::contains)
        .findFirst()
        .map(table -> table + " is not published any more: its changes are missing");
  }

  /** The tables of rules that the journal knows. */
  static Set<TableReference> watchedBefore(Configuration configuration, Journal journal) {
    Set<String> known = journal.rules().keySet();
    Set<TableReference> tables = new HashSet<>();
    for (Rule rule : configuration.rules().enabled()) {
      if (known.contains(rule.name())) {
        tables.add(rule.child().table());
        tables.add(rule.parent().table());
      }
    }
    return tables;
  }

  /** Whether its stream was ever read: a slot that is not there any more is a gap. */
  private static boolean hasPosition(Journal journal, String database) {
    return journal.judges().stream()
        .anyMatch(judge -> journal.positions(judge).containsKey(database));
  }
}
