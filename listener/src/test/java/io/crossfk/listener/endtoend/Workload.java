package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Two services that write to a parent and a child table, each in its own database, and do all that
 * services do: most keep the foreign key, some break it for a moment or for good. Several clients,
 * each with a random sequence of its own.
 *
 * <p>Keys are of three kinds. <em>Contested</em> ones are written by all clients at random.
 * <em>Honest</em> ones have a parent, committed, before a child is written, and lose it only after
 * the last child is gone: no violation of such a key can ever be true. <em>Lasting</em> orphans are
 * broken until {@link #mend}.
 */
final class Workload implements AutoCloseable {
  static final long HONEST = 1_000_000_000L;
  static final long LASTING = 2_000_000_000L;

  /** From here on nothing is honest, nor rolled back. */
  private static final long HONEST_END = 1_500_000_000L;

  private static final long ROLLED_BACK = 1_400_000_000L;

  private static final int CONTESTED = 300;
  private static final int HONEST_AT_ONCE = 50;
  private static final Set<String> UNIQUE_VIOLATION_OR_DEADLOCK = Set.of("23505", "40P01");

  private final Stage stage;
  private final Side child;
  private final Side parent;
  private final ScheduledExecutorService threads;
  private final List<Client> clients = new ArrayList<>();
  private final AtomicLong transactions = new AtomicLong();
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();

  /**
   * One table.
   *
   * @param key the column of the foreign key's side; a parent's primary key, or a child's reference
   */
  record Side(String database, String table, String key) {}

  /**
   * @param pause of each client between two transactions
   * @param maxLasting lasting orphans that each client makes, at most
   */
  record Plan(long seed, int clients, Duration pause, int maxLasting) {}

  private Workload(Stage stage, Side child, Side parent, Plan plan) {
    this.stage = stage;
    this.child = child;
    this.parent = parent;
    this.threads =
        Executors.newScheduledThreadPool(
            plan.clients(), Thread.ofPlatform().name("client-" + child.table() + "-", 0).factory());
    for (int number = 0; number < plan.clients(); number++) {
      Client client = new Client(number, plan);
      clients.add(client);
      // It keeps its own faults, and never ends by itself.
      ScheduledFuture<?> unused =
          threads.scheduleWithFixedDelay(
              client::once, 0, plan.pause().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** The tables; the parent's key is its primary key. */
  static void createTables(Stage stage, Side child, Side parent) throws SQLException {
    stage.sql(
        parent.database(),
        "create table %s (%s bigint primary key, note text)"
            .formatted(parent.table(), parent.key()));
    stage.sql(
        child.database(),
        "create table %s (id bigint generated always as identity primary key, %s bigint, note text)"
            .formatted(child.table(), child.key()),
        "create index on %s (%s)".formatted(child.table(), child.key()));
  }

  static Workload start(Stage stage, Side child, Side parent, Plan plan) {
    return new Workload(stage, child, parent, plan);
  }

  long transactions() {
    return transactions.get();
  }

  /** Rows written by committed transactions. */
  long rows() {
    return rows.get();
  }

  /** Transactions that a database refused or lost; expected while one is down. */
  long failures() {
    return failures.get();
  }

  /** Ends all clients after the transaction they are in. */
  void stop() throws InterruptedException {
    threads.shutdown();
    if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new AssertionError("a client still writes");
    }
    for (Client client : clients) {
      client.disconnect();
    }
    Throwable unexpected = fault.get();
    if (unexpected != null) {
      throw new AssertionError("a client failed: " + unexpected, unexpected);
    }
  }

  /** Ends every violation: half of the missing parents arrive, the other orphans go. */
  void mend() throws SQLException {
    List<Long> missing = new ArrayList<>();
    try (Connection children = stage.connect(child.database());
        Connection parents = stage.connect(parent.database())) {
      Set<Long> present = new java.util.HashSet<>(longs(parents, parent));
      for (long key : longs(children, child)) {
        if (!present.contains(key)) {
          missing.add(key);
        }
      }
      try (PreparedStatement arrive =
              parents.prepareStatement(
                  "insert into %s (%s) values (?)".formatted(parent.table(), parent.key()));
          PreparedStatement leave =
              children.prepareStatement(
                  "delete from %s where %s = ?".formatted(child.table(), child.key()))) {
        for (long key : missing) {
          PreparedStatement mend = key % 2 == 0 ? arrive : leave;
          mend.setLong(1, key);
          mend.executeUpdate();
        }
      }
    }
  }

  /** No client ever committed a violation of an honest key, and none of a key rolled back. */
  static void assertHonestSilence(FeedLog feed) {
    for (Transition each : feed.transitions()) {
      String key = each.id().substring(each.id().indexOf('[') + 1, each.id().length() - 1);
      long value = Long.parseLong(key);
      assertThat(value < CONTESTED || value >= HONEST_END)
          .withFailMessage(() -> "there was never such a violation:\n" + feed.told(each.id()))
          .isTrue();
    }
  }

  private static List<Long> longs(Connection connection, Side side) throws SQLException {
    List<Long> keys = new ArrayList<>();
    try (var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "select distinct %1$s from %2$s where %1$s is not null"
                    .formatted(side.key(), side.table()))) {
      while (found.next()) {
        keys.add(found.getLong(1));
      }
    }
    return keys;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    clients.forEach(Client::disconnect);
  }

  /** One client of both services; used by one thread at a time. */
  private final class Client {
    private final int number;
    private final Random random;
    private final int maxLasting;
    private final Map<String, Connection> connections = new HashMap<>();
    private final Deque<Long> honest = new ArrayDeque<>();
    private long nextHonest;
    private long nextLasting;
    private int lasting;

    Client(int number, Plan plan) {
      this.number = number;
      this.random = new Random(plan.seed() * 31 + number);
      this.maxLasting = plan.maxLasting();
      this.nextHonest = HONEST + number * 10_000_000L;
      this.nextLasting = LASTING + number * 10_000_000L;
    }

    void once() {
      try {
        step();
      } catch (SQLException refused) {
        if (!UNIQUE_VIOLATION_OR_DEADLOCK.contains(String.valueOf(refused.getSQLState()))) {
          failures.incrementAndGet();
          disconnect();
        } else {
          rollBack();
        }
      } catch (RuntimeException | Error unexpected) {
        fault.compareAndSet(null, unexpected);
      }
    }

    private void step() throws SQLException {
      long key = random.nextInt(CONTESTED);
      switch (random.nextInt(14)) {
        case 0, 1 -> {
          arrive(key);
          refer(key);
        }
        case 2 -> {
          refer(key);
          arrive(key);
        }
        case 3 -> write(parent, "delete from %2$s where %1$s = ?", key);
        case 4 -> {
          write(child, "delete from %2$s where %1$s = ?", key);
          write(parent, "delete from %2$s where %1$s = ?", key);
        }
        case 5 -> write(child, "delete from %2$s where %1$s = ?", key);
        case 6 ->
            write(child, "update %2$s set %1$s = ? where %1$s = ?", random.nextInt(CONTESTED), key);
        case 7 ->
            write(
                parent, "update %2$s set %1$s = ? where %1$s = ?", random.nextInt(CONTESTED), key);
        case 8 -> rolledBack(key);
        case 9 -> partlyRolledBack(key);
        case 10 -> severalAtOnce();
        case 11 -> lastingOrphan();
        default -> honestPair();
      }
    }

    private void arrive(long key) throws SQLException {
      write(parent, "insert into %2$s (%1$s) values (?) on conflict do nothing", key);
    }

    private void refer(long key) throws SQLException {
      write(child, "insert into %2$s (%1$s) values (?)", key);
    }

    /** What was rolled back never was: neither in the log nor in a verdict. */
    private void rolledBack(long key) throws SQLException {
      Connection connection = connection(child);
      connection.setAutoCommit(false);
      execute(child, "insert into %2$s (%1$s) values (?)", ROLLED_BACK + key);
      connection.rollback();
    }

    private void partlyRolledBack(long key) throws SQLException {
      Connection connection = connection(child);
      connection.setAutoCommit(false);
      int written = execute(child, "insert into %2$s (%1$s) values (?)", key);
      Savepoint savepoint = connection.setSavepoint();
      execute(child, "insert into %2$s (%1$s) values (?)", ROLLED_BACK + key);
      connection.rollback(savepoint);
      written += execute(child, "delete from %2$s where %1$s = ?", key + 1);
      commit(connection, written);
    }

    /** Keys that go and come back in one transaction are not gone. */
    private void severalAtOnce() throws SQLException {
      Connection connection = connection(parent);
      connection.setAutoCommit(false);
      int written = 0;
      long first = random.nextInt(CONTESTED - 10);
      for (long key = first; key < first + 5; key++) {
        int deleted = execute(parent, "delete from %2$s where %1$s = ?", key);
        written += deleted;
        if (deleted > 0) {
          written += execute(parent, "insert into %2$s (%1$s) values (?)", key);
        }
      }
      commit(connection, written);
    }

    private void lastingOrphan() throws SQLException {
      if (lasting < maxLasting) {
        lasting++;
        refer(nextLasting++);
      }
    }

    /** Parent, child; and later the child goes, and then the parent. */
    private void honestPair() throws SQLException {
      if (honest.size() < HONEST_AT_ONCE) {
        long key = nextHonest++;
        arrive(key);
        refer(key);
        honest.add(key);
      } else {
        long key = honest.remove();
        // If one of these fails, the pair stays whole, or half of it that breaks nothing.
        write(child, "delete from %2$s where %1$s = ?", key);
        write(parent, "delete from %2$s where %1$s = ?", key);
      }
    }

    private void write(Side side, String sql, long... values) throws SQLException {
      Connection connection = connection(side);
      connection.setAutoCommit(true);
      rows.addAndGet(execute(side, sql, values));
      transactions.incrementAndGet();
    }

    private void commit(Connection connection, int written) throws SQLException {
      connection.commit();
      transactions.incrementAndGet();
      rows.addAndGet(written);
    }

    private int execute(Side side, String sql, long... values) throws SQLException {
      try (PreparedStatement statement =
          connection(side).prepareStatement(sql.formatted(side.key(), side.table()))) {
        for (int i = 0; i < values.length; i++) {
          statement.setLong(i + 1, values[i]);
        }
        return statement.executeUpdate();
      }
    }

    private Connection connection(Side side) throws SQLException {
      Connection known = connections.get(side.database());
      if (known == null) {
        known = stage.connect(side.database());
        connections.put(side.database(), known);
      }
      return known;
    }

    private void rollBack() {
      try {
        for (Connection each : connections.values()) {
          if (!each.getAutoCommit()) {
            each.rollback();
          }
        }
      } catch (SQLException lost) {
        failures.incrementAndGet();
        disconnect();
      }
    }

    void disconnect() {
      for (Connection each : connections.values()) {
        try {
          each.close();
        } catch (SQLException alreadyGone) {
          failures.incrementAndGet();
        }
      }
      connections.clear();
    }

    @Override
    public String toString() {
      return "client " + number;
    }
  }
}
