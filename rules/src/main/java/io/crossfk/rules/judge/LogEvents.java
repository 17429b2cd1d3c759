package io.crossfk.rules.judge;

import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.KeyCase.Ask;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableReference;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the logs say, and what is asked because of it (I0: events ask). The cache settles what is
 * known to be present (I2); a removal first evicts, then asks (I3). Nothing here decides.
 */
final class LogEvents {
  private final JudgedRules rules;
  private final PresenceCache cache;
  private final Questions questions;
  private final Ledger ledger;
  private final DeskKeeper keeper;
  private final Audits audits;
  private final Untold untold;

  long checked;
  long cacheHits;
  long cacheMisses;

  LogEvents(
      JudgedRules rules,
      PresenceCache cache,
      Questions questions,
      Ledger ledger,
      DeskKeeper keeper,
      Audits audits,
      Untold untold) {
    this.rules = rules;
    this.cache = cache;
    this.questions = questions;
    this.ledger = ledger;
    this.keeper = keeper;
    this.audits = audits;
    this.untold = untold;
  }

  void childWritten(Event.ChildWritten event) {
    RuleDesk desk = rules.desk(event.rule());
    if (desk.child.skips()) {
      return;
    }
    checked++;
    examine(
        desk,
        event.key(),
        RaisedBy.LOG,
        event.inserted() ? Cause.CHILD_INSERT : Cause.CHILD_UPDATE,
        desk.child.committedAt(),
        desk.child.transaction());
  }

  /** A child holds the key, says the log or an audit: is its parent there? */
  private void examine(
      RuleDesk desk,
      Key key,
      RaisedBy raisedBy,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction) {
    KeyCase known = desk.cases.get(key);
    if (known != null) {
      if (known.inFlight != null) {
        known.inFlight.writtenSince = true;
        // Nobody asked who refers to a key that was removed before this child: whether it is the
        // child's own, in another spelling, only a new look-up can tell.
        known.inFlight.removedSince |= known.inFlight.removedInSomeSpelling(desk);
      }
      known.stale = known.isOpen();
      if (raisedBy == RaisedBy.LOG) {
        toldByLog(known, cause, brokenAt, transaction, Ask.PRESENCE);
      }
      if (!(known.state instanceof CaseState.Resolved resolved)) {
        cacheMisses++; // It joins the look-up, the suspicion and its grace, or the violation.
        return;
      }
      if (!desk.judging || isKnownPresent(desk, key)) {
        return;
      }
      known.state = resolved.askedAgain();
      known.raisedBy = raisedBy;
      known.cause = cause;
      known.brokenAt = brokenAt;
      known.transaction = transaction;
      cacheMisses++;
      ledger.touch(known);
      questions.ask(known, key.partlyNull() ? Ask.PROOF : Ask.PRESENCE);
      return;
    }
    if (!desk.judging || isKnownPresent(desk, key)) {
      return;
    }
    cacheMisses++;
    KeyCase asked =
        keeper.add(desk, key, new CaseState.Asked(Optional.empty()), cause, brokenAt, transaction);
    asked.raisedBy = raisedBy;
    questions.ask(asked, key.partlyNull() ? Ask.PROOF : Ask.PRESENCE);
  }

  /**
   * What an audit had found a log tells too: so the log has not missed it. One that is ignored was
   * touched, and is judged with its grace, as if it were new.
   */
  private void toldByLog(
      KeyCase known,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction,
      Ask ask) {
    known.raisedBy = RaisedBy.LOG;
    if (known.state instanceof CaseState.Open open && open.violation().isIgnored()) {
      keeper.noLongerIgnored(known, open.noLongerIgnored());
      if (!known.desk.judging) {
        keeper.remove(known); // The audit that follows finds it.
        return;
      }
      known.cause = cause;
      known.brokenAt = brokenAt;
      known.transaction = transaction;
      if (known.inFlight == null && known.waiting == null) {
        questions.ask(known, known.key.partlyNull() ? Ask.PROOF : ask);
      }
    }
  }

  /** I2: a cached key was there and was not removed since; a miss means unknown. */
  private boolean isKnownPresent(RuleDesk desk, Key key) {
    if (desk.cacheable(key) && cache.contains(desk.rule().parent(), key)) {
      cacheHits++;
      return true;
    }
    return false;
  }

  void childLeft(Event.ChildLeft event) {
    RuleDesk desk = rules.desk(event.rule());
    if (desk.child.skips()) {
      return;
    }
    if (event.key().isEmpty()) {
      desk.leavings++;
      return;
    }
    KeyCase keyCase = desk.cases.get(event.key().get());
    if (keyCase != null) {
      // I0: a child that left while a look-up is out asks again.
      if (keyCase.inFlight != null) {
        keyCase.inFlight.leftSince = true;
      }
      keyCase.stale = keyCase.isOpen();
    }
  }

  void parentArrived(Event.ParentArrived event) {
    for (RuleDesk desk : rules.referringTo(event.parent())) {
      if (desk.parent.skips()) {
        return;
      }
      if (!desk.shape().exact()) {
        // Any spelling may have arrived: every open key is asked again. It voids no answer, or a
        // parent that grows all the time would never let a violation open: what a proof found was
        // so at its instant.
        desk.leavings++;
        continue;
      }
      if (desk.parent.caches()) {
        cache.add(event.parent(), event.key());
      }
      KeyCase keyCase = desk.cases.get(event.key());
      if (keyCase == null) {
        continue;
      }
      if (keyCase.inFlight != null) {
        keyCase.inFlight.arrivedSince = true;
      } else if (keyCase.waiting == null
          && (keyCase.isOpen() || keyCase.state instanceof CaseState.Suspected)) {
        questions.ask(keyCase, Ask.PRESENCE);
      }
    }
  }

  void parentRemoved(Event.ParentRemoved event) {
    List<RuleDesk> affected = rules.referringTo(event.parent());
    if (affected.isEmpty() || affected.getFirst().parent.skips()) {
      return;
    }
    checked++;
    // I3: first evict, then ask who still refers; the other way round a child between the two
    // would be settled by the cache.
    cache.remove(event.parent(), event.key());
    Cause cause = event.updated() ? Cause.PARENT_UPDATE : Cause.PARENT_DELETE;
    for (RuleDesk desk : affected) {
      if (desk.shape().exact()) {
        removed(desk, event.key(), cause);
      } else {
        desk.spelledRemovals++;
        if (desk.judging && !desk.referrers.containsKey(event.key())) {
          KeyCase asked =
              keeper.addReferrers(
                  desk, event.key(), cause, desk.parent.committedAt(), desk.parent.transaction());
          questions.ask(asked, Ask.REFERRERS);
        } else if (desk.judging) {
          KeyCase asked = desk.referrers.get(event.key());
          if (asked != null && asked.inFlight != null) {
            asked.inFlight.removedSince = true;
          }
        }
      }
    }
  }

  private void removed(RuleDesk desk, Key key, Cause cause) {
    KeyCase known = desk.cases.get(key);
    if (known == null) {
      if (desk.judging && desk.shape().reachable(key)) {
        questions.ask(
            keeper.add(
                desk,
                key,
                new CaseState.Asked(Optional.empty()),
                cause,
                desk.parent.committedAt(),
                desk.parent.transaction()),
            Ask.PROOF);
      }
      return;
    }
    if (known.inFlight != null) {
      known.inFlight.removedSince = true;
    }
    toldByLog(known, cause, desk.parent.committedAt(), desk.parent.transaction(), Ask.PROOF);
    if (known.isOpen() || !known.onDesk) {
      return;
    }
    if (known.state instanceof CaseState.Resolved resolved) {
      if (!desk.judging) {
        return;
      }
      known.state = resolved.askedAgain();
      ledger.touch(known);
      questions.ask(known, Ask.PROOF);
    }
    known.cause = cause;
    known.brokenAt = desk.parent.committedAt();
    known.transaction = desk.parent.transaction();
  }

  void parentTruncated(TableReference parent) {
    boolean evicted = false;
    for (RuleDesk desk : rules.all()) {
      if (!desk.rule().parent().table().equals(parent) || desk.parent.skips()) {
        continue;
      }
      if (!evicted) {
        cache.clear(); // I3, for every key at once.
        evicted = true;
      }
      desk.removals++;
      audits.request(desk, Cause.PARENT_TRUNCATE);
    }
  }

  void progress(Event.Progress progress) {
    DatabaseDesk database = rules.database(progress.database());
    boolean begins = !database.known;
    database.progress(progress.position());
    if (begins) {
      // What was read before the stream began may have changed, and no event will tell.
      voidAll(database);
    }
  }

  void gap(Event.Gap gap) {
    DatabaseDesk database = rules.database(gap.database());
    database.lost();
    untold.lost(database);
    voidAll(database);
    for (RuleDesk desk : rules.all()) {
      if (desk.child == database || desk.parent == database) {
        desk.forgetWhereUnfit(database.name);
        audits.blind(desk, gap.reason());
      }
    }
  }

  /** I2: removals of this database may have been missed, and whatever else happened in it. */
  private void voidAll(DatabaseDesk database) {
    cache.clear();
    for (RuleDesk desk : rules.all()) {
      if (desk.child == database || desk.parent == database) {
        desk.removals++;
        desk.arrivals++;
        desk.writings++;
        desk.leavings++;
      }
    }
  }

  void auditKeys(Event.AuditKeys event) {
    RuleDesk desk = rules.desk(event.request().rule());
    if (audits.accepts(desk, event.request())) {
      for (Key key : event.keys()) {
        if (!desk.judging) {
          return; // The limit was reached half-way.
        }
        examine(
            desk,
            key,
            raisedBy(desk, event.request()),
            desk.auditCause,
            Optional.empty(),
            Optional.empty());
      }
    }
  }

  private static RaisedBy raisedBy(RuleDesk desk, AuditRequest request) {
    if (!desk.past.baselined()) {
      return RaisedBy.BASELINE;
    }
    return request.scheduled() ? RaisedBy.SCHEDULE : RaisedBy.AUDIT;
  }

  void childKeyUnknown(Event.ChildKeyUnknown event) {
    RuleDesk desk = rules.desk(event.rule());
    if (!desk.child.skips()) {
      audits.requestSoon(desk, Cause.EXISTING);
    }
  }

  void childTruncated(Event.ChildTruncated event) {
    RuleDesk desk = rules.desk(event.rule());
    if (!desk.child.skips()) {
      desk.leavings++;
    }
  }
}
