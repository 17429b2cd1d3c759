package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.KeyCase.Ask;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges the rules of one parent table. Sans-I/O and deterministic: {@link Event}s in; questions,
 * audit requests and cuts out, for the driver to take. It has no clock ({@link #advanceTo}), no
 * thread, and never calls out, but for the cache that it is given.
 *
 * <p>The invariants I0 to I5 are told in docs/protocol.md. Here the events of the logs come in; the
 * answers are weighed in {@link Verdicts}, what is visible in {@link Visibility}, what becomes
 * durable in {@link Ledger}.
 *
 * <p>Not thread-safe: one thread owns one judge.
 */
public final class Judge {
  private final String name;
  private final JudgeLimits limits;
  private final PresenceCache cache;
  private final JudgeClock clock = new JudgeClock();
  private final Timers timers = new Timers();
  private final Ledger ledger;
  private final Questions questions;
  private final Verdicts verdicts;
  private final Audits audits;
  private final DeskKeeper keeper;
  private final Map<String, DatabaseDesk> databases = new LinkedHashMap<>();
  private final Map<String, RuleDesk> desks = new LinkedHashMap<>();
  private final Map<TableKey, List<RuleDesk>> desksByParent = new LinkedHashMap<>();

  private long checked;
  private long cacheHits;
  private long cacheMisses;

  /**
   * A judge that goes on from its memory: every suspicion and every open violation is asked again
   * (I5).
   *
   * @param rules enabled rules with one parent table between them
   * @param memory what the journal gave back; rules in it must be among {@code rules}
   * @param nanos now, on the monotonic clock
   * @param wall now, for people
   */
  public Judge(
      TableReference parent,
      List<BoundRule> rules,
      Memory memory,
      PresenceCache cache,
      JudgeLimits limits,
      long nanos,
      Instant wall) {
    this.name = parent.toString();
    this.limits = limits;
    this.cache = cache;
    this.ledger = new Ledger(name);
    this.questions = new Questions(clock, timers, ledger, limits);
    this.audits = new Audits(clock, limits);
    this.keeper = new DeskKeeper(clock, limits, questions, ledger, audits);
    this.verdicts = new Verdicts(clock, timers, questions, ledger, cache, keeper);
    keeper.withdrawBy(verdicts::withdraw);
    questions.unansweredTo(keeper::count);
    clock.nanos = nanos;
    clock.wall = wall;
    for (BoundRule bound : rules) {
      if (!bound.rule().parent().table().equals(parent)) {
        throw new IllegalArgumentException(bound.rule().name() + " does not refer to " + parent);
      }
      addDesk(bound, memory);
    }
    memory.violations().forEach(this::recall);
    memory.suspicions().forEach(this::recall);
  }

  private void addDesk(BoundRule bound, Memory memory) {
    DatabaseDesk child = database(bound.rule().child().database(), memory);
    DatabaseDesk parent = database(bound.rule().parent().database(), memory);
    Cut.RememberedRule remembered = memory.rules().get(bound.rule().name());
    RuleLife life = remembered == null ? new RuleLife.Baseline() : remembered.life();
    RuleDesk desk = new RuleDesk(bound, child, parent, life);
    desk.recheckDue = clock.nanos;
    desk.lifeChanged = remembered == null;
    desks.put(bound.rule().name(), desk);
    desksByParent.computeIfAbsent(bound.rule().parent(), none -> new ArrayList<>()).add(desk);
    if (!(life instanceof RuleLife.Watching)) {
      audits.request(desk, Cause.EXISTING);
    }
  }

  private DatabaseDesk database(String database, Memory memory) {
    return databases.computeIfAbsent(
        database,
        absent -> {
          DatabaseDesk desk =
              new DatabaseDesk(
                  absent, Optional.ofNullable(memory.positions().get(absent)), questions);
          desk.visibilityDue = clock.nanos;
          return desk;
        });
  }

  private void recall(Violation violation) {
    RuleDesk desk = desk(violation.rule());
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

  private void recall(Suspicion suspicion) {
    RuleDesk desk = desks.get(suspicion.ruleName());
    if (desk == null) {
      throw new IllegalArgumentException(name + " has no rule " + suspicion.ruleName());
    }
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
    keyCase.journaled = true;
    ledger.touch(keyCase);
    if (keyCase.inFlight == null) {
      questions.ask(keyCase, suspicion.referrers() ? Ask.REFERRERS : Ask.PROOF);
    }
  }

  /** The judge's name: its parent table. */
  public String name() {
    return name;
  }

  /**
   * Time passes: graces end, pauses end, open violations whose rows moved are asked again.
   *
   * @param nanos the monotonic clock; never earlier than before
   */
  public void advanceTo(long nanos, Instant wall) {
    clock.nanos = nanos;
    clock.wall = wall;
    timers.fire(
        nanos,
        (keyCase, reason) -> {
          switch (reason) {
            case GRACE_ENDS -> verdicts.graceEnded(keyCase);
            case ASK -> questions.due(keyCase);
            case FORGET -> verdicts.forgetResolved(keyCase);
          }
        });
    desks.values().forEach(keeper::recheck);
    desks.values().forEach(audits::startIfDue);
    databases.values().forEach(questions::askVisibility);
  }

  /** Takes one event. */
  public void handle(Event event) {
    switch (event) {
      case Event.ChildWritten written -> childWritten(written);
      case Event.ParentArrived arrived -> parentArrived(arrived);
      case Event.ParentRemoved removed -> parentRemoved(removed);
      case Event.ChildLeft left -> childLeft(left);
      case Event.Begin begin ->
          database(begin.database())
              .begin(begin.transaction(), begin.finalPosition(), begin.committedAt());
      case Event.Commit commit -> database(commit.database()).commit(commit.end());
      case Event.Progress progress -> database(progress.database()).progress(progress.position());
      case Event.Answered answered -> answered(answered.answer());
      case Event.ChildKeyUnknown unknown -> {
        RuleDesk desk = desk(unknown.rule());
        if (!desk.child.skips()) {
          audits.requestSoon(desk, Cause.EXISTING);
        }
      }
      case Event.ChildTruncated truncated -> {
        RuleDesk desk = desk(truncated.rule());
        if (!desk.child.skips()) {
          desk.leavings++;
        }
      }
      case Event.ParentTruncated truncated -> parentTruncated(truncated.parent());
      case Event.StreamRestarted restarted -> database(restarted.database()).leaveTransaction();
      case Event.Gap gap -> gap(gap);
      case Event.Unfit unfit -> unfit(unfit);
      case Event.AuditOpened opened -> audits.opened(desk(opened.request().rule()), opened);
      case Event.AuditKeys keys -> auditKeys(keys);
      case Event.AuditEnded ended -> audits.ended(desk(ended.request().rule()), ended.request());
      case Event.AuditFailed failed -> audits.failed(desk(failed.request().rule()), failed);
      case Event.CutDurable cut -> ledger.durable(cut.number());
    }
  }

  private void childWritten(Event.ChildWritten event) {
    RuleDesk desk = desk(event.rule());
    if (desk.child.skips()) {
      return;
    }
    checked++;
    examine(
        desk,
        event.key(),
        event.inserted() ? Cause.CHILD_INSERT : Cause.CHILD_UPDATE,
        desk.child.committedAt(),
        desk.child.transaction());
  }

  /** A child holds the key, says the log or an audit: is its parent there? */
  private void examine(
      RuleDesk desk,
      Key key,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction) {
    KeyCase known = desk.cases.get(key);
    if (known != null) {
      if (known.inFlight != null) {
        known.inFlight.writtenSince = true;
      }
      known.stale = known.isOpen();
      if (!(known.state instanceof CaseState.Resolved resolved)) {
        cacheMisses++; // It joins the look-up, the suspicion and its grace, or the violation.
        return;
      }
      if (!desk.judging || isKnownPresent(desk, key)) {
        return;
      }
      known.state = resolved.askedAgain();
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
    questions.ask(asked, key.partlyNull() ? Ask.PROOF : Ask.PRESENCE);
  }

  /** I2: a cached key was there and was not removed since; a miss means unknown. */
  private boolean isKnownPresent(RuleDesk desk, Key key) {
    if (desk.cacheable(key) && cache.contains(desk.rule().parent(), key)) {
      cacheHits++;
      return true;
    }
    return false;
  }

  private void childLeft(Event.ChildLeft event) {
    RuleDesk desk = desk(event.rule());
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

  private void parentArrived(Event.ParentArrived event) {
    for (RuleDesk desk : desksByParent.getOrDefault(event.parent(), List.of())) {
      if (desk.parent.skips()) {
        return;
      }
      if (!desk.shape().exact()) {
        // Any spelling may have arrived: every open key is asked again.
        desk.arrivals++;
        desk.leavings++;
        continue;
      }
      cache.add(event.parent(), event.key());
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

  private void parentRemoved(Event.ParentRemoved event) {
    List<RuleDesk> affected = desksByParent.getOrDefault(event.parent(), List.of());
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
        desk.removals++;
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
    if (known.isOpen()) {
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

  private void parentTruncated(TableReference parent) {
    boolean evicted = false;
    for (RuleDesk desk : desks.values()) {
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

  private void gap(Event.Gap gap) {
    DatabaseDesk database = database(gap.database());
    database.lost();
    cache.clear(); // I2: removals of this database may have been missed.
    for (RuleDesk desk : desks.values()) {
      if (desk.child == database || desk.parent == database) {
        desk.removals++;
        desk.arrivals++;
        desk.writings++;
        desk.leavings++;
        audits.blind(desk, gap.reason());
      }
    }
  }

  private void unfit(Event.Unfit event) {
    cache.clear(); // I2: removals may not be in the log.
    for (RuleDesk desk : desks.values()) {
      if (desk.rule().child().table().equals(event.table())
          || desk.rule().parent().table().equals(event.table())) {
        desk.unfit = true;
        keeper.blind(desk, event.reason());
      }
    }
  }

  private void auditKeys(Event.AuditKeys event) {
    RuleDesk desk = desk(event.request().rule());
    if (audits.accepts(desk, event.request())) {
      for (Key key : event.keys()) {
        if (!desk.judging) {
          return; // The limit was reached half-way.
        }
        examine(desk, key, desk.auditCause, Optional.empty(), Optional.empty());
      }
    }
  }

  private void answered(Answer answer) {
    if (answer.question() instanceof Question.Visibility visibility) {
      DatabaseDesk database = database(visibility.database());
      if (answer.finding() instanceof Finding.Seen seen) {
        database.visibility.covers(seen.sight(), 0);
      }
      questions.visibilityAnswered(
          database,
          answer.finding() instanceof Finding.Failed
              ? limits.retryFirst()
              : limits.visibilityEvery());
      return;
    }
    KeyCase keyCase = questions.answered(answer.question().number());
    if (keyCase != null && keyCase.inFlight != null) {
      KeyCase.InFlight asked = keyCase.inFlight;
      keyCase.inFlight = null;
      verdicts.decide(keyCase, asked, answer.finding());
    }
  }

  /**
   * Whether changes may come; answers and time always may. False while too many look-ups are in
   * flight or too many transitions wait for a cut: the streams pause, and memory stays bounded.
   */
  public boolean acceptsChanges() {
    return questions.inFlight() < limits.inFlight() && ledger.unpublished() < limits.unpublished();
  }

  /** The questions since the last call, in order. */
  public List<Question> takeQuestions() {
    return questions.take();
  }

  /** The audits wanted since the last call; a newer one for a rule voids the older. */
  public List<AuditRequest> takeAuditRequests() {
    return audits.take();
  }

  /** Whether an audit's keys are still wanted. */
  public boolean wants(AuditRequest request) {
    return audits.isCurrent(desk(request.rule()), request);
  }

  /** Whether something waits that a reader of the feed should not wait for. */
  public boolean hasNews() {
    return ledger.unpublished() > 0 && !ledger.isOut();
  }

  /** Whether no cut is out that is not durable yet. */
  public boolean cutIsDurable() {
    return !ledger.isOut();
  }

  /** What is to become durable next; empty if nothing is new or a cut is not durable yet (I5). */
  public Optional<Cut> cut() {
    return ledger.cut(databases.values(), desks.values());
  }

  /** Nanoseconds until {@link #advanceTo} has something to do, at most a second. */
  public long nanosUntilDue() {
    long until = Math.min(1_000_000_000L, timers.untilDue(clock.nanos));
    for (DatabaseDesk database : databases.values()) {
      if (database.visibility.unseen() > 0 && database.visibilityQuestion < 0) {
        until = Math.min(until, Math.max(0, database.visibilityDue - clock.nanos));
      }
    }
    for (RuleDesk desk : desks.values()) {
      if (!desk.open.isEmpty()) {
        until = Math.min(until, limits.recheckEvery().toNanos());
      }
      until = Math.min(until, audits.untilDue(desk));
    }
    return until;
  }

  /** How far the judge has come with a database, for metrics; not what is durable. */
  public Optional<Position> judged(String database) {
    DatabaseDesk desk = databases.get(database);
    return desk == null || !desk.known ? Optional.empty() : Optional.of(desk.judged);
  }

  /** Where each rule stands. */
  public Map<String, RuleLife> lives() {
    Map<String, RuleLife> lives = new LinkedHashMap<>();
    desks.forEach((rule, desk) -> lives.put(rule, desk.life));
    return lives;
  }

  public JudgeTally tally() {
    int suspected = 0;
    int open = 0;
    int unseen = 0;
    for (RuleDesk desk : desks.values()) {
      suspected += desk.suspected;
      open += desk.open.size();
    }
    for (DatabaseDesk database : databases.values()) {
      unseen += database.visibility.unseen();
    }
    return new JudgeTally(
        checked,
        cacheHits,
        cacheMisses,
        questions.asked,
        verdicts.askedAgain,
        verdicts.opened,
        verdicts.resolved,
        suspected,
        open,
        questions.inFlight(),
        unseen);
  }

  private DatabaseDesk database(String database) {
    DatabaseDesk desk = databases.get(database);
    if (desk == null) {
      throw new IllegalArgumentException(name + " does not touch database " + database);
    }
    return desk;
  }

  private RuleDesk desk(Rule rule) {
    RuleDesk desk = desks.get(rule.name());
    if (desk == null) {
      throw new IllegalArgumentException(name + " has no rule " + rule.name());
    }
    return desk;
  }

  /** The databases that this judge's rules touch. */
  public Collection<String> databases() {
    return List.copyOf(databases.keySet());
  }
}
