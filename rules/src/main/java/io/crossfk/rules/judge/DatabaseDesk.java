package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import java.time.Instant;
import java.util.Optional;

/** What a judge knows of one database's stream: how far it is, and what is not visible yet. */
final class DatabaseDesk {
  final String name;
  final Visibility visibility;

  /** Up to where everything was judged; the end of the last whole transaction, or a keep-alive. */
  Position judged;

  /** Whether there is such a position: the journal's, or one that the stream told. */
  boolean known;

  private boolean skipping;

  /** Whether the catalogue was read since the stream's start, and the end of its log then. */
  private boolean catalogueRead;

  private Position cachesFrom = Position.ZERO;
  private boolean caches = true;
  private Optional<TransactionId> transaction = Optional.empty();
  private Optional<Instant> committedAt = Optional.empty();
  private Position current = Position.ZERO;

  /** When a bare snapshot may be asked for next, and whether one is out. */
  long visibilityDue;

  long visibilityQuestion = -1;

  DatabaseDesk(String name, Optional<Position> remembered, Visibility.InFlight inFlight) {
    this.name = name;
    this.visibility = new Visibility(inFlight);
    this.judged = remembered.orElse(Position.ZERO);
    this.known = remembered.isPresent();
  }

  void begin(TransactionId begun, Position finalPosition, Instant time) {
    // I5: the slot is at the smallest position of all judges; what lies before ours was judged.
    skipping = finalPosition.isBefore(judged);
    if (!skipping) {
      visibility.begun(begun, finalPosition, judged);
      transaction = Optional.of(begun);
      committedAt = Optional.of(time);
      caches = !finalPosition.isBefore(cachesFrom);
      current = finalPosition;
    }
  }

  /**
   * I2: whether an arrival of this transaction may be cached. Not if it is older than a change that
   * no event tells: its row may have gone with that.
   */
  boolean caches() {
    return caches;
  }

  /** The first reading since the stream's start speaks of all that happened before it. */
  void catalogueRead(Position logEnd) {
    if (!catalogueRead) {
      catalogueRead = true;
      cachesFrom = Position.ZERO; // It may be of another history.
      cachesFrom(logEnd);
    }
  }

  /** Something changed unseen before this position. */
  void cachesFrom(Position position) {
    cachesFrom = Position.larger(cachesFrom, position);
    caches = transaction.isEmpty() || !current.isBefore(cachesFrom);
  }

  /** The last place of the log that was heard of. */
  Position heard() {
    return Position.larger(judged, current);
  }

  boolean skips() {
    return skipping;
  }

  void commit(Position end) {
    progress(end);
    leaveTransaction();
  }

  void progress(Position position) {
    judged = Position.larger(judged, position);
    known = true;
  }

  /** After a gap positions may belong to another history, and the past may never be visible. */
  void lost() {
    leaveTransaction();
    visibility.clear();
    judged = Position.ZERO;
    known = false;
    // Until the catalogue is read again cachesFrom stays: the stream may go on in the same log.
    catalogueRead = false;
    current = Position.ZERO;
  }

  void leaveTransaction() {
    skipping = false;
    transaction = Optional.empty();
    committedAt = Optional.empty();
  }

  Optional<TransactionId> transaction() {
    return transaction;
  }

  Optional<Instant> committedAt() {
    return committedAt;
  }

  /**
   * Whether a standby at this position has replayed all that was judged, in earlier runs too: what
   * it still shows may otherwise have been removed by a transaction that will not come again.
   */
  boolean isReplayed(Position replayed) {
    return known && !replayed.isBefore(judged);
  }

  /** How far a cut may say this stream is judged (I5: never past what no snapshot has seen). */
  Position cutPosition() {
    return visibility.ceiling().map(ceiling -> Position.smaller(ceiling, judged)).orElse(judged);
  }
}
