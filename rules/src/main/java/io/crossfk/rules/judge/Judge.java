package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.TableReference;
import java.time.Instant;
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
  private final JudgeClock clock = new JudgeClock();
  private final Timers timers = new Timers();
  private final Ledger ledger;
  private final Questions questions;
  private final Verdicts verdicts;
  private final Audits audits;
  private final Untold untold;
  private final DeskKeeper keeper;
  private final JudgedRules rules;
  private final LogEvents log;
  private final CatalogueEvents catalogue;

  /**
   * A judge that goes on from its memory: every suspicion and every open violation is asked again
   * (I5).
   *
   * @param boundRules enabled rules with one parent table between them
   * @param memory what the journal gave back; rules in it must be among {@code boundRules}
   * @param nanos now, on the monotonic clock
   * @param wall now, for people
   */
  public Judge(
      TableReference parent,
      List<BoundRule> boundRules,
      Memory memory,
      PresenceCache cache,
      JudgeLimits limits,
      long nanos,
      Instant wall) {
    this.name = parent.toString();
    this.limits = limits;
    this.rules = new JudgedRules(name);
    this.ledger = new Ledger(name);
    this.questions = new Questions(clock, timers, ledger, limits);
    this.audits = new Audits(clock, limits, cache);
    this.keeper = new DeskKeeper(clock, limits, questions, ledger, audits);
    this.untold = new Untold(questions);
    this.verdicts = new Verdicts(clock, timers, questions, ledger, cache, keeper, untold);
    this.log = new LogEvents(rules, cache, questions, ledger, keeper, audits, untold);
    this.catalogue = new CatalogueEvents(rules, cache, keeper, audits);
    keeper.withdrawBy(verdicts::withdraw);
    questions.unansweredTo(keeper::count);
    clock.nanos = nanos;
    clock.wall = wall;
    Recall recall = new Recall(clock, rules, questions, ledger, keeper, audits, verdicts);
    for (BoundRule bound : boundRules) {
      if (!bound.rule().parent().table().equals(parent)) {
        throw new IllegalArgumentException(bound.rule().name() + " does not refer to " + parent);
      }
      recall.addDesk(bound, memory);
    }
    memory.violations().forEach(recall::recall);
    memory.suspicions().forEach(recall::recall);
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
    rules.all().forEach(keeper::recheck);
    rules.all().forEach(audits::startIfDue);
    untold.settle();
    for (DatabaseDesk database : rules.databases()) {
      questions.askVisibility(database, untold.wants(database));
    }
  }

  /** Takes one event. */
  public void handle(Event event) {
    switch (event) {
      case Event.ChildWritten written -> log.childWritten(written);
      case Event.ParentArrived arrived -> log.parentArrived(arrived);
      case Event.ParentRemoved removed -> log.parentRemoved(removed);
      case Event.ChildLeft left -> log.childLeft(left);
      case Event.Begin begin ->
          rules
              .database(begin.database())
              .begin(begin.transaction(), begin.finalPosition(), begin.committedAt());
      case Event.Commit commit -> rules.database(commit.database()).commit(commit.end());
      case Event.Progress progress -> log.progress(progress);
      case Event.Answered answered -> answered(answered.answer());
      case Event.ChildKeyUnknown unknown -> log.childKeyUnknown(unknown);
      case Event.ChildTruncated truncated -> log.childTruncated(truncated);
      case Event.ParentTruncated truncated -> log.parentTruncated(truncated.parent());
      case Event.StreamRestarted restarted ->
          rules.database(restarted.database()).leaveTransaction();
      case Event.Gap gap -> log.gap(gap);
      case Event.Unfit unfit -> catalogue.unfit(unfit);
      case Event.CatalogueRead read -> catalogue.read(read);
      case Event.AuditOpened opened -> audits.opened(rules.desk(opened.request().rule()), opened);
      case Event.AuditKeys keys -> log.auditKeys(keys);
      case Event.AuditPassed passed -> audits.passed(rules.desk(passed.request().rule()), passed);
      case Event.AuditEnded ended ->
          audits.ended(rules.desk(ended.request().rule()), ended.request());
      case Event.AuditPaused paused ->
          audits.paused(rules.desk(paused.request().rule()), paused.request());
      case Event.AuditFailed failed -> audits.failed(rules.desk(failed.request().rule()), failed);
      case Event.CutDurable cut -> ledger.durable(cut.number());
    }
  }

  private void answered(Answer answer) {
    if (answer.question() instanceof Question.Visibility visibility) {
      DatabaseDesk database = rules.database(visibility.database());
      if (answer.finding() instanceof Finding.Seen seen) {
        database.visibility.covers(seen.sight(), 0);
        untold.logEnd(database, visibility.number(), seen.logEnd());
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
    return audits.isCurrent(rules.desk(request.rule()), request);
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
    return ledger.cut(rules.databases(), rules.all());
  }

  /** Nanoseconds until {@link #advanceTo} has something to do, at most a second. */
  public long nanosUntilDue() {
    long until = Math.min(1_000_000_000L, timers.untilDue(clock.nanos));
    for (DatabaseDesk database : rules.databases()) {
      if (database.visibility.unseen() > 0 && database.visibilityQuestion < 0) {
        until = Math.min(until, Math.max(0, database.visibilityDue - clock.nanos));
      }
    }
    for (RuleDesk desk : rules.all()) {
      if (!desk.open.isEmpty()) {
        until = Math.min(until, limits.recheckEvery().toNanos());
      }
      until = Math.min(until, audits.untilDue(desk));
    }
    return until;
  }

  /** How far the judge has come with a database, for metrics; not what is durable. */
  public Optional<Position> judged(String database) {
    return rules.databases().stream()
        .filter(desk -> desk.name.equals(database) && desk.known)
        .map(desk -> desk.judged)
        .findFirst();
  }

  /** Where each rule stands. */
  public Map<String, RuleLife> lives() {
    Map<String, RuleLife> lives = new LinkedHashMap<>();
    rules.all().forEach(desk -> lives.put(desk.rule().name(), desk.life));
    return lives;
  }

  public JudgeTally tally() {
    int suspected = 0;
    int open = 0;
    int ignored = 0;
    int unseen = 0;
    for (RuleDesk desk : rules.all()) {
      suspected += desk.suspected;
      open += desk.open.size() - desk.ignored;
      ignored += desk.ignored;
    }
    for (DatabaseDesk database : rules.databases()) {
      unseen += database.visibility.unseen();
    }
    return new JudgeTally(
        log.checked,
        log.cacheHits,
        log.cacheMisses,
        questions.asked,
        verdicts.askedAgain,
        verdicts.opened,
        verdicts.resolved,
        suspected,
        open,
        questions.inFlight(),
        unseen,
        ignored,
        untold.counted);
  }

  /** The databases that this judge's rules touch. */
  public Collection<String> databases() {
    return rules.databases().stream().map(desk -> desk.name).toList();
  }
}
