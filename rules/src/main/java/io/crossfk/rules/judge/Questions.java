package io.crossfk.rules.judge;

import io.crossfk.rules.judge.KeyCase.Ask;
import io.crossfk.rules.judge.KeyCase.InFlight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the judge asks, and when. One look-up of a (rule, key) is in flight at a time (I0); a
 * question that must wait (an outage, an answer behind the stream) waits here.
 */
final class Questions implements Visibility.InFlight {
  private final JudgeClock clock;
  private final Timers timers;
  private final Ledger ledger;
  private final JudgeLimits limits;

  /** By number; the oldest comes first. */
  private final LinkedHashMap<Long, KeyCase> inFlight = new LinkedHashMap<>();

  private List<Question> out = new ArrayList<>();
  private long number;
  private Consumer<KeyCase> unanswered = keyCase -> {};
  long asked;

  Questions(JudgeClock clock, Timers timers, Ledger ledger, JudgeLimits limits) {
    this.clock = clock;
    this.timers = timers;
    this.ledger = ledger;
    this.limits = limits;
  }

  /** Who counts the questions that wait for a database: they are suspicions within a limit. */
  void unansweredTo(Consumer<KeyCase> counter) {
    unanswered = counter;
  }

  /** Asks now; while the rule's look-ups fail, later. */
  void ask(KeyCase keyCase, Ask ask) {
    if (keyCase.desk.outage != null) {
      askAt(keyCase, ask, keyCase.desk.retryDue);
      if (!keyCase.isOpen()) {
        unanswered.accept(keyCase);
      }
    } else {
      send(keyCase, ask);
    }
  }

  /** Asks after a pause, whatever comes; a wake-up meanwhile is served by that question too. */
  void askAt(KeyCase keyCase, Ask ask, long dueNanos) {
    keyCase.waiting = stronger(keyCase.waiting, ask);
    timers.at(dueNanos, keyCase, Timers.Reason.ASK);
    ledger.touch(keyCase);
  }

  void askAfter(KeyCase keyCase, Ask ask, Duration pause) {
    askAt(keyCase, ask, clock.nanos + pause.toNanos());
  }

  /** A proof answers all that a presence look-up does, and more. */
  private static Ask stronger(@Nullable Ask one, Ask other) {
    return one == Ask.PROOF ? one : other;
  }

  /** The pause is over. */
  void due(KeyCase keyCase) {
    Ask ask = keyCase.waiting;
    if (keyCase.onDesk && ask != null && keyCase.inFlight == null) {
      send(keyCase, ask);
    }
  }

  private void send(KeyCase keyCase, Ask ask) {
    if (keyCase.inFlight != null) {
      throw new IllegalStateException("I0: two look-ups of " + keyCase.desk.rule().name());
    }
    keyCase.waiting = null;
    long next = ++number;
    keyCase.inFlight = new InFlight(next, ask, keyCase.desk);
    inFlight.put(next, keyCase);
    out.add(
        switch (ask) {
          case PRESENCE -> new Question.Presence(next, keyCase.desk.rule(), keyCase.key);
          case PROOF -> new Question.Proof(next, keyCase.desk.rule(), keyCase.key);
          case REFERRERS -> new Question.Referrers(next, keyCase.desk.rule(), keyCase.key);
        });
    asked++;
    ledger.touch(keyCase);
  }

  /** The case that the question was asked for, null if it has left the desk since. */
  @Nullable KeyCase answered(long questionNumber) {
    return inFlight.remove(questionNumber);
  }

  /** The case leaves the desk: a late answer finds nobody. */
  void forget(KeyCase keyCase) {
    if (keyCase.inFlight != null) {
      inFlight.remove(keyCase.inFlight.number);
      keyCase.inFlight = null;
    }
    keyCase.waiting = null;
  }

  /**
   * While transactions are unseen and nothing else is asked, a bare snapshot is (I5); and while the
   * end of the log is wanted.
   */
  void askVisibility(DatabaseDesk database, boolean logEndWanted) {
    if ((database.visibility.unseen() > 0 || logEndWanted)
        && database.visibilityQuestion < 0
        && clock.nanos - database.visibilityDue >= 0) {
      database.visibilityQuestion = ++number;
      out.add(new Question.Visibility(number, database.name));
    }
  }

  void visibilityAnswered(DatabaseDesk database, Duration pause) {
    database.visibilityQuestion = -1;
    database.visibilityDue = clock.nanos + pause.toNanos();
  }

  @Override
  public long lastAsked() {
    return number;
  }

  @Override
  public long oldest() {
    return inFlight.isEmpty() ? Long.MAX_VALUE : inFlight.firstEntry().getKey();
  }

  int inFlight() {
    return inFlight.size();
  }

  JudgeLimits limits() {
    return limits;
  }

  List<Question> take() {
    List<Question> taken = out;
    if (taken.isEmpty()) {
      return List.of();
    }
    out = new ArrayList<>();
    return taken;
  }
}
