package io.crossfk.listener.check;

import io.crossfk.rules.judge.Event;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for one judge. Changes come in one lane per source, each bounded in bytes; answers
 * have a lane of their own that is never blocked by changes: their number is bounded by the
 * questions.
 *
 * <p>Thread-safe: many put, the judge's thread takes.
 */
final class Mailbox {
  private record Letter(List<Event> events, long bytes) {}

  private static final class Lane {
    final ArrayDeque<Letter> letters = new ArrayDeque<>();
    long bytes;
  }

  private final long laneBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition something = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private List<Event> answers = new ArrayList<>();
  private boolean woken;

  /**
   * @param laneBytes wire bytes of changes that one lane holds before its source must wait; a
   *     single batch may be larger
   */
  Mailbox(long laneBytes) {
    this.laneBytes = laneBytes;
  }

  /**
   * Puts changes into a lane, once there is room.
   *
   * @return false if there was no room in time
   */
  boolean offer(String laneName, List<Event> events, long bytes, Duration patience)
      throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      Lane lane = lane(laneName);
      while (lane.bytes > 0 && lane.bytes + bytes > laneBytes) {
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      put(lane, events, bytes);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Puts what must not wait for room, in order with the lane's changes. */
  void force(String laneName, Event event) {
    lock.lock();
    try {
      put(lane(laneName), List.of(event), 0);
    } finally {
      lock.unlock();
    }
  }

  private Lane lane(String name) {
    return lanes.computeIfAbsent(name, absent -> new Lane());
  }

  private void put(Lane lane, List<Event> events, long bytes) {
    lane.letters.add(new Letter(events, bytes));
    lane.bytes += bytes;
    something.signal();
  }

  /** Puts answers, and whatever else must not wait behind changes. */
  void answer(List<? extends Event> events) {
    lock.lock();
    try {
      answers.addAll(events);
      something.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Makes a waiting {@link #take} return. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      something.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the answers, and one letter of each lane if changes are wanted; waits for either.
   *
   * @param nanos how long to wait for something, at most
   * @return events in order, empty if nothing came
   */
  List<Event> take(boolean changesWanted, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (answers.isEmpty() && !woken && !(changesWanted && hasChanges())) {
        if (left <= 0) {
          return List.of();
        }
        left = something.awaitNanos(left);
      }
      woken = false;
      List<Event> taken = answers;
      answers = new ArrayList<>();
      if (changesWanted) {
        for (Lane lane : lanes.values()) {
          Letter letter = lane.letters.poll();
          if (letter != null) {
            lane.bytes -= letter.bytes;
            taken.addAll(letter.events);
          }
        }
        room.signalAll();
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasChanges() {
    for (Lane lane : lanes.values()) {
      if (!lane.letters.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Bytes of changes that wait, over all lanes. */
  long bytes() {
    lock.lock();
    try {
      long sum = 0;
      for (Lane lane : lanes.values()) {
        sum += lane.bytes;
      }
      return sum;
    } finally {
      lock.unlock();
    }
  }
}
