package io.crossfk.rules.judge;

import io.crossfk.rules.judge.KeyCase.Ask;
import io.crossfk.rules.model.BoundRule;
import java.util.Optional;

/**
 * From the journal's memory back to the desks: every suspicion and every open violation is asked
 * again (I5), and resolved ones wait for their tombstone.
 */
final class Recall {
  private final JudgeClock clock;
  private final JudgedRules rules;
  private final Questions questions;
  private final Ledger ledger;
  private final DeskKeeper keeper;
  private final Audits audits;
  private final Verdicts verdicts;

  Recall(
      JudgeClock clock,
      JudgedRules rules,
      Questions questions,
      Ledger ledger,
      DeskKeeper keeper,
      Audits audits,
      Verdicts verdicts) {
    this.clock = clock;
    this.rules = rules;
    this.questions = questions;
    this.ledger = ledger;
    this.keeper = keeper;
    this.audits = audits;
    this.verdicts = verdicts;
  }

  void addDesk(BoundRule bound, Memory memory) {
    DatabaseDesk child = database(bound.rule().child().database(), memory);
    DatabaseDesk parent = database(bound.rule().parent().database(), memory);
    Cut.RememberedRule remembered = memory.rules().get(bound.rule().name());
    RuleLife life = remembered == null ? new RuleLife.Baseline() : remembered.life();
    RuleDesk desk = new RuleDesk(bound, child, parent, life);
    desk.recheckDue = clock.nanos;
    desk.lifeChanged = remembered == null;
    if (remembered != null) {
      desk.past = life instanceof RuleLife.Watching ? remembered.past().whole() : remembered.past();
    }
    rules.add(desk);
    audits.recall(desk, remembered == null ? Optional.empty() : remembered.auditedTo());
  }

  private DatabaseDesk database(String database, Memory memory) {
    return rules.database(
        database,
        absent -> {
          DatabaseDesk desk =
              new DatabaseDesk(
                  absent, Optional.ofNullable(memory.positions().get(absent)), questions);
          desk.visibilityDue = clock.nanos;
          return desk;
        });
  }

  void recall(Violation violation) {
    RuleDesk desk = rules.desk(violation.rule());
    if (violation.isOpen()) {
      KeyCase keyCase =
          keeper.add(
              desk,
              violation.key(),
              new CaseState.Open(violation),
              violation.cause(),
              violation.brokenAt(),
              violation.evidence().transaction());
      desk.open.put(violation.key(), keyCase);
      if (violation.isIgnored()) {
        keyCase.raisedBy = RaisedBy.BASELINE;
        desk.ignored++;
      }
      questions.ask(keyCase, Ask.PROOF);
    } else {
      CaseState.Resolved resolved = new CaseState.Resolved(violation);
      verdicts.remember(
          keeper.add(
              desk,
              violation.key(),
              resolved,
              violation.cause(),
              violation.brokenAt(),
              violation.evidence().transaction()),
          resolved);
    }
  }

  void recall(Suspicion suspicion) {
    RuleDesk desk = rules.desk(suspicion.ruleName());
    KeyCase known = desk.cases.get(suspicion.key());
    KeyCase keyCase;
    if (suspicion.referrers()) {
      keyCase =
          keeper.addReferrers(
              desk,
              suspicion.key(),
              suspicion.cause(),
              suspicion.brokenAt(),
              suspicion.transaction());
    } else if (known != null) {
      // It was resolved before and suspected again: its tombstone waits.
      if (known.state instanceof CaseState.Resolved resolved) {
        known.state = resolved.askedAgain();
        known.cause = suspicion.cause();
        known.brokenAt = suspicion.brokenAt();
        known.transaction = suspicion.transaction();
      }
      keyCase = known;
    } else {
      keyCase =
          keeper.add(
              desk,
              suspicion.key(),
              new CaseState.Asked(Optional.empty()),
              suspicion.cause(),
              suspicion.brokenAt(),
              suspicion.transaction());
    }
    keyCase.raisedBy = suspicion.raisedBy();
    keyCase.journaled = true;
    ledger.touch(keyCase);
    if (keyCase.inFlight == null) {
      questions.ask(keyCase, suspicion.referrers() ? Ask.REFERRERS : Ask.PROOF);
    }
  }
}
