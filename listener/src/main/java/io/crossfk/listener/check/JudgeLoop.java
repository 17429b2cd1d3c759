package io.crossfk.listener.check;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.AuditRequest;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Judge;
import io.crossfk.rules.judge.JudgeTally;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.RuleLife;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns one judge: takes what waits in the mailbox, tells the judge the time, and
 * carries its questions, audits and cuts to those who can serve them. It decides nothing.
 */
final class JudgeLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(JudgeLoop.class);

  /** How long a position may wait for its cut when nothing else is to be told. */
  private static final Duration CUT_INTERVAL = Duration.ofMillis(250);

  private final Judge judge;
  private final Mailbox mailbox;
  private final Services services;
  private final LongSupplier nanos;
  private final InstantSource wall;

  /** Gaps of each database that the judge has been told of: positions belong to such an epoch. */
  private final Map<String, Long> epochs = new HashMap<>();

  private long lastCut;
  private volatile boolean stopping;
  private volatile Status status;

  /** Those who serve a judge; all return at once. */
  interface Services {
    void ask(List<Question> questions, Consumer<List<Answer>> answers);

    void audit(AuditRequest request);

    void submit(Cut cut, Runnable durable);

    /** A cut is durable. */
    void durable(String judge, String database, Position position, long epoch);

    /** The loop ended by a fault: the process cannot vouch for anything. */
    void fault(String judge, RuntimeException fault);
  }

  /** The judge at one moment. */
  record Status(JudgeTally tally, Map<String, RuleLife> lives, Map<String, Position> judged) {}

  JudgeLoop(
      Judge judge, Mailbox mailbox, Services services, LongSupplier nanos, InstantSource wall) {
    this.judge = judge;
    this.mailbox = mailbox;
    this.services = services;
    this.nanos = nanos;
    this.wall = wall;
    this.lastCut = nanos.getAsLong();
    this.status = look();
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        step();
      }
      // Everything settled is flushed; what is in flight is a suspicion of the last cut.
      awaitLastCut();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException fault) {
      services.fault(judge.name(), fault);
    }
  }

  private void step() throws InterruptedException {
    long untilCut = lastCut + CUT_INTERVAL.toNanos() - nanos.getAsLong();
    List<Event> events =
        mailbox.take(
            judge.acceptsChanges(), Math.max(0, Math.min(judge.nanosUntilDue(), untilCut)));
    // After the wait: an event judged at the time before it would shorten its key's grace.
    long now = nanos.getAsLong();
    judge.advanceTo(now, wall.instant());
    for (Event event : events) {
      handle(event);
    }
    serve();
    if (judge.hasNews() || now - lastCut >= CUT_INTERVAL.toNanos()) {
      lastCut = now;
      cut();
      Status before = status;
      status = look();
      tellLives(before.lives(), status.lives());
      tellUntold(status.tally().untold() - before.tally().untold());
    }
  }

  private void handle(Event event) {
    judge.handle(event);
    if (event instanceof Event.Gap gap) {
      epochs.merge(gap.database(), 1L, Long::sum);
    }
  }

  private static void tellLives(Map<String, RuleLife> before, Map<String, RuleLife> after) {
    after.forEach(
        (rule, life) -> {
          if (!life.equals(before.get(rule))) {
            log.atInfo()
                .addKeyValue("rule", rule)
                .addKeyValue("state", life.word())
                .log(
                    life instanceof RuleLife.Blind blind
                        ? "rule is blind: " + blind.reason()
                        : "rule is in state " + life.word());
          }
        });
  }

  /** The alarm about ourselves. */
  private void tellUntold(long found) {
    if (found > 0) {
      log.atWarn()
          .addKeyValue("parent", judge.name())
          .addKeyValue("violations", found)
          .log(
              "an audit on a schedule found violations that no change stream told: a defect of"
                  + " crossfk, or changes that no log holds");
    }
  }

  private void serve() {
    List<Question> questions = judge.takeQuestions();
    if (!questions.isEmpty()) {
      services.ask(questions, this::answered);
    }
    for (AuditRequest request : judge.takeAuditRequests()) {
      services.audit(request);
    }
  }

  private void answered(List<Answer> answers) {
    List<Event> events = new ArrayList<>(answers.size());
    for (Answer answer : answers) {
      events.add(new Event.Answered(answer));
    }
    mailbox.answer(events);
  }

  private Optional<Cut> cut() {
    Optional<Cut> cut = judge.cut();
    cut.ifPresent(
        out -> {
          Map<String, Long> cutEpochs = Map.copyOf(epochs);
          services.submit(out, () -> durable(out, cutEpochs));
        });
    return cut;
  }

  /** Called by the feed's thread once the cut is durable; only now may slots move (I5). */
  private void durable(Cut cut, Map<String, Long> cutEpochs) {
    mailbox.answer(List.of(new Event.CutDurable(cut.number())));
    cut.positions()
        .forEach(
            (database, position) ->
                services.durable(
                    cut.judge(), database, position, cutEpochs.getOrDefault(database, 0L)));
  }

  private void awaitLastCut() throws InterruptedException {
    // One cut may be out; the one after it holds all that is judged. Then there is nothing new.
    boolean last = false;
    while (!last) {
      last = judge.cutIsDurable() && cut().isEmpty();
      if (!last) {
        for (Event event : mailbox.take(false, CUT_INTERVAL.toNanos())) {
          if (event instanceof Event.CutDurable) {
            judge.handle(event);
          }
        }
      }
    }
    status = look();
  }

  private Status look() {
    Map<String, Position> judged = new HashMap<>();
    for (String database : judge.databases()) {
      judge.judged(database).ifPresent(position -> judged.put(database, position));
    }
    return new Status(judge.tally(), judge.lives(), Map.copyOf(judged));
  }

  /** Ends the loop after a last cut; the thread may be interrupted if that takes too long. */
  void stop() {
    stopping = true;
    mailbox.wake();
  }

  Status status() {
    return status;
  }
}
