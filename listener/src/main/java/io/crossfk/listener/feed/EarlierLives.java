package io.crossfk.listener.feed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Violations that outlived their rule in the feed: they are resolved, no judge knows them, and a
 * tombstone is owed. If the rule comes back and the key breaks again before that, the tombstone is
 * cancelled, and events go on counting where the earlier life ended. Any thread may use it.
 */
final class EarlierLives {
  private final Map<String, JournalEntry.Retired> owed = new ConcurrentHashMap<>();
  private final Map<String, Integer> events = new ConcurrentHashMap<>();

  EarlierLives(Journal journal) {
    owe(journal.entriesOf(JournalEntry.Retired.class));
    journal.entriesOf(JournalEntry.Remembered.class).stream()
        .filter(entry -> entry.before() > 0)
        .forEach(entry -> events.put(entry.violation().id(), entry.before()));
  }

  void owe(Collection<JournalEntry.Retired> retired) {
    retired.forEach(entry -> owed.put(entry.id(), entry));
  }

  /** Takes note that the violation lives; true if this cancels an owed tombstone. */
  boolean cancelTombstone(String id) {
    JournalEntry.Retired cancelled = owed.remove(id);
    if (cancelled == null) {
      return false;
    }
    events.put(id, cancelled.transition());
    return true;
  }

  /** How many events the violation had before its judge began to count. */
  int eventsOf(String id) {
    return events.getOrDefault(id, 0);
  }

  /** The violation's own tombstone is written: a later life is a new one. */
  void forget(String id) {
    events.remove(id);
  }

  /** Tombstones that are due; each is given out once. */
  List<JournalEntry.Retired> takeDue(Instant now) {
    List<JournalEntry.Retired> due = new ArrayList<>();
    for (JournalEntry.Retired entry : List.copyOf(owed.values())) {
      // Removing decides: a thread that cancels this one at the same moment finds it gone, or wins.
      if (!entry.forgetAt().isAfter(now) && owed.remove(entry.id(), entry)) {
        due.add(entry);
      }
    }
    return due;
  }
}
