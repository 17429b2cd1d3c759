package io.crossfk.rules.judge;

import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/**
 * Moments at which a key must be looked at again. A timer that is out of date is not removed: who
 * takes it checks whether its reason still stands.
 */
final class Timers {
  /** Why a timer was set. */
  enum Reason {
    GRACE_ENDS,
    ASK,
    FORGET
  }

  private record Timer(long dueNanos, long order, KeyCase keyCase, Reason reason) {}

  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          (one, other) -> {
            // Differences, since a monotonic clock may wrap.
            int byTime = Long.signum(one.dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(one.order, other.order);
          });
  private long order;

  void at(long dueNanos, KeyCase keyCase, Reason reason) {
    timers.add(new Timer(dueNanos, order++, keyCase, reason));
  }

  void fire(long nowNanos, BiConsumer<KeyCase, Reason> due) {
    for (Timer head = timers.peek();
        head != null && head.dueNanos - nowNanos <= 0;
        head = timers.peek()) {
      timers.remove();
      due.accept(head.keyCase, head.reason);
    }
  }

  /** Nanoseconds until the next one, {@link Long#MAX_VALUE} if there is none. */
  long untilDue(long nowNanos) {
    Timer head = timers.peek();
    return head == null ? Long.MAX_VALUE : Math.max(0, head.dueNanos - nowNanos);
  }
}
