package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.model.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes out of the journal what no judge may get back: rules that are gone or not the same any
 * more, judges without a rule, databases that nobody reads. Open violations and alerts of such a
 * rule are resolved from what the journal itself knows of them. A pure function of the journal.
 */
final class Retirement {

  /** How long a resolved violation stays in the feed before its tombstone. */
  static final Duration REMEMBERED = Duration.ofDays(1);

  private final Instant now;
  private final List<Event> events = new ArrayList<>();
  private final List<JournalEntry> written = new ArrayList<>();
  private final List<String> deleted = new ArrayList<>();

  private Retirement(Instant now) {
    this.now = now;
  }

  /** Retires these rules, each for its reason. */
  static JournalChange ofRules(Journal journal, Map<String, Resolution> rules, Instant now) {
    Retirement retirement = new Retirement(now);
    retirement.retire(journal, rules);
    return retirement.change();
  }

  /** Retires whatever the configured rules (the enabled ones) leave without a use. */
  static JournalChange ofAllBut(Journal journal, Collection<Rule> configured, Instant now) {
    Retirement retirement = new Retirement(now);
    retirement.retire(journal, journal.outdated(configured));
    retirement.dropUnread(journal, configured);
    return retirement.change();
  }

  /**
   * Drops the positions that streams will leave behind while only these rules are judged: those of
   * judges that do not hear what the database's stream brings meanwhile.
   */
  static JournalChange ofPositionsLeftBehind(
      Journal journal, Collection<Rule> judged, Instant now) {
    Retirement retirement = new Retirement(now);
    Map<String, Set<String>> databasesOfJudge = databasesOfJudges(judged);
    Set<String> read = new HashSet<>();
    databasesOfJudge.values().forEach(read::addAll);
    for (JournalEntry.Positions entry : journal.entriesOf(JournalEntry.Positions.class)) {
      Set<String> leftBehind = new HashSet<>(read);
      leftBehind.removeAll(databasesOfJudge.getOrDefault(entry.judge(), Set.of()));
      Map<String, Position> kept = new HashMap<>(entry.positions());
      kept.keySet().removeAll(leftBehind);
      retirement.keep(entry, kept);
    }
    return retirement.change();
  }

  private static Map<String, Set<String>> databasesOfJudges(Collection<Rule> rules) {
    Map<String, Set<String>> databases = new HashMap<>();
    for (Rule rule : rules) {
      Set<String> read =
          databases.computeIfAbsent(rule.parent().table().toString(), judge -> new HashSet<>());
      read.add(rule.parent().database());
      read.add(rule.child().database());
    }
    return databases;
  }

  private void keep(JournalEntry.Positions entry, Map<String, Position> kept) {
    if (kept.isEmpty()) {
      deleted.add(entry.key());
    } else if (kept.size() < entry.positions().size()) {
      written.add(new JournalEntry.Positions(entry.judge(), kept));
    }
  }

  private JournalChange change() {
    return new JournalChange(events, written, deleted);
  }

  private void retire(Journal journal, Map<String, Resolution> rules) {
    for (JournalEntry entry : journal.entries()) {
      Journal.ruleOf(entry)
          .map(rules::get)
          .ifPresent(
              reason -> {
                deleted.add(entry.key());
                if (entry instanceof JournalEntry.Remembered violation) {
                  retire(violation, reason);
                } else if (entry instanceof JournalEntry.Alert alert) {
                  String rule = alert.document().rule();
                  events.add(alert.resolved(AlertSummary.retired(rule, reason), now));
                }
              });
    }
  }

  private void retire(JournalEntry.Remembered entry, Resolution reason) {
    ViolationDocument violation = entry.violation();
    int transition = entry.before() + entry.transition();
    Instant endedAt = violation.ended().map(ended -> ended.at()).orElse(now);
    if (violation.isOpen()) {
      transition++;
      ViolationDocument ended = violation.endedBy(reason, now);
      events.add(
          ViolationEvent.of(
              ViolationEvent.Type.RESOLVED, ended, entry.openedAtParent(), transition));
    }
    written.add(
        new JournalEntry.Retired(
            violation.id(), entry.openedAtParent(), transition, endedAt.plus(REMEMBERED)));
  }

  /**
   * A position that nobody moves any more would hold its slot, and the disk behind it, for ever.
   */
  private void dropUnread(Journal journal, Collection<Rule> configured) {
    Map<String, Set<String>> databasesOfJudge = databasesOfJudges(configured);
    Set<String> databases = new HashSet<>();
    databasesOfJudge.values().forEach(databases::addAll);
    for (JournalEntry.Positions entry : journal.entriesOf(JournalEntry.Positions.class)) {
      Map<String, Position> kept = new HashMap<>(entry.positions());
      kept.keySet().retainAll(databasesOfJudge.getOrDefault(entry.judge(), Set.of()));
      keep(entry, kept);
    }
    for (JournalEntry.Database entry : journal.entriesOf(JournalEntry.Database.class)) {
      if (!databases.contains(entry.name())) {
        deleted.add(entry.key());
      }
    }
  }
}
