package io.crossfk.listener.feed;

import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.judge.Suspicion;
import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A cut as records: what it publishes, and what it changes in the journal. When a cut says several
 * things of one key, the last one stands in the journal and each is published.
 */
final class CutRecords {

  private final String judge;
  private final Function<String, KeyShape> shapes;
  private final EarlierLives earlierLives;
  private final Alerts alerts;
  private final Instant now;
  private final List<Event> events = new ArrayList<>();

  /** By journal key; empty is a deletion. */
  private final Map<String, Optional<JournalEntry>> entries = new LinkedHashMap<>();

  private CutRecords(
      String judge,
      Function<String, KeyShape> shapes,
      EarlierLives earlierLives,
      Alerts alerts,
      Instant now) {
    this.judge = judge;
    this.shapes = shapes;
    this.earlierLives = earlierLives;
    this.alerts = alerts;
    this.now = now;
  }

  /** All of a cut but its positions. */
  static JournalChange of(
      Cut cut,
      Function<String, KeyShape> shapes,
      EarlierLives earlierLives,
      Alerts alerts,
      Instant now) {
    CutRecords records = new CutRecords(cut.judge(), shapes, earlierLives, alerts, now);
    cut.passed().forEach(passed -> records.alerts(passed.rule(), passed.life()));
    cut.lives().forEach(records::life);
    cut.transitions().forEach(records::transition);
    // Dropped first: a suspicion that is dropped and noted again in one cut is one (I5).
    cut.dropped().forEach(records::dropped);
    cut.noted().forEach(records::noted);
    return records.change();
  }

  private JournalChange change() {
    List<JournalEntry> written = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    entries.forEach((key, entry) -> entry.ifPresentOrElse(written::add, () -> deleted.add(key)));
    return new JournalChange(events, written, deleted);
  }

  private void life(String rule, Cut.RememberedRule remembered) {
    put(new JournalEntry.RuleState(judge, rule, remembered));
    alerts(rule, remembered.life());
  }

  private void alerts(String rule, RuleLife life) {
    JournalChange told = alerts.follow(rule, life, now);
    events.addAll(told.events());
    told.written().forEach(this::put);
    told.deleted().forEach(this::delete);
  }

  private void transition(Transition transition) {
    Violation violation = transition.violation();
    String canonicalKey = canonical(violation.rule().name(), violation.key());
    ViolationDocument document = ViolationDocument.of(violation, canonicalKey);
    if (transition instanceof Transition.Ignored) {
      // Memory, and no event: a tombstone that is owed to an earlier life stays owed.
      put(
          new JournalEntry.Remembered(
              judge, canonicalKey, violation.openedAtParent(), 0, 0, document));
      return;
    }
    if (transition instanceof Transition.NoLongerIgnored) {
      delete(JournalEntry.Remembered.key(document.id()));
      return;
    }
    if (earlierLives.cancelTombstone(document.id())) {
      delete(JournalEntry.Retired.key(document.id()));
    }
    int before = earlierLives.eventsOf(document.id());
    int number = before + violation.transition();
    if (transition instanceof Transition.Forgotten) {
      earlierLives.forget(document.id());
      events.add(
          ViolationEvent.forgotten(
              document.id(), violation.openedAtParent(), number, violation.updatedAt()));
      delete(JournalEntry.Remembered.key(document.id()));
      return;
    }
    ViolationEvent.Type type =
        switch (transition) {
          case Transition.Opened opened -> ViolationEvent.Type.OPENED;
          case Transition.Updated updated -> ViolationEvent.Type.UPDATED;
          case Transition.Resolved resolved -> ViolationEvent.Type.RESOLVED;
          case Transition.Forgotten forgotten -> ViolationEvent.Type.FORGOTTEN;
          case Transition.Ignored ignored -> throw new IllegalStateException("no event");
          case Transition.NoLongerIgnored gone -> throw new IllegalStateException("no event");
        };
    events.add(ViolationEvent.of(type, document, violation.openedAtParent(), number));
    put(
        new JournalEntry.Remembered(
            judge,
            canonicalKey,
            violation.openedAtParent(),
            violation.transition(),
            before,
            document));
  }

  private void dropped(Cut.Dropped dropped) {
    delete(
        JournalEntry.Suspected.key(
            dropped.ruleName(), canonical(dropped.ruleName(), dropped.key()), dropped.referrers()));
  }

  private void noted(Suspicion suspicion) {
    put(
        new JournalEntry.Suspected(
            judge,
            suspicion.ruleName(),
            canonical(suspicion.ruleName(), suspicion.key()),
            suspicion.referrers(),
            suspicion.cause(),
            suspicion.brokenAt(),
            suspicion.transaction(),
            suspicion.raisedBy()));
  }

  private String canonical(String rule, Key key) {
    return shapes.apply(rule).canonical(key);
  }

  private void put(JournalEntry entry) {
    entries.put(entry.key(), Optional.of(entry));
  }

  private void delete(String key) {
    entries.put(key, Optional.empty());
  }
}
