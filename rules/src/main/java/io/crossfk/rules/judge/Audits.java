package io.crossfk.rules.judge;

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
  private List<AuditRequest> out = new ArrayList<>();
  private long number;

  Audits(JudgeClock clock, JudgeLimits limits) {
    this.clock = clock;
    this.limits = limits;
  }

  /** Wanted now; one that runs begins again, since what it read before may have changed unseen. */
  void request(RuleDesk desk, Cause cause) {
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

  /**
   * Wanted, but reasons for it may come by the thousand: at most one in each pause, and one that
   * runs goes on to its end, or none would ever reach it.
   */
  void requestSoon(RuleDesk desk, Cause cause) {
    if (!desk.auditWanted) {
      AuditRequest running = desk.audit;
      Optional<String> auditedTo = desk.auditedTo;
      request(desk, cause);
      desk.audit = running;
      desk.auditedTo = auditedTo;
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
    desk.audit = null;
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
    if (desk.unfit || !desk.streamsFlow()) {
      return;
    }
    if (desk.auditWanted && desk.audit == null && clock.nanos - desk.auditDue >= 0) {
      // First judge the streams: from here on what the tables do is judged, then they are read.
      desk.judging = true;
      desk.auditWanted = false;
      desk.auditOpened = false;
      desk.auditMustSee = desk.child.visibility.unseenNow();
      desk.audit = new AuditRequest(++number, desk.rule(), desk.auditedTo);
      desk.leavings++; // What is open is asked again.
      out.add(desk.audit);
    }
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
      again(desk, limits.retryFirst().toNanos());
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
    if (accepts(desk, request)) {
      desk.audit = null;
      startOver(desk);
      if (!desk.auditWanted) {
        desk.watchingSince = clock.nanos;
        live(desk, new RuleLife.Watching());
      }
    }
  }

  void failed(RuleDesk desk, Event.AuditFailed event) {
    if (isCurrent(desk, event.request())) {
      again(desk, limits.retryLast().toNanos());
    }
  }

  private void again(RuleDesk desk, long pauseNanos) {
    desk.audit = null;
    if (desk.auditWanted) {
      startOver(desk); // Another one was asked for meanwhile; it must read everything.
    }
    desk.auditWanted = true;
    desk.auditDue = clock.nanos + pauseNanos;
  }

  private static void live(RuleDesk desk, RuleLife life) {
    desk.lifeChanged |= !desk.life.equals(life);
    desk.life = life;
  }

  long untilDue(RuleDesk desk) {
    return isStartable(desk) ? Math.max(0, desk.auditDue - clock.nanos) : Long.MAX_VALUE;
  }

  private static boolean isStartable(RuleDesk desk) {
    return desk.auditWanted && desk.audit == null && !desk.unfit && desk.streamsFlow();
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
