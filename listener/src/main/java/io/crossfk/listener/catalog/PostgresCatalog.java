package io.crossfk.listener.catalog;

import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the catalogues of PostgreSQL databases for rules. It changes nothing, and names everything
 * that is in the way at once.
 */
public final class PostgresCatalog {
  /** How long after a statement's own timeout the server may still report it. */
  private static final Duration SOCKET_SLACK = Duration.ofSeconds(1);

  /** How long after a statement's timeout a whole reading is given up. */
  private static final Duration READING_SLACK = Duration.ofSeconds(3);

  private PostgresCatalog() {}

  /**
   * Reads each database that a rule names, all of them at once, and each one once. Blocks for
   * milliseconds as a rule, and never much longer than the longest {@link
   * CatalogDatabase#timeout()} and 3 seconds more. Any thread may call it.
   *
   * @param databases in the order that findings shall have; those that no rule names are left alone
   * @param rules with names that differ
   * @throws IllegalArgumentException if a rule names a database that is not among them
   */
  public static CatalogReport read(Collection<CatalogDatabase> databases, List<Rule> rules)
      throws InterruptedException {
    return read(databases, rules, Purpose.WATCH);
  }

  /** As {@link #read(Collection, List)}, for a purpose. */
  public static CatalogReport read(
      Collection<CatalogDatabase> databases, List<Rule> rules, Purpose purpose)
      throws InterruptedException {
    Map<String, Set<TableReference>> wanted = new HashMap<>();
    Set<TableKey> children = new LinkedHashSet<>();
    for (Rule rule : rules) {
      children.add(rule.child());
      for (TableKey key : List.of(rule.child(), rule.parent())) {
        wanted.computeIfAbsent(key.database(), any -> new LinkedHashSet<>()).add(key.table());
      }
    }
    List<CatalogDatabase> named =
        databases.stream().filter(database -> wanted.containsKey(database.name())).toList();
    Map<String, Reading> readings = readAll(named, wanted, children, purpose);
    List<CatalogFinding> findings = new ArrayList<>();
    Map<String, String> slots = new HashMap<>();
    for (CatalogDatabase database : named) {
      readings.computeIfPresent(
          database.name(),
          (name, reading) ->
              purpose == Purpose.WATCH ? withSlotChecked(database, reading, slots) : reading);
      Reading reading = readings.get(database.name());
      if (reading != null) {
        findings.addAll(reading.findings());
      }
    }
    return new RuleInspection(readings, rules, purpose).report(findings);
  }

  /**
   * @param slots the databases read so far, by server and slot
   */
  private static Reading withSlotChecked(
      CatalogDatabase database, Reading reading, Map<String, String> slots) {
    if (!(reading instanceof Reading.Facts read)) {
      return reading;
    }
    String other =
        slots.putIfAbsent(
            read.facts().server().instance() + " " + database.slot(), database.name());
    if (other == null) {
      return reading;
    }
    List<CatalogFinding.OfDatabase> findings = new ArrayList<>(read.findings());
    findings.add(ServerFindings.sameSlot(database, other));
    return new Reading.Facts(read.facts(), findings);
  }

  private static Map<String, Reading> readAll(
      List<CatalogDatabase> databases,
      Map<String, Set<TableReference>> wanted,
      Set<TableKey> children,
      Purpose purpose)
      throws InterruptedException {
    long start = System.nanoTime();
    // Never closed: that would wait for a reading that cannot be interrupted, a look-up of a name.
    // Platform threads: with the sockets of virtual ones a command ends 0.3 s later.
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("crossfk-catalogue-", 0).factory());
    try {
      Map<CatalogDatabase, Future<Reading>> pending = new LinkedHashMap<>();
      for (CatalogDatabase database : databases) {
        Set<TableReference> tables = wanted.getOrDefault(database.name(), Set.of());
        pending.put(database, executor.submit(() -> read(database, tables, children, purpose)));
      }
      Map<String, Reading> readings = new LinkedHashMap<>();
      for (Map.Entry<CatalogDatabase, Future<Reading>> entry : pending.entrySet()) {
        CatalogDatabase database = entry.getKey();
        long limit = database.timeout().plus(READING_SLACK).toNanos();
        readings.put(
            database.name(),
            await(database, entry.getValue(), limit - (System.nanoTime() - start)));
      }
      return readings;
    } finally {
      // What still waits for its database ends by its socket's timeout, soon after ours.
      executor.shutdownNow();
    }
  }

  private static Reading await(CatalogDatabase database, Future<Reading> pending, long nanos)
      throws InterruptedException {
    try {
      return pending.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException silent) {
      return Reading.of(ConnectionFailures.silent(database));
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "reading the catalogue of database " + database.name() + " failed", e.getCause());
    }
  }

  private static Reading read(
      CatalogDatabase database,
      Set<TableReference> tables,
      Set<TableKey> children,
      Purpose purpose) {
    if (!isAddress(database.url())) {
      return Reading.of(ConnectionFailures.noAddress(database));
    }
    try (Connection connection = connect(database)) {
      return read(database, connection, tables, children, purpose);
    } catch (SQLException e) {
      return Reading.of(ConnectionFailures.connecting(database, e));
    }
  }

  private static Reading read(
      CatalogDatabase database,
      Connection connection,
      Set<TableReference> tables,
      Set<TableKey> children,
      Purpose purpose) {
    try {
      CatalogReader reader = new CatalogReader(connection, database);
      CatalogReader.Version version = reader.begin();
      if (!version.known()) {
        return Reading.of(ServerFindings.tooOld(database, version));
      }
      DatabaseFacts facts = reader.read(version, tables, children);
      return new Reading.Facts(facts, ServerFindings.of(database, facts.server(), purpose));
    } catch (SQLException e) {
      return Reading.of(ConnectionFailures.reading(database, e));
    }
  }

  private static boolean isAddress(String url) {
    try {
      return url.startsWith("jdbc:postgresql:") && DriverManager.getDriver(url) != null;
    } catch (SQLException noDriver) {
      return false;
    }
  }

  private static Connection connect(CatalogDatabase database) throws SQLException {
    Properties properties = new Properties();
    database.user().ifPresent(user -> properties.setProperty("user", user));
    database.password().ifPresent(password -> properties.setProperty("password", password));
    String seconds = Long.toString(seconds(database.timeout().plus(SOCKET_SLACK)));
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("socketTimeout", seconds);
    properties.setProperty("ApplicationName", "crossfk");
    return DriverManager.getConnection(database.url(), properties);
  }

  /** Whole seconds, rounded up: the driver takes zero for ever. */
  private static long seconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
