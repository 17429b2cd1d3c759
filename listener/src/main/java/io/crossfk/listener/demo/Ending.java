package io.crossfk.listener.demo;

import io.crossfk.listener.config.Configuration;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.JudgeTally;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The count at the end: what crossfk says, and what the databases say. */
final class Ending {
  private static final Duration DRAIN_TIME = Duration.ofSeconds(30);
  private static final Duration RECEIVE_TIME = Duration.ofSeconds(5);

  private final Servers servers;
  private final ListenerHost crossfk;
  private final Witness witness;
  private final HealthyLoad load;
  private final Narrator narrator;

  Ending(
      Servers servers, ListenerHost crossfk, Witness witness, HealthyLoad load, Narrator narrator) {
    this.servers = servers;
    this.crossfk = crossfk;
    this.witness = witness;
    this.load = load;
    this.narrator = narrator;
  }

  /** Nobody may write to the databases any more. */
  void tell(Configuration configuration) throws DemoFailure, SQLException, InterruptedException {
    Map<String, Position> ends =
        Map.of(Servers.USERS, end(Servers.USERS), Servers.ORDERS, end(Servers.ORDERS));
    if (!Waiting.until(() -> crossfk.listener().drainedTo(ends), DRAIN_TIME)) {
      throw DemoFailure.of(
          "crossfk did not reach the end of both logs within %d s: %s"
              .formatted(DRAIN_TIME.toSeconds(), crossfk.listener().status()));
    }
    Set<ViolationKey> orphaned = AntiJoin.of(configuration.rules().enabled(), servers);
    boolean agreed = Waiting.until(() -> witness.open().equals(orphaned), RECEIVE_TIME);
    count();
    compare(witness.open(), orphaned);
    if (!agreed) {
      throw DemoFailure.of("crossfk's open violations are not those that the databases have");
    }
  }

  private Position end(String database) throws SQLException {
    try (Connection connection = servers.database(database).connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_current_wal_lsn()")) {
      row.next();
      return Position.parse(row.getString(1));
    }
  }

  private void count() throws DemoFailure {
    JudgeTally tally = crossfk.tally();
    long looked = tally.cacheHits() + tally.cacheMisses();
    double rate = looked == 0 ? 0 : 100.0 * tally.cacheHits() / looked;
    narrator.blank();
    narrator.title("The count");
    line("transactions of the load", Narrator.number(load.transactions()), rateOfLoad());
    line("changes checked", Narrator.number(tally.checked()), "child rows, removed parent keys");
    line("look-ups made", Narrator.number(tally.asked()), "questions to the databases");
    line(
        "cache hit rate",
        String.format(Locale.ROOT, "%.1f %%", rate),
        "child rows settled without a look-up");
    line(
        "records received",
        Narrator.number(witness.sightings().size()),
        "%d opened, %d resolved".formatted(tally.opened(), tally.resolved()));
  }

  private String rateOfLoad() {
    String rate = load.transactionsPerSecond() + " a second, no alarm";
    return load.late() == 0
        ? rate
        : rate
            + "; "
            + load.late()
            + " families took this machine longer than grace, and are not counted as healthy";
  }

  private void line(String what, String number, String remark) {
    narrator.plain("   %-26s %8s   %s".formatted(what, number, remark));
  }

  private void compare(Set<ViolationKey> told, Set<ViolationKey> orphaned) {
    narrator.blank();
    narrator.title("Open violations by the records on Kafka: " + told.size());
    told.forEach(key -> narrator.plain("   " + key));
    narrator.title("Anti-join over both databases, just now: " + orphaned.size());
    orphaned.forEach(key -> narrator.plain("   " + key));
  }
}
