package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.SourceStatus;
import io.crossfk.rules.change.Position;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a source knows of itself: written by its thread, read by any. Positions that several threads
 * write are guarded by this object; they only grow.
 */
final class SourceLog {
  private final String database;
  private volatile SourceStatus.State state = SourceStatus.State.NEW;
  private volatile @Nullable SourceIdentity identity;
  private volatile @Nullable Instant connectedSince;
  private volatile Position received;
  private volatile Position serverPosition;
  private volatile long bytes;
  private volatile long changes;
  private volatile @Nullable Instant lastMessageAt;
  private volatile boolean waitingForRoom;
  private volatile long connections;
  private volatile @Nullable String lastError;

  private volatile Position acknowledged; // written under this object's lock
  private volatile Position delivered; // written under this object's lock

  SourceLog(String database, Position startAt) {
    this.database = database;
    this.received = startAt;
    this.serverPosition = startAt;
    this.acknowledged = startAt;
    this.delivered = startAt;
  }

  /** I5: monotonic, and never beyond what was given to the sink. */
  synchronized void acknowledge(Position durable) {
    if (durable.isAfter(delivered)) {
      throw new IllegalArgumentException(
          database
              + ": position "
              + durable
              + " is acknowledged and nothing beyond "
              + delivered
              + " was delivered");
    }
    acknowledged = Position.larger(acknowledged, durable);
  }

  Position acknowledged() {
    return acknowledged;
  }

  /** Called before the sink has it, for the sink may acknowledge at once. */
  synchronized void delivering(Position end) {
    delivered = Position.larger(delivered, end);
    received = end;
  }

  Position received() {
    return received;
  }

  Position serverPosition() {
    return serverPosition;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the source's thread
  void delivered(int count) {
    changes += count;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the source's thread
  void read(Position position, long moreBytes) {
    serverPosition = Position.larger(serverPosition, position);
    bytes += moreBytes;
  }

  void heardOfServer(Instant at) {
    lastMessageAt = at;
  }

  void become(SourceStatus.State next) {
    state = next;
  }

  SourceStatus.State state() {
    return state;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the source's thread
  void connected(SourceIdentity as, Position from) {
    identity = as;
    connectedSince = Instant.now();
    received = from;
    connections++;
    state = SourceStatus.State.STREAMING;
  }

  void disconnected(String reason) {
    connectedSince = null;
    lastError = reason;
    state = SourceStatus.State.DISCONNECTED;
  }

  void waitingForRoom(boolean waiting) {
    waitingForRoom = waiting;
  }

  SourceStatus status() {
    Position receivedNow = received;
    return new SourceStatus(
        state,
        Optional.ofNullable(identity),
        Optional.ofNullable(connectedSince),
        receivedNow,
        Position.larger(serverPosition, receivedNow),
        acknowledged,
        bytes,
        changes,
        Optional.ofNullable(lastMessageAt),
        waitingForRoom,
        connections,
        Optional.ofNullable(lastError));
  }
}
