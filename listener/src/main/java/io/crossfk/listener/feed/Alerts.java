package io.crossfk.listener.feed;

import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.model.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * From the lives of rules to what a person is woken for. An alert is told in the transaction that
 * makes the rule's life durable (I5), and the journal keeps what was told last: so a crash or a
 * takeover tells nothing twice and forgets nothing. Any thread may use it, one at a time per rule.
 */
final class Alerts {
  private final Function<String, Optional<Rule>> rules;

  /** What was told last of each incident that is not over, by its id. */
  private final Map<String, JournalEntry.Alert> firing = new ConcurrentHashMap<>();

  /**
   * @param rules the configured rules by name, judged in this run or not
   */
  Alerts(Journal journal, Function<String, Optional<Rule>> rules) {
    this.rules = rules;
    journal
        .entriesOf(JournalEntry.Alert.class)
        .forEach(entry -> firing.put(entry.document().id(), entry));
  }

  /** What is to be told now that the rule's life is this; nothing if it was told already. */
  JournalChange follow(String rule, RuleLife life, Instant now) {
    List<Event> events = new ArrayList<>();
    List<JournalEntry> written = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    Optional<AlertDocument> news = news(rule, life);
    for (AlertDocument.Kind kind : AlertDocument.Kind.values()) {
      JournalEntry.Alert told = firing.get(kind.id(rule));
      Optional<AlertDocument> wanted = news.filter(document -> document.kind() == kind);
      if (wanted.isPresent()) {
        tell(wanted.get(), Optional.ofNullable(told), now)
            .ifPresent(
                event -> {
                  JournalEntry.Alert entry = new JournalEntry.Alert(event.number(), event.alert());
                  firing.put(event.id(), entry);
                  events.add(event);
                  written.add(entry);
                });
      } else if (told != null) {
        firing.remove(kind.id(rule));
        events.add(told.resolved(AlertSummary.resolved(rule, life), now));
        deleted.add(told.key());
      }
    }
    return new JournalChange(events, written, deleted);
  }

  /**
   * What the journal's lives leave to be told: all of it if the version that wrote them knew no
   * alerts; news of a rule's owner, say, if that was changed meanwhile.
   */
  JournalChange catchUp(Map<String, Cut.RememberedRule> lives, Instant now) {
    List<Event> events = new ArrayList<>();
    List<JournalEntry> written = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    lives.forEach(
        (rule, remembered) -> {
          JournalChange change = follow(rule, remembered.life(), now);
          events.addAll(change.events());
          written.addAll(change.written());
          deleted.addAll(change.deleted());
        });
    return new JournalChange(events, written, deleted);
  }

  /** The rule of this journal entry was retired, and its incidents with it. */
  void forget(String journalKey) {
    firing.values().removeIf(entry -> entry.key().equals(journalKey));
  }

  private Optional<AlertDocument> news(String name, RuleLife life) {
    return switch (life) {
      case RuleLife.Blind blind ->
          Optional.of(AlertDocument.blind(rule(name), blind.reason(), blind.since()));
      case RuleLife.Overflow overflow ->
          Optional.of(AlertDocument.overflow(rule(name), overflow.since()));
      case RuleLife.Baseline baseline -> Optional.empty();
      case RuleLife.Watching watching -> Optional.empty();
    };
  }

  private Rule rule(String name) {
    return rules
        .apply(name)
        .orElseThrow(
            () -> new IllegalArgumentException("a life is told of " + name + ", which is no rule"));
  }

  private static Optional<AlertEvent> tell(
      AlertDocument news, Optional<JournalEntry.Alert> told, Instant now) {
    if (told.isEmpty()) {
      return Optional.of(new AlertEvent(AlertEvent.Type.FIRED, news, 1));
    }
    AlertDocument before = told.get().document();
    // A rule that stops again and again for one reason, between audits, is one incident.
    return news.tellsTheSameAs(before)
        ? Optional.empty()
        : Optional.of(
            new AlertEvent(
                AlertEvent.Type.UPDATED,
                news.ofIncident(before.firedAt(), now),
                told.get().number() + 1));
  }
}
