package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.JudgeTally;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.judge.Transition;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Flaws.Flaw;
import io.crossfk.rules.simulation.LookUp.Asked;
import io.crossfk.rules.simulation.Schema.Edge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** I0 to I5 as far as they can be seen from outside one judge, held against every step it takes. */
final class Checks {
  private record Asking(String rule, Key key, boolean referrers) {}

  private final World world;
  private final Host host;

  /** I0: what is in flight, by the question's number. */
  private final Map<Long, Asking> inFlight = new HashMap<>();

  /** I2: the count of events at which a key was removed last, and everything was. */
  private final Map<Key, Long> removedAt = new HashMap<>();

  private long allRemovedAt;

  /** I5: transactions that the judge has begun, and up to where it was told each log. */
  private final Map<String, List<Transaction>> begun = new HashMap<>();

  private final Map<String, Position> told = new HashMap<>();
  private final Map<String, Position> lastCut = new HashMap<>();
  private final Set<String> skipping = new HashSet<>();
  private Map<String, RuleLife> lives = Map.of();
  private long openedTold;
  private long resolvedTold;

  Checks(World world, Host host, Memory memory) {
    this.world = world;
    this.host = host;
    told.putAll(memory.positions());
    lastCut.putAll(memory.positions());
    lives = host.judge.lives();
  }

  /** Something that must neither open nor resolve: only answers do (I0). */
  void quietly(Runnable step) {
    JudgeTally before = host.judge.tally();
    guarded(step);
    JudgeTally after = host.judge.tally();
    if (after.opened() != before.opened() || after.resolved() != before.resolved()) {
      world.flaws.add(Flaw.UNASKED, "without an answer the judge opened or resolved");
    }
    lives(false);
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException fault) {
      world.flaws.add(Flaw.EXCEPTION, fault + " at " + fault.getStackTrace()[0]);
    }
  }

  void handle(Event event, Optional<LookUp> lookUp, Optional<Asked> asked) {
    before(event);
    if (event instanceof Event.Answered answered && asked.isPresent()) {
      inFlight.remove(answered.answer().question().number());
      JudgeTally before = host.judge.tally();
      Set<Key> cached = new HashSet<>(host.cache.keys());
      guarded(() -> host.judge.handle(event));
      verdict(before, lookUp.orElseThrow(), asked.get(), answered.answer().finding());
      cached(cached, asked.get());
      lives(false);
    } else {
      boolean auditEnded = event instanceof Event.AuditEnded;
      Map<String, RuleLife> livesBefore = lives;
      JudgeTally before = host.judge.tally();
      guarded(() -> host.judge.handle(event));
      JudgeTally after = host.judge.tally();
      if (after.opened() != before.opened() || after.resolved() != before.resolved()) {
        world.flaws.add(Flaw.UNASKED, "an event opened or resolved: " + event);
      }
      lives(auditEnded);
      if (auditEnded && !lives.equals(livesBefore)) {
        world.tally.saw(Seen.WATCHED_AGAIN);
      }
      evicted(event);
    }
  }

  // --- I0 ---

  void asks(List<Question> questions) {
    for (Question question : questions) {
      Asking asking =
          switch (question) {
            case Question.Presence each -> new Asking(each.rule().name(), each.key(), false);
            case Question.Proof each -> new Asking(each.rule().name(), each.key(), false);
            case Question.Referrers each -> new Asking(each.rule().name(), each.parentKey(), true);
            case Question.Visibility bare -> null;
          };
      if (asking == null) {
        continue;
      }
      // One that was withdrawn may still travel; its answer finds nobody. As long as its rule
      // judges on, a key has one question out.
      if (inFlight.containsValue(asking) && !world.mayHaveWithdrawn(asking.rule())) {
        world.flaws.add(Flaw.UNASKED, "two look-ups of " + asking + " are in flight");
      }
      inFlight.put(question.number(), asking);
      if (asking.referrers()) {
        world.tally.saw(Seen.REFERRERS);
      }
    }
  }

  private void verdict(JudgeTally before, LookUp lookUp, Asked asked, Finding finding) {
    JudgeTally after = host.judge.tally();
    if (after.askedAgain() > before.askedAgain()) {
      world.tally.saw(Seen.ASKED_AGAIN);
    }
    Key key = asked.key;
    if (key == null || lookUp.isBare()) {
      return;
    }
    Edge edge = lookUp.rule();
    if (after.opened() > before.opened()) {
      world.opened(edge, key);
      if (!(finding instanceof Finding.Broken) || !asked.broken) {
        world.flaws.add(
            Flaw.FALSE, edge.name() + key + " was opened; it was whole when its parent was read");
      }
    }
    if (after.resolved() > before.resolved()) {
      world.tally.resolved++;
      long since = Math.max(asked.instant, world.openedAt(edge, key));
      boolean parent = finding instanceof Finding.Present;
      world.tally.saw(parent ? Seen.RESOLVED_BY_PARENT : Seen.RESOLVED_BY_CHILDREN);
      boolean held =
          parent
              ? world.truth.hadParentSince(edge, key, since)
              : world.truth.wasChildlessSince(edge, key, since);
      if (!held) {
        world.flaws.add(
            Flaw.NEVER_TRUE, edge.name() + key + " was resolved, and never whole since it opened");
      }
    }
    if (finding instanceof Finding.Present present
        && present.parent() instanceof Sight.Standby
        && after.askedAgain() == before.askedAgain()) {
      world.tally.saw(Seen.STANDBY_SAID_PRESENT);
    }
    if (finding instanceof Finding.Inconclusive) {
      world.tally.saw(Seen.LOOK_UP_MOVED);
    }
    if (finding instanceof Finding.Referring referring && referring.more()) {
      world.tally.saw(Seen.MORE_REFERRERS);
    }
  }

  // --- I2 ---

  private void before(Event event) {
    switch (event) {
      case Event.Begin begin -> {
        boolean skips = begin.finalPosition().isBefore(host.judged(begin.database()));
        if (skips) {
          skipping.add(begin.database());
          world.tally.saw(Seen.TRANSACTION_SKIPPED);
        } else {
          world.database(begin.database()).log.stream()
              .filter(each -> each.finalPosition == begin.finalPosition().value())
              .forEach(begun.computeIfAbsent(begin.database(), none -> new ArrayList<>())::add);
        }
      }
      case Event.Commit commit -> {
        skipping.remove(commit.database());
        told.merge(commit.database(), commit.end(), Position::larger);
      }
      case Event.Progress progress ->
          told.merge(progress.database(), progress.position(), Position::larger);
      case Event.StreamRestarted restarted -> skipping.remove(restarted.database());
      case Event.Gap gap -> {
        if (host.edges.getFirst().rule().parent().database().equals(gap.database())) {
          allRemovedAt = host.eventCount; // Removals may have been missed.
        }
        skipping.remove(gap.database());
        begun.remove(gap.database());
        told.remove(gap.database());
        lastCut.remove(gap.database());
      }
      case Event.ParentRemoved removed -> {
        if (!skipping.contains(removed.parent().database())) {
          removedAt.put(removed.key(), host.eventCount);
        }
      }
      case Event.ParentTruncated truncated -> {
        if (!skipping.contains(truncated.parent().database())) {
          allRemovedAt = host.eventCount;
        }
      }
      case Event.ChildKeyUnknown unknown -> world.tally.saw(Seen.KEY_UNKNOWN);
      default -> {}
    }
  }

  /** A removal that was processed has left nothing in the cache. */
  private void evicted(Event event) {
    boolean stays =
        switch (event) {
          case Event.ParentRemoved removed ->
              !skipping.contains(removed.parent().database())
                  && host.cache.keys().contains(removed.key());
          case Event.ParentTruncated truncated ->
              !skipping.contains(truncated.parent().database()) && !host.cache.keys().isEmpty();
          case Event.Gap gap -> !host.cache.keys().isEmpty();
          default -> false;
        };
    if (stays) {
      world.flaws.add(Flaw.CACHED, "after " + event + " the cache holds " + host.cache.keys());
    }
  }

  /** An answer entered the cache: no removal of its key was processed since its question. */
  private void cached(Set<Key> before, Asked asked) {
    Set<Key> added = new HashSet<>(host.cache.keys());
    added.removeAll(before);
    for (Key key : added) {
      long removed = Math.max(allRemovedAt, removedAt.getOrDefault(key, 0L));
      boolean exact = host.edges.getFirst().bound().shape().exact();
      if (!key.equals(asked.key) || removed > asked.event || !exact || key.partlyNull()) {
        world.flaws.add(Flaw.CACHED, key + " was cached by an answer to " + asked.question);
      }
    }
  }

  // --- I5 ---

  void cut(Cut cut) {
    cut.positions()
        .forEach(
            (database, position) -> {
              if (position.isBefore(lastCut.getOrDefault(database, Position.ZERO))) {
                world.flaws.add(Flaw.POSITION, database + " went back to " + position);
              }
              if (position.isAfter(told.getOrDefault(database, Position.ZERO))) {
                world.flaws.add(Flaw.POSITION, database + " claims " + position + ", untold");
              }
              for (Transaction each : begun.getOrDefault(database, List.of())) {
                if (!each.visible && each.end() <= position.value()) {
                  world.flaws.add(
                      Flaw.POSITION, database + " " + position + " passes the unseen " + each);
                }
              }
              if (position.isBefore(host.judged(database))) {
                world.tally.saw(Seen.CUT_HELD_BACK);
              }
              lastCut.put(database, position);
            });
    JudgeTally tally = host.judge.tally();
    for (Transition transition : cut.transitions()) {
      switch (transition) {
        case Transition.Opened opened -> openedTold++;
        case Transition.Resolved resolved -> resolvedTold++;
        case Transition.Updated updated -> world.tally.saw(Seen.UPDATED);
        case Transition.Ignored ignored -> world.tally.saw(Seen.IGNORED);
        case Transition.NoLongerIgnored gone -> world.tally.saw(Seen.NO_LONGER_IGNORED);
        case Transition.Forgotten forgotten -> world.tally.saw(Seen.FORGOTTEN);
      }
    }
    if (openedTold != tally.opened() || resolvedTold != tally.resolved()) {
      world.flaws.add(Flaw.REPEATED, "a cut does not hold all that was decided");
    }
  }

  // --- a rule's life ---

  private void lives(boolean auditEnded) {
    Map<String, RuleLife> now = host.judge.lives();
    if (now.equals(lives)) {
      return;
    }
    now.forEach(
        (rule, life) -> {
          RuleLife was = lives.getOrDefault(rule, life);
          boolean legal =
              was.equals(life)
                  || switch (life) {
                    case RuleLife.Watching watching -> auditEnded;
                    case RuleLife.Baseline baseline -> was instanceof RuleLife.Watching;
                    case RuleLife.Blind blind -> true;
                    case RuleLife.Overflow overflow -> true;
                  };
          if (!legal) {
            world.flaws.add(Flaw.LIFE, rule + " went from " + was.word() + " to " + life.word());
          }
          if (!was.equals(life)) {
            world.history.note(() -> rule + " is " + Objects.requireNonNull(life).word());
            switch (life) {
              case RuleLife.Watching watching -> {
                if (was instanceof RuleLife.Baseline) {
                  world.tally.saw(Seen.BASELINE_ENDED);
                }
              }
              case RuleLife.Blind blind -> {
                world.tally.saw(Seen.WENT_BLIND);
                world.withdrew(rule);
              }
              case RuleLife.Overflow overflow -> {
                world.tally.saw(Seen.OVERFLOWED);
                world.withdrew(rule);
              }
              case RuleLife.Baseline baseline -> {}
            }
          }
        });
    lives = now;
  }
}
