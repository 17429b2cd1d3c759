package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogFinding;
import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.catalog.PostgresCatalog;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.feed.FeedFault;
import io.crossfk.listener.feed.FeedStartException;
import io.crossfk.listener.feed.FeedTopics;
import io.crossfk.listener.feed.Leadership;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.JudgeTally;
import io.crossfk.rules.judge.RuleLife;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service: wires source, lookup, check and feed, and runs until it is told to stop. The only
 * class that knows all parts.
 *
 * <p>{@link #run} is called once, by one thread; everything else by any.
 */
public final class Listener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);

  /** How often a database that was down at the start is tried again. */
  private static final Duration TRY_WAITING = Duration.ofSeconds(2);

  private final Configuration configuration;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable ListenerFault> fault = new AtomicReference<>();
  private volatile ListenerStatus.Phase phase = ListenerStatus.Phase.STARTING;
  private volatile @Nullable Session session;
  private volatile @Nullable Thread runner;

  public Listener(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Runs the service until {@link #stop}: looks at databases and Kafka, waits for the lead,
   * watches.
   *
   * @throws StartFailure naming everything that stands in the way
   * @throws ListenerFault if the service can vouch for nothing any more; end the process
   */
  public void run() throws StartFailure, InterruptedException {
    runner = Thread.currentThread();
    try {
      // Before waiting for the lead: a standby with a mistake must say so now, not at 3 a.m.
      requireSound(readCatalogues());
      try (Leadership leadership = Leadership.join(Parts.feed(configuration), this::feedLost)) {
        phase = ListenerStatus.Phase.STANDBY;
        leadership.awaitLeadership();
        leadership.onLoss(this::proveLead);
        while (stopping.getCount() > 0) {
          lead();
        }
      }
    } catch (FeedStartException refused) {
      if (!brokenByStop(refused)) {
        throw startFailure(refused);
      }
    } catch (StartFailure | InterruptedException | RuntimeException broken) {
      if (!brokenByStop(broken)) {
        throw broken;
      }
    } finally {
      runner = null;
      phase = ListenerStatus.Phase.STOPPED;
      ended.countDown();
    }
    ListenerFault broken = fault.get();
    if (broken != null) {
      throw broken;
    }
  }

  /**
   * A stop interrupts a start wherever it is, and each library says so in its own way. A fault that
   * ends the service is told all the same.
   */
  private boolean brokenByStop(Exception broken) {
    boolean byStop = stopping.getCount() == 0;
    if (byStop) {
      log.atDebug().setCause(broken).log("stopped in the middle of a start");
    }
    return byStop;
  }

  private CatalogReport readCatalogues() throws InterruptedException {
    return PostgresCatalog.read(Parts.catalog(configuration), configuration.rules().enabled());
  }

  /** All that is wrong with databases and Kafka, at once. */
  private void requireSound(CatalogReport report) throws StartFailure, InterruptedException {
    List<String> problems = new ArrayList<>();
    report.errors().stream().map(CatalogFinding::message).forEach(problems::add);
    problems.addAll(Preflight.problems(configuration, report));
    int exitCode = StartFailure.CONFIGURATION;
    try {
      FeedTopics.ensure(Parts.feed(configuration));
    } catch (FeedStartException refused) {
      if (problems.isEmpty() && refused.reason() == FeedStartException.Reason.UNREACHABLE) {
        exitCode = StartFailure.UNAVAILABLE;
      }
      problems.addAll(refused.problems());
    }
    if (!problems.isEmpty()) {
      throw new StartFailure(problems, exitCode);
    }
    for (CatalogFinding finding : report.findings()) {
      log.atWarn().log("{}", finding.message());
    }
    if (report.bound().isEmpty() && !report.waiting().isEmpty()) {
      log.atWarn().log("no database of any rule can be reached yet; trying again");
    }
  }

  private static StartFailure startFailure(FeedStartException refused) {
    return new StartFailure(
        refused.problems(),
        refused.reason() == FeedStartException.Reason.UNREACHABLE
            ? StartFailure.UNAVAILABLE
            : StartFailure.CONFIGURATION);
  }

  /** One session: until the stop, a fault, or a database that was waited for. */
  private void lead() throws StartFailure, FeedStartException, InterruptedException {
    CatalogReport report = readCatalogues();
    if (!report.errors().isEmpty()) {
      throw new StartFailure(
          report.errors().stream().map(CatalogFinding::message).toList(),
          StartFailure.CONFIGURATION);
    }
    try (Session leading = Session.open(configuration, report, new Faults())) {
      session = leading;
      phase = ListenerStatus.Phase.LEADING;
      while (!stopping.await(TRY_WAITING.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!report.waiting().isEmpty()
            && readCatalogues().waiting().size() < report.waiting().size()) {
          log.atInfo().log("a database that was waited for can be reached: its rules join");
          break;
        }
        if (leading.isOutdated() && canBeginAnew(report)) {
          log.atInfo().log("columns of rules have other types than before: a new session begins");
          break;
        }
      }
    } catch (Session.DatabaseWentAway away) {
      log.atWarn().addKeyValue("reason", away.getMessage()).log("start is tried again");
      stopping.await(TRY_WAITING.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      session = null;
    }
  }

  /** Whether a new session would have all the rules of this one: else its others go on here. */
  private boolean canBeginAnew(CatalogReport report) throws InterruptedException {
    CatalogReport now = readCatalogues();
    return now.errors().isEmpty()
        && now.waiting().size() <= report.waiting().size()
        && Preflight.problems(configuration, now).isEmpty();
  }

  private final class Faults implements Session.Faults {
    @Override
    public void feedLost(RuntimeException lost) {
      Listener.this.feedLost(lost);
    }

    @Override
    public void broken(String part, RuntimeException broken) {
      end(new ListenerFault(part + ": " + broken, ListenerFault.SOFTWARE, broken));
    }
  }

  private void feedLost(RuntimeException lost) {
    boolean ours = lost instanceof FeedFault known && known.kind() == FeedFault.Kind.BUG;
    end(
        new ListenerFault(
            String.valueOf(lost.getMessage()),
            ours ? ListenerFault.SOFTWARE : StartFailure.UNAVAILABLE,
            lost));
  }

  private void proveLead() {
    Session leading = session;
    if (leading != null) {
      leading.prove();
    }
  }

  private void end(ListenerFault broken) {
    fault.compareAndSet(null, broken);
    stopping.countDown();
  }

  /**
   * Ends the service: what is settled is flushed, the slots are moved, the lead is given away.
   *
   * @param patience how long to wait for that; it takes less than five seconds
   * @return true if it has ended
   */
  public boolean stop(Duration patience) throws InterruptedException {
    stopping.countDown();
    Thread waits = runner;
    if (waits != null && phase != ListenerStatus.Phase.LEADING) {
      waits.interrupt();
    }
    return ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    try {
      stop(Duration.ofSeconds(5));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  public ListenerStatus status() {
    Session leading = session;
    return leading == null
        ? new ListenerStatus(phase, JudgeTally.ZERO, Map.of(), Map.of(), Map.of())
        : new ListenerStatus(
            phase, leading.tally(), leading.lives(), leading.waiting(), leading.connected());
  }

  /**
   * How often each database's catalogue was read since this session began. One that is two more
   * than before has begun since; empty while nothing is watched.
   */
  public Map<String, Long> catalogueReadings() {
    Session leading = session;
    return leading == null ? Map.of() : leading.catalogueReadings();
  }

  /** Whether it leads, and every rule vouches for its databases. */
  public boolean watching() {
    ListenerStatus status = status();
    return status.phase() == ListenerStatus.Phase.LEADING
        && status.waiting().isEmpty()
        && !status.lives().isEmpty()
        && status.lives().values().stream().allMatch(RuleLife.Watching.class::isInstance);
  }

  /**
   * Whether every judge has judged each of these databases up to the position, and nothing is in
   * flight or suspected.
   */
  public boolean drainedTo(Map<String, Position> positions) {
    Session leading = session;
    if (leading == null) {
      return false;
    }
    for (Map.Entry<String, Position> wanted : positions.entrySet()) {
      if (leading
          .judged(wanted.getKey())
          .filter(judged -> !judged.isBefore(wanted.getValue()))
          .isEmpty()) {
        return false;
      }
    }
    JudgeTally tally = leading.tally();
    return tally.inFlight() == 0 && tally.suspected() == 0;
  }
}
