package io.crossfk.rules.judge;

import io.crossfk.rules.judge.KeyCase.Ask;
import io.crossfk.rules.judge.KeyCase.InFlight;
import io.crossfk.rules.model.Existing;
import java.time.Duration;
import java.util.Optional;

/**
 * From an answer to a verdict. Events ask, answers decide (I0): nothing but the methods here opens,
 * withdraws or resolves. An answer that an event could contradict, or that is behind the stream
 * (I1), does not count and is asked again.
 */
final class Verdicts {
  /** Answers behind the stream in a row from which on the pause no longer doubles. */
  private static final int LONG_BEHIND = 6;

  private final JudgeClock clock;
  private final Timers timers;
  private final Questions questions;
  private final Ledger ledger;
  private final PresenceCache cache;
  private final Desks desks;
  private final Untold untold;
  long askedAgain;
  long opened;
  long resolved;

  Verdicts(
      JudgeClock clock,
      Timers timers,
      Questions questions,
      Ledger ledger,
      PresenceCache cache,
      Desks desks,
      Untold untold) {
    this.clock = clock;
    this.timers = timers;
    this.questions = questions;
    this.ledger = ledger;
    this.cache = cache;
    this.desks = desks;
    this.untold = untold;
  }

  /** Decides on the answer to the case's look-up, which is no longer in flight. */
  void decide(KeyCase keyCase, InFlight asked, Finding finding) {
    RuleDesk desk = keyCase.desk;
    if (finding instanceof Finding.Failed failed) {
      failed(keyCase, asked, failed);
      return;
    }
    desk.outage = null;
    if (!counts(keyCase, asked, finding)) {
      behind(keyCase, asked);
      return;
    }
    keyCase.behind = 0;
    boolean contradicted =
        switch (finding) {
          case Finding.Present present -> asked.removed(desk);
          case Finding.NobodyRefers nobody -> asked.written(desk);
          case Finding.Absent absent -> asked.arrived(desk);
          case Finding.Broken broken -> asked.arrived(desk) && !keyCase.key.partlyNull();
          case Finding.Inconclusive inconclusive -> true;
          // The same key came and went again: a child between the two may not have been read.
          case Finding.Referring referring -> asked.removedSince || asked.written(desk);
          case Finding.Seen seen -> true;
          case Finding.Failed failed -> true;
        };
    if (contradicted) {
      askedAgain++;
      // Inconclusive means that the rows moved under the look-up: give them a moment.
      if (finding instanceof Finding.Inconclusive) {
        questions.askAfter(keyCase, Ask.PROOF, questions.limits().askAgain());
      } else {
        questions.ask(keyCase, asked.ask);
      }
      return;
    }
    switch (finding) {
      case Finding.Present present -> present(keyCase);
      case Finding.NobodyRefers nobody -> settled(keyCase, Resolution.NO_ORPHANS);
      case Finding.Absent absent -> looksBroken(keyCase, asked, Optional.empty());
      case Finding.Broken broken -> looksBroken(keyCase, asked, Optional.of(broken));
      case Finding.Referring referring -> desks.referring(keyCase, referring);
      case Finding.Inconclusive inconclusive -> throw unexpected(finding);
      case Finding.Seen seen -> throw unexpected(finding);
      case Finding.Failed failed -> throw unexpected(finding);
    }
  }

  private static IllegalStateException unexpected(Finding finding) {
    return new IllegalStateException("not an answer about a key: " + finding);
  }

  /** I1: the answer's snapshots saw all that was begun when it was asked, on the primaries. */
  private static boolean counts(KeyCase keyCase, InFlight asked, Finding finding) {
    Visibility child = keyCase.desk.child.visibility;
    Visibility parent = keyCase.desk.parent.visibility;
    return switch (finding) {
      // A standby may say that a key is there, to a first look-up, and nothing else: of an open key
      // it may still show a parent that is gone.
      case Finding.Present present ->
          parent.covers(present.parent(), asked.parentSequence)
              && switch (present.parent()) {
                case Sight.Primary primary -> true;
                case Sight.Standby standby ->
                    isFirstLookUp(keyCase, asked)
                        && keyCase.desk.parent.isReplayed(standby.replayed());
              };
      case Finding.Absent absent ->
          onPrimary(absent.parent()) && parent.covers(absent.parent(), asked.parentSequence);
      case Finding.NobodyRefers nobody ->
          onPrimary(nobody.child()) && child.covers(nobody.child(), asked.childSequence);
      case Finding.Referring referring ->
          onPrimary(referring.child()) && child.covers(referring.child(), asked.childSequence);
      case Finding.Broken broken ->
          onPrimary(broken.childBefore())
              && onPrimary(broken.childAfter())
              && child.covers(broken.childBefore(), asked.childSequence)
              && child.covers(broken.childAfter(), asked.childSequence)
              && (keyCase.key.partlyNull()
                  || (onPrimary(broken.parent())
                      && parent.covers(broken.parent(), asked.parentSequence)));
      case Finding.Inconclusive inconclusive -> true;
      case Finding.Seen seen -> true;
      case Finding.Failed failed -> true;
    };
  }

  private static boolean onPrimary(Sight sight) {
    return sight instanceof Sight.Primary;
  }

  private static boolean isFirstLookUp(KeyCase keyCase, InFlight asked) {
    return asked.ask == Ask.PRESENCE
        && keyCase.state instanceof CaseState.Asked first
        && first.last().isEmpty();
  }

  /**
   * Commits become visible within moments, as a rule. One that hangs on a dead standby holds every
   * question of its database: a key that waits for long counts towards its rule's limit, or the
   * keys that wait would fill the memory.
   */
  private void behind(KeyCase keyCase, InFlight asked) {
    askedAgain++;
    Duration pause =
        questions.limits().askAgain().multipliedBy(1L << Math.min(keyCase.behind, LONG_BEHIND));
    keyCase.behind++;
    questions.askAfter(keyCase, asked.ask, pause);
    if (keyCase.behind > LONG_BEHIND && !keyCase.isOpen()) {
      desks.count(keyCase);
    }
  }

  /** A question without an answer is a suspicion; it holds no position and is asked again. */
  private void failed(KeyCase keyCase, InFlight asked, Finding.Failed failed) {
    RuleDesk desk = keyCase.desk;
    if (desk.outage == null) {
      desk.retryPauseNanos = questions.limits().retryFirst().toNanos();
      desk.retryDue = clock.nanos + desk.retryPauseNanos;
    } else if (clock.nanos - desk.retryDue >= 0) {
      desk.retryPauseNanos =
          Math.min(desk.retryPauseNanos * 2, questions.limits().retryLast().toNanos());
      desk.retryDue = clock.nanos + desk.retryPauseNanos;
    }
    desk.outage = failed.database() + ": " + failed.reason();
    questions.askAt(keyCase, asked.ask, desk.retryDue);
    if (!keyCase.isOpen()) {
      desks.count(keyCase);
    }
  }

  private void present(KeyCase keyCase) {
    if (keyCase.desk.cacheable(keyCase.key)) {
      // I2: no removal of the key was processed since the question, or we were not here.
      cache.add(keyCase.desk.rule().parent(), keyCase.key);
    }
    settled(keyCase, Resolution.PARENT_ARRIVED);
  }

  /** The parent is there, or nobody refers: a suspicion is withdrawn, a violation resolved. */
  private void settled(KeyCase keyCase, Resolution resolution) {
    switch (keyCase.state) {
      case CaseState.Asked state -> withdraw(keyCase, state.withdrawn());
      case CaseState.Suspected state -> withdraw(keyCase, state.withdrawn());
      case CaseState.Open state when state.violation().isIgnored() -> {
        ledger.publish(new Transition.NoLongerIgnored(state.violation()));
        keyCase.desk.ignored--;
        desks.remove(keyCase);
      }
      case CaseState.Open state -> {
        Violation was = state.violation();
        Violation ended =
            new Violation(
                was.rule(),
                was.key(),
                was.cause(),
                was.orphans(),
                was.brokenAt(),
                was.openedAt(),
                clock.wall,
                Optional.of(new Violation.Ended(resolution, clock.wall)),
                was.evidence(),
                was.openedAtParent(),
                was.transition() + 1);
        ledger.publish(new Transition.Resolved(ended));
        resolved++;
        remember(keyCase, state.resolved(ended));
      }
      case CaseState.Resolved state -> throw new IllegalStateException("asked while resolved");
    }
  }

  void withdraw(KeyCase keyCase, Optional<CaseState.Resolved> before) {
    if (before.isPresent()) {
      remember(keyCase, before.get());
    } else {
      desks.remove(keyCase);
    }
  }

  /** A resolved violation stays on the desk until its tombstone. */
  void remember(KeyCase keyCase, CaseState.Resolved state) {
    desks.uncount(keyCase);
    keyCase.desk.open.remove(keyCase.key);
    keyCase.state = state;
    keyCase.stale = false;
    questions.forget(keyCase);
    Violation.Ended ended = state.violation().ended().orElseThrow();
    Duration left = Duration.between(clock.wall, ended.at().plus(questions.limits().forgetAfter()));
    timers.at(clock.nanos + Math.max(0, left.toNanos()), keyCase, Timers.Reason.FORGET);
    ledger.touch(keyCase);
  }

  private void looksBroken(KeyCase keyCase, InFlight asked, Optional<Finding.Broken> proof) {
    switch (keyCase.state) {
      case CaseState.Asked state -> {
        CaseState.Suspected suspected = state.looksBroken(clock.nanos);
        keyCase.state = suspected;
        ledger.touch(keyCase);
        if (desks.count(keyCase)) {
          proveAfterGrace(keyCase, suspected, asked, proof);
        }
      }
      case CaseState.Suspected state -> proveAfterGrace(keyCase, state, asked, proof);
      case CaseState.Open state -> stillBroken(keyCase, state, asked, proof);
      case CaseState.Resolved state -> throw new IllegalStateException("asked while resolved");
    }
  }

  private void proveAfterGrace(
      KeyCase keyCase, CaseState.Suspected state, InFlight asked, Optional<Finding.Broken> proof) {
    if (inGrace(keyCase, state)) {
      return;
    }
    if (proof.isPresent()) {
      open(keyCase, state, asked, proof.get());
    } else {
      questions.ask(keyCase, Ask.PROOF);
    }
  }

  private boolean inGrace(KeyCase keyCase, CaseState.Suspected state) {
    long graceEnds = state.sinceNanos() + keyCase.desk.rule().grace().toNanos();
    if (clock.nanos - graceEnds >= 0) {
      return false;
    }
    timers.at(graceEnds, keyCase, Timers.Reason.GRACE_ENDS);
    return true;
  }

  /** Grace is over; a look-up in flight that finds the key broken will ask for the proof itself. */
  void graceEnded(KeyCase keyCase) {
    if (keyCase.onDesk
        && keyCase.state instanceof CaseState.Suspected state
        && keyCase.inFlight == null
        && keyCase.waiting == null
        && !inGrace(keyCase, state)) {
      questions.ask(keyCase, Ask.PROOF);
    }
  }

  private void open(
      KeyCase keyCase, CaseState.Suspected state, InFlight asked, Finding.Broken proof) {
    RuleDesk desk = keyCase.desk;
    boolean ignored =
        keyCase.raisedBy == RaisedBy.BASELINE
            && state.last().isEmpty()
            && desk.rule().existing() == Existing.IGNORE;
    Violation violation =
        new Violation(
            desk.rule(),
            keyCase.key,
            keyCase.cause,
            proof.orphans(),
            keyCase.brokenAt,
            clock.wall,
            clock.wall,
            Optional.empty(),
            evidence(keyCase, proof),
            desk.parent.judged,
            ignored ? 0 : state.last().map(last -> last.transition() + 1).orElse(1));
    desks.uncount(keyCase);
    keyCase.state = state.proved(violation);
    readAt(keyCase, asked);
    desk.open.put(keyCase.key, keyCase);
    ledger.touch(keyCase);
    if (ignored) {
      ledger.publish(new Transition.Ignored(violation));
      desk.ignored++;
    } else {
      ledger.publish(new Transition.Opened(violation));
      opened++;
      if (keyCase.raisedBy == RaisedBy.SCHEDULE) {
        untold.opened(keyCase);
      }
    }
    desks.checkLimit(desk);
  }

  /**
   * The children were read by this look-up. I0: one that left or joined since its question is a
   * reason to read again, or the wake-up is lost and the violation stays open for ever.
   */
  private static void readAt(KeyCase keyCase, InFlight asked) {
    keyCase.stale = asked.leftSince || asked.writtenSince;
    keyCase.checkedLeavings = asked.deskLeavings;
  }

  private Evidence evidence(KeyCase keyCase, Finding.Broken proof) {
    return new Evidence(
        keyCase.desk.child.judged,
        keyCase.desk.parent.judged,
        keyCase.transaction,
        text(proof.childBefore()),
        keyCase.key.partlyNull() ? Optional.empty() : Optional.of(text(proof.parent())),
        text(proof.childAfter()));
  }

  private static String text(Sight sight) {
    return switch (sight) {
      case Sight.Primary primary -> primary.snapshot().toString();
      case Sight.Standby standby -> standby.replayed().toString();
    };
  }

  private void stillBroken(
      KeyCase keyCase, CaseState.Open state, InFlight asked, Optional<Finding.Broken> proof) {
    if (proof.isEmpty()) {
      // A presence look-up says nothing of the children; what changed there is still to be read.
      return;
    }
    readAt(keyCase, asked);
    Violation was = state.violation();
    if (was.isIgnored() || proof.get().orphans().sameRowsAs(was.orphans())) {
      return;
    }
    Violation now =
        new Violation(
            was.rule(),
            was.key(),
            was.cause(),
            proof.get().orphans(),
            was.brokenAt(),
            was.openedAt(),
            clock.wall,
            Optional.empty(),
            evidence(keyCase, proof.get()),
            was.openedAtParent(),
            was.transition() + 1);
    keyCase.state = state.updated(now);
    ledger.touch(keyCase);
    ledger.publish(new Transition.Updated(now));
  }

  /** The time of its tombstone has come, if it is still resolved. */
  void forgetResolved(KeyCase keyCase) {
    if (keyCase.onDesk && keyCase.state instanceof CaseState.Resolved state) {
      Violation was = state.violation();
      Violation.Ended ended = was.ended().orElseThrow();
      if (ended.at().plus(questions.limits().forgetAfter()).isAfter(clock.wall)) {
        return; // It opened and was resolved again meanwhile; a later timer stands for that.
      }
      ledger.publish(new Transition.Forgotten(was));
      desks.remove(keyCase);
    }
  }

  /** Something to say of keys that are not on the desk yet. */
  interface Desks {
    /** Counts a suspicion towards its rule's limit; false if that took it off the desk. */
    boolean count(KeyCase keyCase);

    void uncount(KeyCase keyCase);

    void checkLimit(RuleDesk desk);

    void remove(KeyCase keyCase);

    void referring(KeyCase keyCase, Finding.Referring referring);
  }
}
