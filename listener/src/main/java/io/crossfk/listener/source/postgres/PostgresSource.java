package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.ChangeSink;
import io.crossfk.listener.source.ChangeSource;
import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.SourceStatus;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database's changes by logical replication and pgoutput.
 *
 * <p>One platform thread connects, reads, decodes and delivers. After each loss of the connection
 * the stream begins again at the acknowledged position (I5), not at the delivered one: then what
 * the server may forget and what is read again is decided by one number.
 */
public final class PostgresSource implements ChangeSource {
  private static final Logger LOGGER = LoggerFactory.getLogger(PostgresSource.class);

  /** PostgreSQL's ERRCODE_UNDEFINED_OBJECT. */
  private static final String UNDEFINED_OBJECT = "42704";

  /** A second instance takes over soon after the first has gone. */
  private static final Duration SLOT_RETRY = Duration.ofSeconds(1);

  /** A connection that lived that long was a good one. */
  private static final long STABLE = Duration.ofSeconds(5).toNanos();

  private final PostgresSourceSettings settings;
  private final ChangeSink sink;
  private final SourceLog log;
  private final WatchedTables tables;
  private final BackOff backOff = new BackOff(RandomGenerator.getDefault());
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread;

  /** Counted down by the first connection that is attempted after it was set. */
  private volatile @Nullable CountDownLatch renewal;

  private volatile @Nullable ReplicationConnection current;

  // Of the source's thread.
  private Optional<SourceIdentity> expected;
  private @Nullable String outage;
  private long outageSince;

  public PostgresSource(PostgresSourceSettings settings, ChangeSink sink) {
    this.settings = settings;
    this.sink = sink;
    this.log = new SourceLog(settings.address().database(), settings.startAt());
    this.expected = settings.expected();
    this.tables =
        new WatchedTables(
            settings.tables(),
            (table, message) -> {
              LOGGER
                  .atWarn()
                  .addKeyValue("database", settings.address().database())
                  .addKeyValue("table", table.qualifiedName())
                  .log("A watched table is unfit for its rules: {}", message);
              sink.unfit(table, message);
            });
    tables.known(settings.oids());
    this.thread =
        Thread.ofPlatform()
            .name("source-" + settings.address().database())
            .daemon(true)
            .unstarted(this::run);
  }

  @Override
  public synchronized void start() {
    if (log.state() != SourceStatus.State.NEW || ended()) {
      throw new IllegalStateException(
          "the source of " + settings.address().database() + " is " + log.state());
    }
    log.become(SourceStatus.State.CONNECTING);
    thread.start();
  }

  @Override
  public void acknowledge(Position durable) {
    log.acknowledge(durable);
  }

  @Override
  public boolean renew(Map<Long, TableReference> oids, Duration patience)
      throws InterruptedException {
    tables.known(oids);
    CountDownLatch connected = new CountDownLatch(1);
    renewal = connected;
    return connected.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public SourceStatus status() {
    return log.status();
  }

  @Override
  public void close() {
    ending.countDown();
    if (Thread.currentThread() == thread) {
      return; // called by the sink: the thread ends when the sink returns
    }
    boolean interrupted = false;
    try {
      if (!thread.join(Duration.ofMillis(300))) {
        // In the sink, or in a read or a write that the server does not answer.
        thread.interrupt();
        ReplicationConnection stuck = current;
        if (stuck != null) {
          cut(stuck);
        }
        thread.join(Duration.ofMillis(600));
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (IllegalThreadStateException neverStarted) {
      log.become(SourceStatus.State.CLOSED);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void cut(ReplicationConnection connection) {
    try {
      connection.cut();
    } catch (SQLException e) {
      LOGGER
          .atDebug()
          .addKeyValue("database", settings.address().database())
          .setCause(e)
          .log("Cutting the connection failed");
    }
  }

  private boolean ended() {
    return ending.getCount() == 0;
  }

  private void run() {
    try {
      boolean again = true;
      while (again && !ended()) {
        again = attempt();
      }
      if (again) {
        log.become(SourceStatus.State.CLOSED);
      }
    } catch (InterruptedException e) {
      log.become(SourceStatus.State.CLOSED);
      Thread.currentThread().interrupt();
    } catch (RuntimeException fault) {
      log.become(SourceStatus.State.FAILED);
      LOGGER
          .atError()
          .addKeyValue("database", settings.address().database())
          .addKeyValue("position", log.received())
          .setCause(fault)
          .log("The source failed");
      sink.failed(fault);
    }
  }

  /** One connection, from the attempt to its end. False if there shall be no other. */
  private boolean attempt() throws InterruptedException {
    Position from = log.acknowledged();
    CountDownLatch asked = renewal;
    ReplicationConnection.Opening opening;
    try {
      opening = ReplicationConnection.open(settings, from, expected);
    } catch (SQLException e) {
      if (!ended()) {
        lost(e);
        pause(backOff.next(settings.limits().retryAtMost()));
      }
      return true;
    }
    return switch (opening) {
      case ReplicationConnection.Opening.Impossible impossible -> {
        ended(impossible.gap());
        yield false;
      }
      case ReplicationConnection.Opening.InUse inUse -> {
        waitForSlot(inUse);
        yield true;
      }
      case ReplicationConnection.Opening.Streaming streaming ->
          stream(streaming.connection(), from, asked);
    };
  }

  private boolean stream(
      ReplicationConnection connection, Position from, @Nullable CountDownLatch asked)
      throws InterruptedException {
    long since = System.nanoTime();
    current = connection;
    try (connection) {
      expected = Optional.of(connection.identity());
      log.connected(connection.identity(), from);
      connected(connection.identity(), from);
      sink.streamStarted(connection.identity(), from);
      if (asked != null) {
        if (asked.equals(renewal)) {
          renewal = null;
        }
        asked.countDown();
      }
      StreamPump pump =
          new StreamPump(
              connection,
              new PgOutputDecoder(tables),
              sink,
              log,
              settings.limits(),
              new ShutdownWatch(settings.address()),
              from,
              () -> ended() || renewal != null);
      pump.run();
      pump.finish();
      return true;
    } catch (SQLException | IOException | MalformedMessageException e) {
      if (ended()) {
        return true;
      }
      if (e instanceof SQLException refused && UNDEFINED_OBJECT.equals(refused.getSQLState())) {
        // The slot was there and in use, so this is the publication, looked for in the past.
        ended(new Gap.PublicationMissing(settings.publication(), settings.slot()));
        return false;
      }
      if (System.nanoTime() - since > STABLE) {
        backOff.reset();
      }
      lost(e);
      pause(backOff.next(settings.limits().retryAtMost()));
      return true;
    } finally {
      current = null;
    }
  }

  private void connected(SourceIdentity identity, Position from) {
    LOGGER
        .atInfo()
        .addKeyValue("database", settings.address().database())
        .addKeyValue("position", from)
        .addKeyValue("slot", settings.slot())
        .addKeyValue("server", identity.version())
        .addKeyValue("systemIdentifier", identity.systemIdentifier())
        .addKeyValue("timeline", identity.timeline())
        .addKeyValue(
            "outageSeconds",
            outage == null ? 0 : TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - outageSince))
        .log(outage == null ? "Streaming" : "Streaming again");
    outage = null;
  }

  /** Logged once for an outage, and again if its reason becomes another one. */
  private void lost(Exception cause) {
    String reason = oneLine(cause);
    log.disconnected(reason);
    boolean first = outage == null;
    boolean said = reason.equals(outage);
    if (first) {
      outageSince = System.nanoTime();
    }
    outage = reason;
    (said ? LOGGER.atDebug() : LOGGER.atWarn())
        .addKeyValue("database", settings.address().database())
        .addKeyValue("position", log.acknowledged())
        .addKeyValue("slot", settings.slot())
        .log(
            first
                ? "The stream is lost and will be tried again: {}"
                : "The stream is still lost: {}",
            reason);
    if (first) {
      sink.streamLost(reason);
    }
  }

  private void waitForSlot(ReplicationConnection.Opening.InUse inUse) throws InterruptedException {
    if (log.state() != SourceStatus.State.WAITING_FOR_SLOT) {
      LOGGER
          .atInfo()
          .addKeyValue("database", settings.address().database())
          .addKeyValue("slot", settings.slot())
          .addKeyValue("by", inUse.by())
          .log("Another reader has the slot; waiting for it");
      backOff.reset();
    }
    log.become(SourceStatus.State.WAITING_FOR_SLOT);
    pause(backOff.next(SLOT_RETRY));
  }

  private void ended(Gap gap) {
    log.disconnected(gap.message());
    log.become(SourceStatus.State.GAP);
    LOGGER
        .atError()
        .addKeyValue("database", settings.address().database())
        .addKeyValue("position", log.acknowledged())
        .addKeyValue("slot", settings.slot())
        .log("The stream cannot go on from where it stood: {}", gap.message());
    sink.gap(gap);
  }

  private void pause(Duration pause) throws InterruptedException {
    boolean closing = ending.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    if (!closing && log.state() == SourceStatus.State.DISCONNECTED) {
      log.become(SourceStatus.State.CONNECTING);
    }
  }

  private static String oneLine(Exception cause) {
    StringBuilder line = new StringBuilder(String.valueOf(cause.getMessage()));
    Throwable root = cause.getCause();
    if (root != null && root.getMessage() != null && line.indexOf(root.getMessage()) < 0) {
      line.append(" (").append(root.getMessage()).append(')');
    }
    return line.toString().replaceAll("\\s*\\R\\s*", "; ");
  }
}
