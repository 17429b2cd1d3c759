package io.crossfk.listener.randomwork;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A snapshot as {@code pg_current_snapshot()} writes it, read here for itself: the checker shares
 * no code with what it checks.
 */
record SeenBy(long end, Set<Long> running) {
  SeenBy {
    running = Set.copyOf(running);
  }

  static SeenBy parse(String text) {
    String[] parts = text.split(":", -1);
    Set<Long> running =
        parts[2].isEmpty()
            ? Set.of()
            : Arrays.stream(parts[2].split(",", -1)).map(Long::valueOf).collect(Collectors.toSet());
    return new SeenBy(Long.parseLong(parts[1]), running);
  }

  boolean sees(long xid) {
    return xid < end && !running.contains(xid);
  }
}
