package io.crossfk.listener.feed;

import java.util.List;

/**
 * What one step adds to the feed and to the journal, in one transaction.
 *
 * @param events records for readers, in order
 * @param written entries that are new or replace one of their key
 * @param deleted keys of entries that are no more
 */
record JournalChange(List<Event> events, List<JournalEntry> written, List<String> deleted) {
  JournalChange {
    events = List.copyOf(events);
    written = List.copyOf(written);
    deleted = List.copyOf(deleted);
  }

  boolean isEmpty() {
    return events.isEmpty() && written.isEmpty() && deleted.isEmpty();
  }
}
