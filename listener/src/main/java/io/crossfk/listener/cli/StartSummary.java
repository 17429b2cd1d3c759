package io.crossfk.listener.cli;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.text.DurationText;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/** What is watched, where, and where it is told: the first ten lines of a service's log at most. */
final class StartSummary {
  private static final int MOST_DATABASES = 3;
  private static final int MOST_RULES = 3;

  private final Configuration configuration;

  StartSummary(Configuration configuration) {
    this.configuration = configuration;
  }

  /** For people; at most ten. */
  List<String> lines() {
    List<Rule> rules = configuration.rules().enabled();
    List<DatabaseSettings> databases = watched();
    List<String> lines = new ArrayList<>();
    lines.add(
        "crossfk \"%s\" watches %s over %s"
            .formatted(
                configuration.name(),
                counted(rules.size(), "rule"),
                counted(databases.size(), "database")));
    databases.stream().limit(MOST_DATABASES).map(StartSummary::line).forEach(lines::add);
    andMore(databases.size() - MOST_DATABASES, "database", lines);
    rules.stream().limit(MOST_RULES).map(StartSummary::line).forEach(lines::add);
    andMore(rules.size() - MOST_RULES, "rule", lines);
    lines.add(
        "  Kafka %s: violations go to topic %s, alerts to %s, its own memory is topic %s"
            .formatted(
                configuration.kafka().bootstrapServers(),
                configuration.feed().violations(),
                configuration.feed().alerts(),
                configuration.feed().state()));
    return lines;
  }

  /** The same as one entry of the log. */
  void log(Logger log) {
    log.atInfo()
        .addKeyValue("name", configuration.name())
        .addKeyValue("rules", configuration.rules().enabled().stream().map(Rule::name).toList())
        .addKeyValue("databases", watched().stream().map(DatabaseSettings::name).toList())
        .addKeyValue("kafka", configuration.kafka().bootstrapServers())
        .addKeyValue("violations", configuration.feed().violations())
        .addKeyValue("alerts", configuration.feed().alerts())
        .addKeyValue("state", configuration.feed().state())
        .log("crossfk starts");
  }

  private List<DatabaseSettings> watched() {
    return configuration.databases().values().stream()
        .filter(database -> configuration.rules().databases().contains(database.name()))
        .toList();
  }

  private static String line(DatabaseSettings database) {
    // The options of a URL may hold keys and passwords.
    String address = database.url().replaceFirst("\\?.*$", "");
    return "  database %s: %s (slot %s, publication %s)"
        .formatted(database.name(), address, database.slot(), database.publication());
  }

  private static String line(Rule rule) {
    return "  rule %s: %s -> %s, grace %s"
        .formatted(rule.name(), rule.child(), rule.parent(), DurationText.print(rule.grace()));
  }

  private static void andMore(int more, String thing, List<String> lines) {
    if (more > 0) {
      lines.add("  and " + counted(more, "more " + thing));
    }
  }

  private static String counted(int count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }
}
