package io.crossfk.listener.lookup.postgres;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who may use which database now: connections counted, and databases that are down. A batch gets
 * all that it needs at once or nothing, so that two batches never wait for each other. Guarded by
 * the scheduler's lock.
 */
final class Capacity {
  private final Map<String, Integer> total = new HashMap<>();
  private final Map<String, Integer> free = new HashMap<>();
  private final Map<String, String> down = new HashMap<>();
  private final Map<Set<String>, Integer> pairs = new HashMap<>();

  Capacity(List<PostgresDatabase> databases) {
    for (PostgresDatabase database : databases) {
      total.put(database.name(), database.connections());
      free.put(database.name(), database.connections());
    }
  }

  /** One look at what is free, in the order in which lanes have waited. */
  final class Round {
    /** Databases of which one connection is kept for a batch that needs another database too. */
    private final Set<String> kept = new TreeSet<>();

    boolean take(List<String> databases) {
      Set<String> needed = Set.copyOf(databases);
      boolean two = needed.size() > 1;
      if (two && pairs.getOrDefault(needed, 0) >= pairLimit(needed)) {
        return false;
      }
      boolean enough = true;
      for (String database : needed) {
        enough &= free(database) - (kept.contains(database) ? 1 : 0) > 0;
      }
      if (!enough) {
        if (two) {
          // Else the lanes of one database could always be faster.
          kept.addAll(needed);
        }
        return false;
      }
      needed.forEach(database -> free.merge(database, -1, Integer::sum));
      if (two) {
        pairs.merge(needed, 1, Integer::sum);
      }
      return true;
    }
  }

  void giveBack(List<String> databases) {
    Set<String> needed = Set.copyOf(databases);
    needed.forEach(database -> free.merge(database, 1, Integer::sum));
    if (needed.size() > 1) {
      pairs.merge(needed, -1, Integer::sum);
    }
  }

  /**
   * A database that hangs, and is not known to be down yet, holds the connections of batches that
   * need it: never all those of another database.
   */
  private int pairLimit(Set<String> databases) {
    int least = databases.stream().mapToInt(name -> total.getOrDefault(name, 0)).min().orElse(0);
    return Math.max(1, least / 2);
  }

  private int free(String database) {
    return free.getOrDefault(database, 0);
  }

  boolean knows(String database) {
    return total.containsKey(database);
  }

  /** The first of these databases that is down. */
  Optional<String> firstDown(List<String> databases) {
    return databases.stream().filter(down::containsKey).findFirst();
  }

  /** Why a database is down. */
  String reason(String database) {
    @Nullable String reason = down.get(database);
    return reason == null ? "it is up" : reason;
  }

  /** False if it was known to be down. */
  boolean isDown(String database, String reason) {
    return down.put(database, reason) == null;
  }

  void isUp(String database) {
    down.remove(database);
  }
}
