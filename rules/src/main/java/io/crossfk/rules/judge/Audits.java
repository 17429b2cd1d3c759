package io.crossfk.rules.judge;

import io.crossfk.rules.model.AuditSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a rule's children are read as a whole, and what that makes of its life. One way only: first
 * the streams are judged, then the audit is asked; it raises suspicions and nothing else.
 */
final class Audits {
  private final JudgeClock clock;
  private final JudgeLimits limits;
  private final PresenceCache cache;
  private List<AuditRequest> out = new ArrayList<>();
  private long number;

  Audits(JudgeClock clock, JudgeLimits limits, PresenceCache cache) {
    this.clock = clock;
    this.limits = limits;
    this.cache = cache;
  }

  /** Wanted now; one that runs begins again, since what it read before may have changed unseen. */
  void request(RuleDesk desk, Cause cause) {
    cancel(desk);
    want(desk, cause);
  }

  /** One that nobody has been asked for yet is not asked for: after a gap, nobody reads. */
  private void cancel(RuleDesk desk) {
    if (desk.audit != null) {
      if (out.remove(desk.audit)) {
        // Nobody has begun to wait for those that run.
        desk.auditAfterRunning |= desk.audit.afterRunning();
      }
      desk.audit = null;
    }
  }

  private void want(RuleDesk desk, Cause cause) {
    desk.audit = null;
    startOver(desk);
    desk.auditCause = cause;
    desk.auditDue = clock.nanos;
    desk.auditWanted = true;
    if (desk.life instanceof RuleLife.Watching) {
      // Journaled, so that a crash before its end begins it again.
      live(desk, new RuleLife.Baseline());
    }
  }

  /** Something happened that no log tells; and what runs at this moment may go on with it. */
  void blindUntilRunningEnded(RuleDesk desk, String reason) {
    blind(desk, reason);
    desk.auditAfterRunning = true;
  }

  /**
   * Wanted, but reasons for it may come by the thousand: at most one in each pause, and one that
   * runs goes on to its end, or none would ever reach it.
   */
  void requestSoon(RuleDesk desk, Cause cause) {
    if (!desk.auditWanted) {
      AuditRequest running = desk.audit;
      Optional<String> auditedTo = desk.auditedTo;
      want(desk, cause);
      desk.audit = running;
      desk.auditedTo = running == null ? Optional.empty() : auditedTo;
      desk.auditDue = clock.nanos + limits.auditRetry().toNanos();
    } else if (desk.audit == null) {
      // The one that waits must not go on where it was: the reason may lie before that.
      startOver(desk);
    }
  }

  /** A source is lost: the rule cannot vouch for anything until its audit has ended. */
  void blind(RuleDesk desk, String reason) {
    live(desk, new RuleLife.Blind(reason, clock.wall));
    request(desk, Cause.EXISTING);
  }

  /** The rule stops judging until an audit, which comes after a pause. */
  void stop(RuleDesk desk, RuleLife life) {
    desk.judging = false;
    cancel(desk);
    startOver(desk);
    desk.auditCause = Cause.EXISTING;
    // Each audit is a scan of a production table: a rule that stays broken is read ever more
    // rarely. What an audit finds is known some while after its end, so that its end alone says
    // nothing: only a rule that held out for longer than it had paused begins anew.
    if (desk.life instanceof RuleLife.Watching
        && clock.nanos - desk.watchingSince > pauseNanos(desk.stops)) {
      desk.stops = 0;
    }
    desk.auditDue = clock.nanos + pauseNanos(desk.stops);
    desk.stops++;
    desk.auditWanted = true;
    live(desk, life);
  }

  private long pauseNanos(int stops) {
    return limits.auditRetry().toNanos() << Math.min(stops, 5);
  }

  void startIfDue(RuleDesk desk) {
    if (desk.audit != null || desk.unfit() || !desk.streamsFlow()) {
      return;
    }
    if (desk.auditWanted) {
      if (clock.nanos - desk.auditDue >= 0) {
        // First judge the streams: from here on what the tables do is judged, then they are read.
        desk.judging = true;
        desk.auditWanted = false;
        start(desk, false, Optional.empty());
      }
    } else if (isScheduledNow(desk)) {
      desk.auditCause = Cause.EXISTING;
      // What it is to find no stream has told: a cached key may be gone without a word (I2).
      cache.clear();
      start(desk, true, desk.rule().audit().flatMap(schedule -> schedule.until(clock.wall)));
    }
  }

  private boolean isScheduledNow(RuleDesk desk) {
    return desk.life instanceof RuleLife.Watching
        && !clock.wall.isBefore(desk.scheduleDue)
        && desk.rule().audit().stream()
            .anyMatch(schedule -> schedule.notBefore(clock.wall).equals(clock.wall));
  }

  private void start(RuleDesk desk, boolean scheduled, Optional<Instant> until) {
    if (desk.auditedTo.isEmpty()) {
      desk.auditBegan = clock.wall;
    }
    desk.auditOpened = false;
    desk.auditMustSee = desk.child.visibility.unseenNow();
    desk.audit =
        new AuditRequest(
            ++number, desk.rule(), desk.auditedTo, desk.auditAfterRunning, scheduled, until);
    desk.auditAfterRunning = false;
    desk.leavings++; // What is open is asked again.
    out.add(desk.audit);
  }

  /** A rule comes back from the journal. */
  void recall(RuleDesk desk, Optional<String> auditedTo) {
    if (!(desk.life instanceof RuleLife.Watching)) {
      request(desk, Cause.EXISTING);
    }
    // The cut that told the place told the positions too: all since then is judged.
    desk.auditedTo = auditedTo;
    desk.auditBegan = clock.wall;
    schedule(desk);
  }

  /** One that was begun goes on as soon as it may. */
  private void schedule(RuleDesk desk) {
    desk.scheduleDue =
        desk.rule().audit().map(schedule -> nextBeginning(desk, schedule)).orElse(Instant.MAX);
  }

  private Instant nextBeginning(RuleDesk desk, AuditSchedule schedule) {
    return desk.auditedTo.isPresent()
        ? schedule.notBefore(clock.wall)
        : schedule.next(desk.past.auditedAt().orElse(clock.wall));
  }

  void opened(RuleDesk desk, Event.AuditOpened event) {
    if (!isCurrent(desk, event.request())) {
      return;
    }
    // I1: the audit must see every child that was begun before it was asked. A look-up that read
    // later may be heard first, so what the audit must see was noted when it was asked.
    if (event.child() instanceof Sight.Primary primary
        && desk.auditMustSee.stream().allMatch(primary.snapshot()::sees)) {
      desk.auditOpened = true;
    } else {
      again(desk, event.request(), limits.retryFirst());
    }
  }

  boolean accepts(RuleDesk desk, AuditRequest request) {
    return desk.auditOpened && isCurrent(desk, request);
  }

  boolean isCurrent(RuleDesk desk, AuditRequest request) {
    return request.equals(desk.audit);
  }

  /**
   * I5: the place goes into the same cut as what became of the keys before it, and as the positions
   * from which the streams are judged again.
   */
  void passed(RuleDesk desk, Event.AuditPassed event) {
    if (accepts(desk, event.request())) {
      desk.auditedTo = Optional.of(event.place());
      desk.lifeChanged = true;
    }
  }

  /** The next audit reads everything: since this one's beginning something was not judged. */
  private static void startOver(RuleDesk desk) {
    desk.lifeChanged |= desk.auditedTo.isPresent();
    desk.auditedTo = Optional.empty();
  }

  void ended(RuleDesk desk, AuditRequest request) {
    if (!accepts(desk, request)) {
      return;
    }
    desk.audit = null;
    startOver(desk);
    if (desk.auditWanted) {
      return;
    }
    desk.past = desk.past.auditedWhole(desk.auditBegan);
    desk.lifeChanged = true;
    if (!request.scheduled()) {
      desk.watchingSince = clock.nanos;
      live(desk, new RuleLife.Watching());
    }
    schedule(desk);
  }

  /** Its hours are over: the rest waits for the next ones. */
  void paused(RuleDesk desk, AuditRequest request) {
    if (isCurrent(desk, request)) {
      again(desk, request, limits.retryLast());
    }
  }

  void failed(RuleDesk desk, Event.AuditFailed event) {
    if (isCurrent(desk, event.request())) {
      again(desk, event.request(), limits.retryLast());
    }
  }

  private void again(RuleDesk desk, AuditRequest request, Duration pause) {
    desk.audit = null;
    if (desk.auditWanted) {
      startOver(desk); // Another one was asked for meanwhile; it must read everything.
    } else if (request.scheduled()) {
      Instant after = clock.wall.plus(pause);
      desk.scheduleDue =
          desk.rule().audit().map(schedule -> schedule.notBefore(after)).orElse(Instant.MAX);
      return;
    }
    desk.auditWanted = true;
    desk.auditDue = clock.nanos + pause.toNanos();
  }

  private static void live(RuleDesk desk, RuleLife life) {
    if (desk.life.equals(life)) {
      return;
    }
    if (desk.lifeIsNew
        && (desk.life instanceof RuleLife.Blind || desk.life instanceof RuleLife.Overflow)) {
      desk.passedLives.add(desk.life);
    }
    desk.lifeChanged = true;
    desk.lifeIsNew = true;
    desk.life = life;
  }

  long untilDue(RuleDesk desk) {
    return isStartable(desk) ? Math.max(0, desk.auditDue - clock.nanos) : Long.MAX_VALUE;
  }

  private static boolean isStartable(RuleDesk desk) {
    return desk.auditWanted && desk.audit == null && !desk.unfit() && desk.streamsFlow();
  }

  List<AuditRequest> take() {
    if (out.isEmpty()) {
      return List.of();
    }
    List<AuditRequest> taken = out;
    out = new ArrayList<>();
    return taken;
  }
}
