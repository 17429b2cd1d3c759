package io.crossfk.listener.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One client of both databases. Its thread does one step after the other of many families. */
final class LoadWorker implements AutoCloseable {
  /** Of a machine that is too slow for the rate it gets less, and no queue that grows. */
  private static final int MOST_FAMILIES = 100;

  private static final int LONGEST_PAUSE_MILLIS = 120;

  private final HealthyLoad load;
  private final Map<String, Connection> connections;
  private final SplittableRandom random;
  private final ScheduledThreadPoolExecutor thread;
  private final AtomicInteger living = new AtomicInteger();
  private volatile boolean enough;
  private volatile @Nullable SQLException failure;

  LoadWorker(int number, Servers servers, HealthyLoad load) throws SQLException {
    this.load = load;
    this.random = new SplittableRandom(number);
    this.connections =
        Map.of(
            Servers.USERS, servers.users().connect(Servers.USERS),
            Servers.ORDERS, servers.orders().connect(Servers.ORDERS));
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name("demo-load-" + number).unstarted(task));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  void start(Duration period) {
    var unused =
        thread.scheduleAtFixedRate(this::newFamily, 0, period.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void newFamily() {
    if (!enough && failure == null && living.get() < MOST_FAMILIES) {
      living.incrementAndGet();
      step(new LoadFamily(load.nextFamily(), random));
    }
  }

  /** Does the next step of a family and leaves the rest for later. */
  private void step(LoadFamily family) {
    LoadFamily.Step step = family.next();
    if (step.broken()) {
      load.breaks(family, System.nanoTime());
    }
    try (Statement statement = connection(step.database()).createStatement()) {
      statement.execute(step.sql());
    } catch (SQLException e) {
      failure = e;
      return;
    }
    load.committed();
    if (!step.broken()) {
      load.isWhole(family);
    }
    if (!family.hasNext()) {
      living.decrementAndGet();
      return;
    }
    var unused =
        thread.schedule(
            () -> step(family), random.nextInt(LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
  }

  private Connection connection(String database) {
    Connection connection = connections.get(database);
    if (connection == null) {
      throw new IllegalArgumentException("no database " + database);
    }
    return connection;
  }

  void startNoMore() {
    enough = true;
  }

  boolean isDone() throws DemoFailure {
    SQLException failed = failure;
    if (failed != null) {
      throw DemoFailure.of("the demo's load failed: " + failed.getMessage());
    }
    return enough && living.get() == 0;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    for (Connection connection : connections.values()) {
      try {
        connection.close();
      } catch (SQLException e) {
        failure = e;
      }
    }
  }
}
