package io.crossfk.listener.check;

import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one judge hears of one database's stream. A transaction is told to it only if a row of it
 * matters; of the others it learns how far the stream has come.
 *
 * <p>Used by the source's thread only, but for {@link #catalogueRead}.
 */
final class JudgeLane {
  private final String database;
  private final List<BoundRule> rules;
  private final Mailbox mailbox;
  private final IdentityHashMap<Table, Routes> routes = new IdentityHashMap<>();

  private List<Event> events = new ArrayList<>();
  private Change.@Nullable Begin begin;
  private boolean begun;
  private @Nullable Position passed;

  JudgeLane(String database, List<BoundRule> rules, Mailbox mailbox) {
    this.database = database;
    this.rules = rules;
    this.mailbox = mailbox;
  }

  /** Takes one change; what it means waits for {@link #deliver}. */
  void take(Change change) {
    switch (change) {
      case Change.Insert insert -> {
        Routes to = routes(insert.table());
        if (enter(to)) {
          to.insert(insert.row(), events::add);
        }
      }
      case Change.Update update -> {
        Routes to = routes(update.table());
        if (enter(to)) {
          to.update(
              update.before().orElse(null), update.beforeIsWhole(), update.after(), events::add);
        }
      }
      case Change.Delete delete -> {
        Routes to = routes(delete.table());
        if (enter(to)) {
          to.delete(delete.before(), delete.beforeIsWhole(), events::add);
        }
      }
      case Change.Truncate truncate -> {
        for (Table table : truncate.tables()) {
          Routes to = routes(table);
          if (enter(to)) {
            to.truncate(table, events::add);
          }
        }
      }
      case Change.Begin started -> {
        begin = started;
        begun = false;
      }
      case Change.Commit commit -> {
        if (begun) {
          events.add(new Event.Commit(database, commit.end()));
        } else {
          passed = commit.end();
        }
        begin = null;
        begun = false;
      }
      case Change.Progress progress -> passed = progress.position();
    }
  }

  /** A row that matters: its transaction is begun first, and what lay before it is told (I1). */
  private boolean enter(Routes to) {
    if (to.isEmpty()) {
      return false;
    }
    if (!begun) {
      Change.Begin opening = begin;
      if (opening == null) {
        throw new IllegalStateException("a row of " + database + " outside a transaction");
      }
      tellPassed();
      events.add(
          new Event.Begin(
              database, opening.transaction(), opening.finalPosition(), opening.committedAt()));
      begun = true;
    }
    return true;
  }

  private void tellPassed() {
    if (passed != null) {
      events.add(new Event.Progress(database, passed));
      passed = null;
    }
  }

  private Routes routes(Table table) {
    return routes.computeIfAbsent(table, described -> new Routes(described, rules));
  }

  /**
   * Hands over what was taken.
   *
   * @param bytes what the batch took on the wire
   * @return false if the mailbox had no room; call again
   */
  boolean deliver(long bytes, Duration patience) throws InterruptedException {
    if (!begun) {
      tellPassed();
    }
    if (events.isEmpty()) {
      return true;
    }
    if (!mailbox.offer(database, events, bytes, patience)) {
      return false;
    }
    events = new ArrayList<>();
    return true;
  }

  /** The stream starts, or starts again: what was taken of an open transaction comes once more. */
  void restart(Position from) {
    events = new ArrayList<>();
    begin = null;
    begun = false;
    passed = null;
    routes.clear(); // The descriptions of tables come anew.
    mailbox.force(database, new Event.StreamRestarted(database));
    // From here on everything comes: a baseline may begin.
    mailbox.force(database, new Event.Progress(database, from));
  }

  void unfit(TableReference table, String reason) {
    mailbox.force(database, new Event.Unfit(table, reason));
  }

  void catalogueRead(Event.CatalogueRead reading) {
    mailbox.force(database, reading);
  }

  void gap(String reason) {
    mailbox.force(database, new Event.Gap(database, reason));
  }
}
