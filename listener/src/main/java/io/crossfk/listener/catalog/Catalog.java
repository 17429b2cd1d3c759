package io.crossfk.listener.catalog;

import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads PostgreSQL's catalogues for rules: binds each rule to its tables, or says everything that
 * is in the way, at once. It writes nothing, and leaves no connection behind.
 */
public final class Catalog {
  private final Map<String, CatalogDatabase> databases = new LinkedHashMap<>();

  public Catalog(List<CatalogDatabase> databases) {
    databases.forEach(database -> this.databases.put(database.name(), database));
  }

  /** What was read of a database, or why nothing was. */
  private sealed interface Outcome {
    record Read(DatabaseFacts facts) implements Outcome {}

    record NotRead(CatalogFinding finding) implements Outcome {}
  }

  /**
   * Reads all databases beside each other; blocks for a few seconds at most, plus their timeouts.
   *
   * @param rules all of them name databases of this catalogue
   * @throws InterruptedException if the thread was interrupted
   */
  public CatalogReport read(List<Rule> rules) throws InterruptedException {
    Map<String, Outcome> outcomes = readAll(rules);
    Findings findings = new Findings();
    outcomes.forEach(
        (name, outcome) -> {
          switch (outcome) {
            case Outcome.NotRead(CatalogFinding finding) -> findings.add(finding);
            case Outcome.Read(DatabaseFacts facts) ->
                ServerCheck.check(database(name), facts.server(), findings);
          }
        });
    List<BoundRule> bound = new ArrayList<>();
    List<Rule> waiting = new ArrayList<>();
    for (Rule rule : rules) {
      @Nullable Outcome child = outcomes.get(rule.child().database());
      @Nullable Outcome parent = outcomes.get(rule.parent().database());
      new RuleCheck(rule, findings).bind(facts(child), facts(parent)).ifPresent(bound::add);
      if ((isUnreachable(child) || isUnreachable(parent))
          && !isRefused(child)
          && !isRefused(parent)
          && !findings.hasError(rule.name())) {
        waiting.add(rule);
      }
    }
    return new CatalogReport(bound, waiting, findings.all());
  }

  private static @Nullable DatabaseFacts facts(@Nullable Outcome outcome) {
    return outcome instanceof Outcome.Read(DatabaseFacts facts) && isUsable(facts) ? facts : null;
  }

  /** A catalogue of before PostgreSQL 14 lacks what we ask for. */
  private static boolean isUsable(DatabaseFacts facts) {
    return facts.server().major() >= ServerCheck.OLDEST_MAJOR;
  }

  private static boolean isUnreachable(@Nullable Outcome outcome) {
    return outcome instanceof Outcome.NotRead(CatalogFinding finding)
        && finding instanceof CatalogFinding.Unreachable;
  }

  private static boolean isRefused(@Nullable Outcome outcome) {
    return outcome instanceof Outcome.NotRead(CatalogFinding finding)
        && !(finding instanceof CatalogFinding.Unreachable);
  }

  private Map<String, Outcome> readAll(List<Rule> rules) throws InterruptedException {
    Map<String, Set<TableReference>> tables = new LinkedHashMap<>();
    databases.keySet().forEach(name -> tables.put(name, new LinkedHashSet<>()));
    for (Rule rule : rules) {
      for (TableKey key : List.of(rule.child(), rule.parent())) {
        database(key.database());
        tables.computeIfAbsent(key.database(), name -> new LinkedHashSet<>()).add(key.table());
      }
    }
    Map<String, Future<Outcome>> running = new LinkedHashMap<>();
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      tables.forEach(
          (name, needed) ->
              running.put(name, threads.submit(() -> readOne(database(name), needed))));
      for (Map.Entry<String, Future<Outcome>> one : running.entrySet()) {
        outcomes.put(one.getKey(), one.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a catalogue could not be read: " + e.getCause(), e);
    }
    return outcomes;
  }

  private static Outcome readOne(CatalogDatabase database, Set<TableReference> needed) {
    try (Connection connection = CatalogConnection.open(database)) {
      ServerFacts server = ServerFacts.read(connection, database.slot());
      if (server.major() < ServerCheck.OLDEST_MAJOR) {
        return new Outcome.Read(new DatabaseFacts(server, Map.of(), Map.of()));
      }
      TableReader reader = new TableReader(connection);
      Map<TableReference, TableFacts> tables = reader.read(needed);
      return new Outcome.Read(
          new DatabaseFacts(
              server, tables, tables.size() == needed.size() ? Map.of() : reader.names()));
    } catch (SQLException e) {
      return new Outcome.NotRead(CatalogConnection.finding(database, e));
    }
  }

  private CatalogDatabase database(String name) {
    @Nullable CatalogDatabase database = databases.get(name);
    if (database == null) {
      throw new IllegalArgumentException("database " + name + " is not configured");
    }
    return database;
  }
}
