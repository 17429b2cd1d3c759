package io.crossfk.listener.check;

import io.crossfk.rules.change.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The only edge that runs back: a slot moves to the smallest position that is durable in every
 * judge of its database (I5), and never before all of them have one.
 *
 * <p>Thread-safe.
 */
final class DurablePositions {
  private final Set<String> judges;
  private final Map<String, Position> durable = new HashMap<>();
  private Consumer<Position> acknowledge = position -> {};
  private Position acknowledged = Position.ZERO;
  private long epoch;

  /**
   * @param judges all that the database's changes go to
   */
  DurablePositions(Set<String> judges) {
    this.judges = Set.copyOf(judges);
  }

  /** A source takes over, from here on. */
  synchronized void sourceStarts(Consumer<Position> source) {
    acknowledge = source;
  }

  /**
   * The stream has a gap, and the judges are told in the same order: positions of cuts that were
   * taken before they knew may belong to another history, and are ignored.
   */
  synchronized void gap() {
    durable.clear();
    acknowledged = Position.ZERO;
    epoch++;
  }

  /** A cut of the judge is durable. */
  synchronized void durable(String judge, Position position, long cutEpoch) {
    if (cutEpoch != epoch) {
      return;
    }
    durable.merge(judge, position, Position::larger);
    if (durable.size() < judges.size()) {
      return;
    }
    Position smallest = null;
    for (Position each : durable.values()) {
      smallest = smallest == null ? each : Position.smaller(smallest, each);
    }
    if (smallest != null && smallest.isAfter(acknowledged)) {
      acknowledged = smallest;
      acknowledge.accept(smallest);
    }
  }

  synchronized Position acknowledged() {
    return acknowledged;
  }
}
