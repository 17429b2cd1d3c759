package io.crossfk.listener.randomwork;

import io.crossfk.listener.endtoend.ListenerProcess;
import io.crossfk.listener.randomwork.FaultPlan.Fault;
import io.crossfk.sandbox.FaultyProxy;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Makes the faults of a plan happen, one after the other, and heals each. Used by one thread. */
final class Faults {
  private static final Duration DROPPING = Duration.ofSeconds(5);
  private static final Duration DELAY_OF_EACH_PIECE = Duration.ofMillis(30);

  private final Installation installation;
  private final Supervisor supervisor;
  private final History history;
  private final FaultPlan plan;
  private final List<History.Crash> crashes = new ArrayList<>();
  private final List<History.Crash> forgetful = new ArrayList<>();
  private int done;

  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  Faults(Installation installation, Supervisor supervisor, History history, FaultPlan plan) {
    this.installation = installation;
    this.supervisor = supervisor;
    this.history = history;
    this.plan = plan;
  }

  int done() {
    return done;
  }

  List<History.Crash> crashes() {
    return List.copyOf(crashes);
  }

  /**
   * Lets fault after fault happen for so long, or longer until there were enough of them; returns
   * when all is healed.
   */
  void happenFor(Duration time, int atLeast) throws Exception {
    long end = history.clock().now() + time.toNanos();
    int enough = done + atLeast;
    Fault fault = plan.next();
    while (done < enough || history.clock().now() + nanos(fault.pauseMillis()) < end) {
      hold(fault.pauseMillis());
      long begin = history.clock().now();
      String where = fault.kind().isOfDatabase() ? " of " + fault.database() : "";
      String how = happen(fault);
      done++;
      history.happened(begin, fault.kind().words(), fault.kind().words() + where + how);
      fault = plan.next();
    }
    hold((end - history.clock().now()) / nanos(1));
  }

  private static long nanos(int millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Nothing happens for so long. */
  void hold(long millis) throws InterruptedException {
    if (new CountDownLatch(1).await(Math.max(0, millis), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("nobody counts it down");
    }
  }

  private String happen(Fault fault) throws Exception {
    String database = fault.database();
    PostgresServer server = installation.server(database);
    FaultyProxy line = installation.line(database);
    FaultyProxy kafkaLine = installation.kafka().proxy();
    switch (fault.kind()) {
      case LISTENER_KILLED -> supervisor.kill();
      case LISTENER_KILLED_WITH_STANDBY -> {
        supervisor.startStandby();
        hold(fault.holdMillis());
        supervisor.kill();
      }
      case LISTENER_TERMINATED -> {
        return ": " + supervisor.terminate();
      }
      case LISTENER_HANGS_WITH_STANDBY -> {
        supervisor.startStandby();
        hold(fault.holdMillis());
        ListenerProcess hanging = supervisor.hang();
        between(fault, () -> {}, hanging::goOn);
      }
      case DATABASE_RESTARTED -> between(fault, server::stop, server::startAgain);
      case DATABASE_STOPPED_IMMEDIATELY -> crash(fault, server::stopImmediately);
      case DATABASE_KILLED -> crash(fault, server::kill);
      case DATABASE_KILLED_WITH_COMMITS_LOST -> forget(fault);
      case DATABASE_HANGS -> between(fault, server::pause, server::resume);
      case DATABASE_LINE_CUT -> line.cut();
      case DATABASE_LINE_SILENT -> between(fault, line::stall, line::resume);
      case DATABASE_LINE_SLOW ->
          between(fault, () -> line.slowDown(DELAY_OF_EACH_PIECE), line::resume);
      case DATABASE_REFUSES_CONNECTIONS -> between(fault, () -> refuse(line), line::resume);
      case WALSENDER_TERMINATED -> terminate(database, "backend_type = 'walsender'");
      case LOOKUPS_TERMINATED -> terminate(database, "backend_type = 'client backend'");
      case SELECT_REVOKED -> refuseTables(fault);
      case LOGIN_REFUSED -> refuseLogin(fault);
      case SLOT_DROPPED -> {
        return dropSlot(database) ? "" : ": it could not be dropped";
      }
      case PARENT_LOCKED -> {
        return ": " + lockParents(fault);
      }
      case KAFKA_RESTARTED ->
          between(fault, installation.kafka()::stop, installation.kafka()::startAgain);
      case KAFKA_KILLED ->
          between(fault, installation.kafka()::kill, installation.kafka()::startAgain);
      case KAFKA_LINE_CUT -> kafkaLine.cut();
      case KAFKA_LINE_SILENT -> between(fault, kafkaLine::stall, kafkaLine::resume);
      case KAFKA_LINE_SLOW ->
          between(fault, () -> kafkaLine.slowDown(DELAY_OF_EACH_PIECE), kafkaLine::resume);
    }
    return "";
  }

  private void between(Fault fault, Step strike, Step heal) throws Exception {
    strike.run();
    try {
      hold(fault.holdMillis());
    } finally {
      heal.run();
    }
  }

  private void crash(Fault fault, Step strike) throws Exception {
    PostgresServer server = installation.server(fault.database());
    long begin = history.clock().now();
    between(fault, strike, server::startAgain);
    crashes.add(new History.Crash(fault.database(), begin, history.clock().now()));
  }

  /** No commit of anybody waits for the disk, and then the server is killed. */
  private void forget(Fault fault) throws Exception {
    PostgresServer server = installation.server(fault.database());
    long begin = history.clock().now();
    server.execute("postgres", "alter system set synchronous_commit = off");
    server.execute("postgres", "select pg_reload_conf()");
    hold(fault.holdMillis());
    crash(fault, server::kill);
    server.execute("postgres", "alter system reset synchronous_commit");
    server.execute("postgres", "select pg_reload_conf()");
    forgetful.add(new History.Crash(fault.database(), begin, history.clock().now()));
  }

  /** Whether the server answered commits at that time that a crash might take back. */
  boolean wasForgetful(String database, long time) {
    return forgetful.stream()
        .anyMatch(
            each -> each.database().equals(database) && each.begin() <= time && time <= each.end());
  }

  private static void refuse(FaultyProxy line) throws IOException {
    line.refuse();
    line.cut();
  }

  private void terminate(String database, String which) throws SQLException {
    installation.sql(
        database,
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '%s' and %s"
            .formatted(Installation.ROLE, which));
  }

  private void refuseTables(Fault fault) throws Exception {
    supervisor.refusalsAreExpected();
    String tables = " select on all tables in schema public ";
    between(
        fault,
        () -> installation.sql(fault.database(), "revoke" + tables + "from " + Installation.ROLE),
        () -> installation.sql(fault.database(), "grant" + tables + "to " + Installation.ROLE));
    supervisor.refusalsAreExpected();
  }

  private void refuseLogin(Fault fault) throws Exception {
    supervisor.refusalsAreExpected();
    between(
        fault,
        () -> {
          installation.sql(fault.database(), "alter role " + Installation.ROLE + " nologin");
          terminate(fault.database(), "true");
        },
        () -> installation.sql(fault.database(), "alter role " + Installation.ROLE + " login"));
    supervisor.refusalsAreExpected();
  }

  /** Its reader comes back at once, so it is sent away until the slot is gone. */
  private boolean dropSlot(String database) {
    try {
      Awaitility.await("the slot is dropped")
          .atMost(DROPPING)
          .pollInterval(Duration.ofMillis(2))
          .ignoreExceptions()
          .until(
              () -> {
                installation.sql(
                    database,
                    "select pg_terminate_backend(active_pid, 1000) from pg_replication_slots where"
                        + " active");
                return !installation
                    .stage()
                    .row(
                        database,
                        "select count(pg_drop_replication_slot(slot_name))::text from"
                            + " pg_replication_slots")
                    .getFirst()
                    .equals("0");
              });
      return true;
    } catch (ConditionTimeoutException stillThere) {
      return false;
    }
  }

  /** Look-ups of these parents wait, longer than they are given. */
  private String lockParents(Fault fault) throws Exception {
    List<String> parents = new ArrayList<>();
    for (WorkRule rule : WorkRule.values()) {
      String name = rule.parent().sqlName();
      if (rule.parent().database().equals(fault.database()) && !parents.contains(name)) {
        parents.add(name);
      }
    }
    try (Connection connection = installation.connect(fault.database());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set local lock_timeout = '5s'");
      statement.execute("lock table " + String.join(", ", parents) + " in access exclusive mode");
      hold(fault.holdMillis());
      connection.rollback();
      return "all parents";
    } catch (SQLException notGranted) {
      return "not granted: " + notGranted.getMessage();
    }
  }
}
