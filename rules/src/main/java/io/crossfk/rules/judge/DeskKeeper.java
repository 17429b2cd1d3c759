package io.crossfk.rules.judge;

import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.KeyCase.Ask;
import io.crossfk.rules.key.Key;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Puts keys on the desks and takes them off, within each rule's limit. */
final class DeskKeeper implements Verdicts.Desks {
  private final JudgeClock clock;
  private final JudgeLimits limits;
  private final Questions questions;
  private final Ledger ledger;
  private final Audits audits;
  private BiConsumer<KeyCase, Optional<CaseState.Resolved>> withdraw =
      (keyCase, before) -> {
        throw new IllegalStateException("not wired");
      };

  DeskKeeper(
      JudgeClock clock, JudgeLimits limits, Questions questions, Ledger ledger, Audits audits) {
    this.clock = clock;
    this.limits = limits;
    this.questions = questions;
    this.ledger = ledger;
    this.audits = audits;
  }

  void withdrawBy(BiConsumer<KeyCase, Optional<CaseState.Resolved>> verdict) {
    this.withdraw = verdict;
  }

  KeyCase add(
      RuleDesk desk,
      Key key,
      CaseState state,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction) {
    KeyCase keyCase = new KeyCase(desk, key, false, state, cause, brokenAt, transaction);
    desk.cases.put(key, keyCase);
    ledger.touch(keyCase);
    return keyCase;
  }

  KeyCase addReferrers(
      RuleDesk desk,
      Key key,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction) {
    CaseState state = new CaseState.Asked(Optional.empty());
    KeyCase keyCase = new KeyCase(desk, key, true, state, cause, brokenAt, transaction);
    desk.referrers.put(key, keyCase);
    ledger.touch(keyCase);
    return keyCase;
  }

  @Override
  public void remove(KeyCase keyCase) {
    uncount(keyCase);
    questions.forget(keyCase);
    keyCase.onDesk = false;
    if (keyCase.referrers) {
      keyCase.desk.referrers.remove(keyCase.key);
    } else {
      keyCase.desk.cases.remove(keyCase.key);
      keyCase.desk.open.remove(keyCase.key);
    }
    ledger.touch(keyCase);
  }

  /** Published again by its proof, or settled without a word. */
  void noLongerIgnored(KeyCase keyCase, CaseState.Asked state) {
    Violation was = ((CaseState.Open) keyCase.state).violation();
    keyCase.state = state;
    keyCase.stale = false;
    keyCase.desk.open.remove(keyCase.key);
    keyCase.desk.ignored--;
    ledger.publish(new Transition.NoLongerIgnored(was));
    ledger.touch(keyCase);
  }

  @Override
  public boolean count(KeyCase keyCase) {
    if (!keyCase.counted) {
      keyCase.counted = true;
      keyCase.desk.suspected++;
      checkLimit(keyCase.desk);
    }
    return keyCase.onDesk && !(keyCase.state instanceof CaseState.Resolved);
  }

  @Override
  public void uncount(KeyCase keyCase) {
    if (keyCase.counted) {
      keyCase.counted = false;
      keyCase.desk.suspected--;
    }
  }

  /**
   * Over its limit a rule is blind if a database is down, else it overflows; the stream goes on.
   */
  @Override
  public void checkLimit(RuleDesk desk) {
    if (desk.load() <= desk.rule().maxOpen() || !desk.judging) {
      return;
    }
    stop(
        desk,
        desk.outage == null
            ? new RuleLife.Overflow(clock.wall)
            : new RuleLife.Blind(desk.outage, clock.wall));
  }

  /** The rule stops judging: its suspicions go, since an audit will find them again. */
  void blind(RuleDesk desk, String reason) {
    stop(desk, new RuleLife.Blind(reason, clock.wall));
  }

  private void stop(RuleDesk desk, RuleLife life) {
    audits.stop(desk, life);
    desk.outage = null;
    List<KeyCase> unproved = new ArrayList<>(desk.referrers.values());
    for (KeyCase keyCase : desk.cases.values()) {
      if (keyCase.isSuspicion()) {
        unproved.add(keyCase);
      }
    }
    for (KeyCase keyCase : unproved) {
      switch (keyCase.state) {
        case CaseState.Asked state -> withdraw.accept(keyCase, state.withdrawn());
        case CaseState.Suspected state -> withdraw.accept(keyCase, state.withdrawn());
        case CaseState.Open open -> throw new IllegalStateException("an open violation is proved");
        case CaseState.Resolved resolved -> throw new IllegalStateException("it is settled");
      }
    }
  }

  /** The spellings in which children refer to a removed key: each is a key to prove. */
  @Override
  public void referring(KeyCase asked, Finding.Referring referring) {
    RuleDesk desk = asked.desk;
    remove(asked);
    if (referring.more()) {
      audits.request(desk, asked.cause);
    }
    for (Key spelling : referring.keys()) {
      if (!desk.judging) {
        return;
      }
      KeyCase known = desk.cases.get(spelling);
      if (known != null && known.inFlight != null) {
        // I0: it is one of the removed key's spellings. A removal voids the answers of those only,
        // or a parent that shrinks all the time would never let one count.
        known.inFlight.removedSince = true;
      }
      if (known == null) {
        questions.ask(
            add(
                desk,
                spelling,
                new CaseState.Asked(Optional.empty()),
                asked.cause,
                asked.brokenAt,
                asked.transaction),
            Ask.PROOF);
      } else if (known.state instanceof CaseState.Resolved resolved) {
        known.state = resolved.askedAgain();
        known.cause = asked.cause;
        known.brokenAt = asked.brokenAt;
        known.transaction = asked.transaction;
        ledger.touch(known);
        questions.ask(known, Ask.PROOF);
      }
    }
  }

  /**
   * Open violations whose child rows moved are asked again, the longest unasked first, at a bounded
   * rate: the old foreign-key value is not in the log under the default replica identity.
   */
  void recheck(RuleDesk desk) {
    if (desk.open.isEmpty() || clock.nanos - desk.recheckDue < 0) {
      return;
    }
    List<KeyCase> due = new ArrayList<>();
    for (KeyCase keyCase : desk.open.values()) {
      if (keyCase.needsRecheck()) {
        due.add(keyCase);
        if (due.size() == limits.recheckKeys()) {
          break;
        }
      }
    }
    for (KeyCase keyCase : due) {
      desk.open.remove(keyCase.key);
      desk.open.put(keyCase.key, keyCase);
      questions.ask(keyCase, Ask.PROOF);
    }
    if (!due.isEmpty()) {
      desk.recheckDue = clock.nanos + limits.recheckEvery().toNanos();
    }
  }
}
