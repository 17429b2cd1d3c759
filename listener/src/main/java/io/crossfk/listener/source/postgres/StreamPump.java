package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.ChangeSink;
import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.ChangeBatch;
import io.crossfk.rules.change.Position;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves what one connection brings to the sink, in batches of what is there: under load they are
 * large, else a change goes at once. Nothing else is held (section 5, fact 4). Used by the source's
 * thread only.
 */
final class StreamPump {
  /** How long an idle stream goes without looking at acknowledgements and at the request to end. */
  private static final Duration IDLE = Duration.ofMillis(50);

  private static final Duration PATIENCE = Duration.ofMillis(100);
  private static final long ACKNOWLEDGE_EVERY = Duration.ofMillis(100).toNanos();

  /** Messages after which a busy stream does its chores too; a power of two. */
  private static final int CHORES_EVERY = 1024;

  private final ReplicationConnection connection;
  private final PgOutputDecoder decoder;
  private final ChangeSink sink;
  private final SourceLog log;
  private final StreamLimits limits;
  private final ShutdownWatch shutdown;
  private final BooleanSupplier ended;

  private List<Change> batch = new ArrayList<>();
  private long batchBytes;
  private Position batchEnd;

  /** The Begin of a transaction that has shown nothing of the watched tables yet. */
  private Change.@Nullable Begin begun;

  private boolean insideTransaction;

  /** The end of the last transaction that showed nothing of the watched tables. */
  private Position passed;

  private Position sent;
  private long sentAt = System.nanoTime();
  private long progressAt = System.nanoTime();
  private long bytes;
  private int messages;

  /**
   * @param from where the connection's stream began
   * @param ended whether the source is to end
   */
  StreamPump(
      ReplicationConnection connection,
      PgOutputDecoder decoder,
      ChangeSink sink,
      SourceLog log,
      StreamLimits limits,
      ShutdownWatch shutdown,
      Position from,
      BooleanSupplier ended) {
    this.connection = connection;
    this.decoder = decoder;
    this.sink = sink;
    this.log = log;
    this.limits = limits;
    this.shutdown = shutdown;
    this.ended = ended;
    this.batchEnd = from;
    this.passed = from;
    this.sent = from;
  }

  /** Runs until the source is to end, or the connection does. */
  void run() throws SQLException, IOException, InterruptedException {
    while (!ended.getAsBoolean()) {
      ByteBuffer message = connection.readPending();
      if (message != null) {
        take(message);
        if (batch.size() >= limits.batchChanges() || batchBytes >= limits.batchBytes()) {
          deliver();
        }
        messages++;
        if ((messages & (CHORES_EVERY - 1)) == 0) {
          doChores();
        }
      } else if (!batch.isEmpty()) {
        deliver();
      } else {
        doChores();
        connection.await(IDLE);
      }
    }
  }

  /** Sends the last acknowledgement, for the next reader to start there. */
  void finish() throws SQLException {
    acknowledge();
  }

  private void take(ByteBuffer message) {
    int size = message.remaining();
    bytes += size;
    Change change;
    try {
      change = decoder.decode(message);
    } catch (MalformedMessageException e) {
      throw new MalformedMessageException(
          e.getMessage() + "; in the stream at " + connection.lastReceived());
    }
    switch (change) {
      case null -> {}
      case Change.Begin begin -> {
        begun = begin;
        insideTransaction = true;
        batchBytes += size;
      }
      case Change.Commit commit -> {
        insideTransaction = false;
        if (begun == null) {
          add(commit, size);
          batchEnd = commit.end();
        } else {
          // PostgreSQL 14 sends every transaction of the database, those of other tables empty.
          begun = null;
          passed = commit.end();
          batchBytes = batch.isEmpty() ? 0 : batchBytes;
        }
      }
      default -> {
        if (begun != null) {
          batch.add(begun);
          begun = null;
        }
        add(change, size);
      }
    }
  }

  private void add(Change change, int size) {
    batch.add(change);
    batchBytes += size;
  }

  /**
   * Offers the batch until there is room; meanwhile the server hears from us and nothing is read.
   */
  private void deliver() throws SQLException, InterruptedException {
    ChangeBatch full = new ChangeBatch(batch, batchBytes);
    log.read(connection.lastReceived(), bytes);
    log.delivering(batchEnd);
    bytes = 0;
    batch = new ArrayList<>(Math.min(limits.batchChanges(), full.changes().size() * 2));
    batchBytes = 0;
    boolean waited = false;
    while (!sink.offer(full, PATIENCE)) {
      if (ended.getAsBoolean()) {
        return;
      }
      waited = true;
      log.waitingForRoom(true);
      acknowledgeIfDue();
      connection.sendStatusIfDue();
      shutdown.look(connection.lastReceived(), sent);
    }
    if (waited) {
      log.waitingForRoom(false);
      connection.listenAgain();
    }
    log.delivered(full.changes().size());
    acknowledgeIfDue();
  }

  private void doChores() throws SQLException, InterruptedException {
    Position heard = connection.lastReceived();
    if (bytes > 0 || heard.isAfter(log.serverPosition())) {
      log.read(heard, bytes);
      bytes = 0;
    }
    connection.silence().ifPresent(silence -> log.heardOfServer(Instant.now().minus(silence)));
    if (!insideTransaction && batch.isEmpty()) {
      progress(heard);
    }
    acknowledgeIfDue();
    connection.sendStatusIfDue();
    shutdown.look(heard, sent);
  }

  /**
   * Between transactions, all that committed before the server's position has been delivered: an
   * idle database beside a busy one gets its slot moved by it (section 5, fact 1).
   */
  private void progress(Position heard) throws SQLException, InterruptedException {
    Position position = Position.larger(heard, passed);
    long now = System.nanoTime();
    if (position.isAfter(batchEnd) && now - progressAt >= limits.progress().toNanos()) {
      progressAt = now;
      batchEnd = position;
      batch.add(new Change.Progress(position));
      deliver();
    }
  }

  private void acknowledgeIfDue() throws SQLException {
    if (System.nanoTime() - sentAt >= ACKNOWLEDGE_EVERY) {
      acknowledge();
    }
  }

  private void acknowledge() throws SQLException {
    Position durable = log.acknowledged();
    if (durable.isAfter(sent)) {
      connection.acknowledge(durable);
      sent = durable;
      sentAt = System.nanoTime();
    }
  }
}
