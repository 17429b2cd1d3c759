package io.crossfk.listener.demo;

import io.crossfk.rules.judge.JudgeTally;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a chapter is played: does what it is told in SQL, and waits for what has to follow. */
final class Stage implements AutoCloseable {
  /** More than any healthy machine needs after grace; then the demo has failed. */
  private static final Duration LATEST = Duration.ofSeconds(20);

  /** How much longer than grace a silence lasts until it counts as one. */
  static final Duration LISTEN_ON = Duration.ofMillis(400);

  /**
   * A moment just before a commit, by {@link System#nanoTime}: what is counted from here is never
   * less than the time since the commit.
   */
  record Commit(long nanos) {
    Duration until(long laterNanos) {
      return Duration.ofNanos(laterNanos - nanos);
    }
  }

  private final ListenerHost crossfk;
  private final Witness witness;
  private final Narrator narrator;
  private final Duration grace;
  private final Map<String, Connection> connections;
  private final Set<ViolationKey> expected = new HashSet<>();
  private @Nullable HealthyLoad load;

  Stage(Servers servers, ListenerHost crossfk, Witness witness, Narrator narrator, Duration grace)
      throws SQLException {
    this.crossfk = crossfk;
    this.witness = witness;
    this.narrator = narrator;
    this.grace = grace;
    this.connections =
        Map.of(
            Servers.USERS, servers.users().connect(Servers.USERS),
            Servers.ORDERS, servers.orders().connect(Servers.ORDERS));
  }

  /** From now on a load runs beside the story; no record may be about it. */
  void beside(HealthyLoad healthy) {
    this.load = healthy;
  }

  Duration grace() {
    return grace;
  }

  /** Tells a statement and does it, in a transaction of its own. */
  Commit does(String database, String sql) throws SQLException {
    narrator.sql(database, sql + ";");
    try (Statement statement = connection(database).createStatement()) {
      Commit commit = new Commit(System.nanoTime());
      statement.execute(sql);
      return commit;
    }
  }

  private Connection connection(String database) {
    Connection connection = connections.get(database);
    if (connection == null) {
      throw new IllegalArgumentException("no database " + database);
    }
    return connection;
  }

  /** Lets some time pass in which nothing strange may happen. */
  void pause(Duration time) throws DemoFailure, InterruptedException {
    boolean never =
        Waiting.until(
            () -> {
              checkForStrangers();
              return false;
            },
            time);
    if (never) {
      throw new IllegalStateException("a pause cannot come to an end before its time");
    }
  }

  /** The time after which crossfk has judged a row, if no other rows come beside it. */
  Duration judged(JudgeTally before, Commit commit) throws DemoFailure, InterruptedException {
    boolean judged =
        Waiting.until(
            () -> {
              JudgeTally now = crossfk.tally();
              return now.checked() > before.checked() && now.inFlight() + now.suspected() == 0;
            },
            LATEST);
    if (!judged) {
      throw DemoFailure.of("crossfk did not judge the row within " + LATEST.toSeconds() + " s");
    }
    return commit.until(System.nanoTime());
  }

  JudgeTally tally() throws DemoFailure {
    return crossfk.tally();
  }

  /** Nothing may be told until grace is over, and a little longer. */
  void staysSilent(Commit commit) throws DemoFailure, InterruptedException {
    Duration end = grace.plus(LISTEN_ON);
    pause(end.minus(commit.until(System.nanoTime())));
  }

  void opens(ViolationKey key, Commit commit) throws DemoFailure, InterruptedException {
    Sighting sighting = sighted(key, true, commit);
    narrator.opened(
        "OPEN, received %s after the commit, of which grace is %s"
            .formatted(
                Narrator.milliseconds(commit.until(sighting.nanos())),
                Narrator.milliseconds(grace)));
    narrator.more(sighting.summary());
  }

  void resolves(ViolationKey key, Commit commit) throws DemoFailure, InterruptedException {
    Sighting sighting = sighted(key, false, commit);
    narrator.resolved(
        "RESOLVED, received %s after the commit"
            .formatted(Narrator.milliseconds(commit.until(sighting.nanos()))));
    narrator.more(sighting.summary());
  }

  private Sighting sighted(ViolationKey key, boolean open, Commit commit)
      throws DemoFailure, InterruptedException {
    expected.add(key);
    Sighting[] found = new Sighting[1];
    boolean seen =
        Waiting.until(
            () -> {
              checkForStrangers();
              for (Sighting each : witness.sightings()) {
                if (each.key().equals(key)
                    && each.open() == open
                    && each.nanos() - commit.nanos() > 0) {
                  found[0] = each;
                  return true;
                }
              }
              return false;
            },
            grace.plus(LATEST));
    if (!seen) {
      throw DemoFailure.of(
          "crossfk did not tell within %d s that %s is %s"
              .formatted(grace.plus(LATEST).toSeconds(), key, open ? "broken" : "whole again"));
    }
    return found[0];
  }

  /** Whether this key was broken for longer than grace, so that telling of it is right. */
  boolean tookLongerThanGrace(ViolationKey key, Commit broken) {
    boolean late = broken.until(System.nanoTime()).compareTo(grace) > 0;
    if (late) {
      expected.add(key);
    }
    return late;
  }

  /** A record about a key that is whole, or was for a moment broken within grace: a false alarm. */
  void checkForStrangers() throws DemoFailure {
    crossfk.listener();
    List<Sighting> strangers =
        witness.sightings().stream()
            .filter(each -> !expected.contains(each.key()))
            .filter(each -> load == null || !load.excuses(each.key()))
            .toList();
    if (!strangers.isEmpty()) {
      throw DemoFailure.of("a false alarm: " + strangers.getFirst().summary());
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections.values()) {
      connection.close();
    }
  }
}
