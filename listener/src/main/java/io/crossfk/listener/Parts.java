package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogDatabase;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.config.Secret;
import io.crossfk.listener.feed.FeedSettings;
import io.crossfk.listener.lookup.postgres.PostgresDatabase;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.PostgresAddress;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What a person configured, in the words of each part: the parts do not know each other. */
final class Parts {
  private Parts() {}

  static FeedSettings feed(Configuration configuration) {
    return new FeedSettings(
        configuration.name(),
        configuration.feed().violations(),
        configuration.feed().alerts(),
        configuration.feed().state(),
        configuration.feed().partitions(),
        configuration.kafka().properties());
  }

  static List<CatalogDatabase> catalog(Configuration configuration) {
    return used(
        configuration,
        database ->
            new CatalogDatabase(
                database.name(),
                database.url(),
                database.user(),
                database.password().map(Secret::value),
                database.slot(),
                database.lookups().timeout()));
  }

  static List<PostgresDatabase> lookup(Configuration configuration) {
    return used(
        configuration,
        database ->
            new PostgresDatabase(
                database.name(),
                database.url(),
                database.user(),
                database.password().map(Secret::value),
                database.lookups().connections(),
                database.lookups().timeout()));
  }

  static PostgresAddress source(DatabaseSettings database) {
    Map<String, String> properties = new HashMap<>();
    database
        .connectionProperties()
        .forEach((key, value) -> properties.put(key.toString(), value.toString()));
    return new PostgresAddress(database.name(), database.url(), properties);
  }

  private static <T> List<T> used(Configuration configuration, Function<DatabaseSettings, T> part) {
    Set<String> touched = configuration.rules().databases();
    return configuration.databases().values().stream()
        .filter(database -> touched.contains(database.name()))
        .map(part)
        .toList();
  }

  /** The tables of one database that rules refer to, and what they need of each in the log. */
  static List<WatchedTable> watchedTables(String database, List<Rule> rules) {
    Map<TableReference, Set<String>> columns = new LinkedHashMap<>();
    Map<TableReference, Set<String>> oldKeys = new LinkedHashMap<>();
    for (Rule rule : rules) {
      note(database, rule.child(), columns);
      note(database, rule.parent(), columns);
      note(database, rule.parent(), oldKeys);
    }
    List<WatchedTable> tables = new ArrayList<>();
    columns.forEach(
        (table, watched) ->
            tables.add(new WatchedTable(table, watched, oldKeys.getOrDefault(table, Set.of()))));
    return tables;
  }

  private static void note(String database, TableKey key, Map<TableReference, Set<String>> into) {
    if (key.database().equals(database)) {
      into.computeIfAbsent(key.table(), table -> new LinkedHashSet<>()).addAll(key.columns());
    }
  }

  static io.crossfk.listener.feed.SourceIdentity toJournal(SourceIdentity identity) {
    return new io.crossfk.listener.feed.SourceIdentity(
        identity.systemIdentifier(),
        identity.timeline(),
        identity.life().isEmpty() ? Optional.empty() : Optional.of(identity.life()));
  }

  static SourceIdentity fromJournal(io.crossfk.listener.feed.SourceIdentity identity) {
    return new SourceIdentity(
        identity.system(), identity.timeline(), identity.reset().orElse(""), "");
  }
}
