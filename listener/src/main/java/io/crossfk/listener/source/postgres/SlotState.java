package io.crossfk.listener.source.postgres;

import io.crossfk.rules.change.Position;

/** The replication slot as set-up found or made it. */
public sealed interface SlotState {

  String name();

  /**
   * Made just now.
   *
   * @param consistentPoint where its stream begins; every transaction that was open when the tables
   *     were published has ended there (section 5, fact 12)
   */
  record Created(String name, Position consistentPoint) implements SlotState {}

  /**
   * It was there.
   *
   * @param confirmedFlush where its stream would go on by itself; zero if the slot is invalidated
   * @param restart the oldest log that the server keeps for it; zero if it keeps none
   * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
   * @param active whether somebody reads from it: another instance
   */
  record Existing(
      String name, Position confirmedFlush, Position restart, String walStatus, boolean active)
      implements SlotState {

    /** Its log is gone: reading from it would fail. */
    public boolean lost() {
      return walStatus.equals("lost");
    }
  }
}
