package io.crossfk.listener.randomwork;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.endtoend.AntiJoin;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.Transition;
import io.crossfk.listener.randomwork.FeedChecker.Kind;
import io.crossfk.listener.randomwork.Step.End;
import io.crossfk.listener.randomwork.Step.Job;
import io.crossfk.listener.randomwork.Step.Work;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * Many clients write at random to two databases, everything fails at random moments, and each
 * record of the feed is held against what the clients know to be true.
 *
 * <p>{@code crossfk.random.time} is how long ({@code 15m}), {@code crossfk.random.seed} makes the
 * same plan again: the same statements of each client and the same faults; not the same timing.
 */
@Order(8) // Long: it begins first.
class RandomWorkIT {
  private static final long SEED = Long.getLong("crossfk.random.seed", System.nanoTime());
  private static final Duration TIME =
      Duration.parse("PT" + System.getProperty("crossfk.random.time", "60s"));

  /** After each, everybody stops, and feed and databases must agree. */
  private static final Duration ROUND = Duration.ofSeconds(60);

  /** The end of each round: work without faults, or the audits after them would find all misses. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private static final Duration SETTLING = Duration.ofSeconds(150);
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(60);
  private static final Duration FAULT_EVERY = Duration.ofSeconds(6);

  /** Two clocks of one machine, read one after the other. */
  private static final Duration READING_CLOCKS = Duration.ofMillis(20);

  /** A key that no client uses. */
  private static final int CANARY = 90_000;

  @Test
  void nothingIsMissedFalseOrToldTwiceWhateverFails() throws Exception {
    History history = new History();
    try (Installation installation = new Installation()) {
      Path file = installation.configure();
      AntiJoin antiJoin =
          new AntiJoin(installation.stage(), Installation.read(file).rules().enabled());
      FeedLog feed = installation.stage().follow();
      try (Supervisor supervisor = new Supervisor(file, history);
          Clients clients = new Clients(SEED, installation, history)) {
        Faults faults = new Faults(installation, supervisor, history, new FaultPlan(SEED));
        everyRuleSpeaks(installation, history, feed);
        List<Duration> settled = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
          clients.workDuring(
              () -> {
                faults.happenFor(TIME.dividedBy(rounds()).minus(CALM), faultsInARound());
                faults.hold(CALM.toMillis());
              });
          Optional<Duration> took = settle(antiJoin, feed, history);
          took.ifPresent(settled::add);
          if (took.isEmpty()) {
            break;
          }
        }
        Set<String> broken = antiJoin.violations();
        Judgement judgement = judge(installation, history, faults, feed, broken);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seed", SEED);
        figures.put("time", TIME);
        figures.put("settled after each round", settled);
        figures.put("faults", faults.done());
        judgement.addTo(figures);
        figures.putAll(history.counts());
        figures.put("records", feed.counts());
        figures.put("open in the end", broken.size());
        figures.put("faults by kind", byKind(history));
        judgement.evidence().keepFigures(figures);

        judgement.assertNothingIsWrong(broken, faults);
        assertThat(supervisor.defects()).isEmpty();
        everyRuleSpeaks(installation, history, feed);
        supervisor.stop();
        assertThat(supervisor.defects()).isEmpty();
        aSecondReaderIsToldTheSame(installation, feed);
      } finally {
        new Evidence(SEED, history).keepLogs(file.resolveSibling("listener.log"));
      }
    }
  }

  private static int rounds() {
    return Math.max(1, (int) TIME.dividedBy(ROUND));
  }

  private static int faultsInARound() {
    return (int) TIME.dividedBy(rounds()).dividedBy(FAULT_EVERY);
  }

  /** Nobody works any more: how long until the feed says what the databases do; empty if never. */
  private static Optional<Duration> settle(AntiJoin antiJoin, FeedLog feed, History history)
      throws SQLException {
    long before = history.clock().now();
    Set<String> broken = antiJoin.violations();
    try {
      Awaitility.await()
          .atMost(SETTLING)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> feed.open().equals(broken));
      return Optional.of(Duration.ofMillis((history.clock().now() - before) / 1_000_000));
    } catch (ConditionTimeoutException different) {
      return Optional.empty();
    }
  }

  /** Each rule tells of an orphan and of its end: it watches, and is not blind by chance. */
  private static void everyRuleSpeaks(Installation installation, History history, FeedLog feed) {
    Statements sql = new Statements(new Random(SEED));
    eachRule(installation, history, rule -> sql.refer(rule.child(), CANARY));
    Awaitility.await("every rule tells of an orphan")
        .atMost(SIGN_OF_LIFE)
        .until(() -> rulesWithOpenCanary(feed) == WorkRule.values().length);
    eachRule(installation, history, rule -> sql.leave(rule.child(), CANARY));
    Awaitility.await("every rule tells that it is gone")
        .atMost(SIGN_OF_LIFE)
        .until(() -> rulesWithOpenCanary(feed) == 0);
  }

  private static void eachRule(
      Installation installation, History history, Function<WorkRule, Step> step) {
    try (Client canary = new Client("canary", installation::connect, history)) {
      for (WorkRule rule : WorkRule.values()) {
        String database = rule.child().database();
        canary.run(new Job(List.of(new Work(database, List.of(step.apply(rule)), End.COMMIT)), 0));
      }
    }
  }

  private static long rulesWithOpenCanary(FeedLog feed) {
    return feed.open().stream().filter(RandomWorkIT::isCanary).count();
  }

  private static boolean isCanary(String id) {
    for (WorkRule rule : WorkRule.values()) {
      String literal = rule.child().space().literal(CANARY);
      String plain = literal.replace("'", "").replace("::uuid", "").replace(" ", "");
      if (id.replace("\"", "").equals(rule.ruleName() + "|[" + plain + "]")) {
        return true;
      }
    }
    return false;
  }

  /** What the checker found, and where it is written down. */
  private record Judgement(FeedChecker checker, Truth truth, Evidence evidence) {
    void addTo(Map<String, Object> figures) {
      figures.put("transactions", truth.kept().size());
      figures.put("transactions a crash took back", truth.takenBack().size());
      figures.put("changes", truth.changes());
      figures.put("records judged", checker.judged());
      figures.put("records in doubt", checker.doubtful());
      figures.put("missed", checker.count(Kind.MISSED));
      figures.put(
          "false", checker.count(Kind.FALSE_OPENING, Kind.UNTRUE_RESOLUTION, Kind.LEFT_OPEN));
      figures.put("duplicates", checker.count(Kind.DUPLICATE, Kind.OUT_OF_ORDER));
    }

    void assertNothingIsWrong(Set<String> broken, Faults faults) {
      assertThat(checker.problems())
          .withFailMessage(() -> "see %s:%n%s".formatted(evidence.folder(), checker.problems()))
          .isEmpty();
      // The clients' books are right, too.
      assertThat(truth.brokenInTheEnd()).isEqualTo(broken);
      assertThat(truth.takenBack())
          .as("no crash takes back what is durable")
          .allMatch(
              each ->
                  each.answer() == Committed.Answer.SOON
                      || faults.wasForgetful(each.database(), each.known()));
    }
  }

  private static Judgement judge(
      Installation installation, History history, Faults faults, FeedLog feed, Set<String> broken)
      throws Exception {
    Truth truth = history.truth(installation.ledgers(), faults.crashes());
    Duration tolerance = READING_CLOCKS.plus(history.clock().drift());
    FeedChecker checker = new FeedChecker(truth::of, tolerance);
    List<Told> told = new ArrayList<>();
    for (Transition each : feed.transitions()) {
      told.add(Told.of(each, history.clock()));
    }
    told.forEach(checker::hear);
    checker.end(broken);
    Evidence evidence = new Evidence(SEED, history);
    if (!checker.problems().isEmpty() || !truth.brokenInTheEnd().equals(broken)) {
      evidence.keep(checker.problems(), truth, told);
    }
    return new Judgement(checker, truth, evidence);
  }

  private static Map<String, Integer> byKind(History history) {
    Map<String, Integer> counts = new TreeMap<>();
    for (History.Happening each : history.happenings()) {
      if (!each.kind().isEmpty()) {
        counts.merge(each.kind(), 1, Integer::sum);
      }
    }
    return counts;
  }

  private static void aSecondReaderIsToldTheSame(Installation installation, FeedLog feed)
      throws SQLException {
    FeedLog again = installation.stage().follow();
    Awaitility.await("a second reader is told as much")
        .atMost(SIGN_OF_LIFE)
        .until(() -> again.size() >= feed.size());
    feed.assertLawful();
    again.assertLawful();
    assertThat(again.size()).isEqualTo(feed.size());
  }
}
