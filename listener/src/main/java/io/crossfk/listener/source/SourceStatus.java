package io.crossfk.listener.source;

import io.crossfk.rules.change.Position;
import java.time.Instant;
import java.util.Optional;

/**
 * A source at one moment, for metrics and for people.
 *
 * @param received the last position delivered to the sink
 * @param serverPosition how far the server says it has read its log; never before {@code received}
 * @param acknowledged the last position that was acknowledged by our side
 * @param bytesReceived payload bytes since start, all connections
 * @param lastMessageAt when the server was last heard of; empty before the first time
 * @param waitingForRoom whether the sink is full and reading is paused
 * @param lastError why the last connection ended, if one did
 */
public record SourceStatus(
    State state,
    Optional<SourceIdentity> identity,
    Optional<Instant> connectedSince,
    Position received,
    Position serverPosition,
    Position acknowledged,
    long bytesReceived,
    long changesDelivered,
    Optional<Instant> lastMessageAt,
    boolean waitingForRoom,
    long connections,
    Optional<String> lastError) {

  /** What a source is doing. */
  public enum State {
    NEW,
    CONNECTING,
    STREAMING,
    /** Another reader has the slot: a second instance of crossfk waits like this. */
    WAITING_FOR_SLOT,
    DISCONNECTED,
    /** Ended: changes are missing. */
    GAP,
    /** Ended: a fault of crossfk itself. */
    FAILED,
    CLOSED
  }
}
