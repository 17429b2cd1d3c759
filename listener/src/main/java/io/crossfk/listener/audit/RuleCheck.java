package io.crossfk.listener.audit;

import io.crossfk.listener.audit.CheckOutcome.FoundViolation;
import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.KeyCode;
import io.crossfk.listener.lookup.KeyScanner;
import io.crossfk.listener.lookup.KeyScanner.Side;
import io.crossfk.listener.lookup.Lookups;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Checks whole tables of one rule, once: both sides are read at the same time, each from one
 * snapshot; children without a parent are candidates; a candidate that is proved, and proved again
 * when the rule's grace is over, is a violation.
 *
 * <p>Nothing is missed that was broken all the while: its row is in the one snapshot, and its
 * parent in none. Nothing is told that was not broken at the instant of its last proof.
 */
public final class RuleCheck {
  /** Candidates that are proved together. */
  private static final int BATCH = 1000;

  /**
   * @param folder for what does not fit into memory
   * @param memory for keys, in bytes; the rest goes to the folder
   */
  public record Limits(Path folder, long memory) {}

  /** Is told how far the reading is; see {@link KeyScanner.Pace}. */
  @FunctionalInterface
  public interface Progress {
    KeyScanner.Pace of(Side side);
  }

  private final KeyScanner scanner;
  private final Lookups lookups;
  private final Limits limits;

  public RuleCheck(KeyScanner scanner, Lookups lookups, Limits limits) {
    this.scanner = scanner;
    this.lookups = lookups;
    this.limits = limits;
  }

  /** Blocks until the outcome is known. */
  public CheckOutcome check(BoundRule rule, Progress progress) throws InterruptedException {
    long start = System.nanoTime();
    int most = rule.rule().maxOpen();
    long quarter = limits.memory() / 4;
    try (GatheredKeys children = new GatheredKeys(limits.folder(), quarter, most + 1);
        GatheredKeys parents = new GatheredKeys(limits.folder(), quarter, 0)) {
      AuditOutcome childEnd;
      AuditOutcome parentEnd;
      try (ExecutorService readers =
          Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("scan-", 0).factory())) {
        Future<AuditOutcome> ofParents = readers.submit(scan(rule, Side.PARENT, parents, progress));
        Future<AuditOutcome> ofChildren =
            readers.submit(scan(rule, Side.CHILD, children, progress));
        childEnd = await(ofChildren);
        parentEnd = await(ofParents);
      }
      Candidates candidates = new Candidates(rule, new Proofs(rule.rule(), lookups), most);
      if (childEnd instanceof AuditOutcome.Complete read
          && parentEnd instanceof AuditOutcome.Complete readParents) {
        children.partlyNull().forEach(candidates::test);
        candidates.more |= children.partlyNull().size() > most;
        new MissingParents(KeyCode.of(rule.shape()), 2 * quarter, candidates::test)
            .find(children, parents);
        return candidates.outcome(read.rows(), readParents.rows(), start);
      }
      return failed(rule, childEnd instanceof AuditOutcome.Complete ? parentEnd : childEnd, start);
    }
  }

  /** As {@link #check}, of about so many child rows chosen by chance. */
  public CheckOutcome sample(BoundRule rule, int rows, Progress progress)
      throws InterruptedException {
    long start = System.nanoTime();
    KeyCode code = KeyCode.of(rule.shape());
    SampledKeys keys = new SampledKeys(code);
    AuditOutcome end = scanner.sample(rule, rows, keys, progress.of(Side.CHILD));
    if (end instanceof AuditOutcome.Complete read) {
      Candidates candidates =
          new Candidates(rule, new Proofs(rule.rule(), lookups), rule.rule().maxOpen());
      for (Key key : keys.all()) {
        if (!candidates.test(key)) {
          break;
        }
      }
      return candidates.outcome(read.rows(), 0, start);
    }
    return failed(rule, end, start);
  }

  private static CheckOutcome failed(BoundRule rule, AuditOutcome end, long start) {
    return end instanceof AuditOutcome.Failed(String database, String reason)
        ? new CheckOutcome.Failed(rule, since(start), database, reason)
        : new CheckOutcome.Failed(
            rule, since(start), rule.rule().child().database(), "the check was broken off");
  }

  private Callable<AuditOutcome> scan(
      BoundRule rule, Side side, GatheredKeys keys, Progress progress) {
    return () -> scanner.scan(rule, side, keys, progress.of(side));
  }

  private static AuditOutcome await(Future<AuditOutcome> reading) throws InterruptedException {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a scan ended abruptly", e.getCause());
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** Takes candidates as they are found; those that are whole by now take no room. */
  private static final class Candidates {
    private final BoundRule rule;
    private final Proofs proofs;
    private final int most;
    private final List<Key> unproved = new ArrayList<>();
    private final List<Key> suspects = new ArrayList<>();
    private long count;
    private boolean more;
    private Optional<Proofs.Unproved> failure = Optional.empty();
    private boolean interrupted;

    Candidates(BoundRule rule, Proofs proofs, int most) {
      this.rule = rule;
      this.proofs = proofs;
      this.most = most;
    }

    boolean test(Key key) {
      count++;
      unproved.add(key);
      if (unproved.size() == BATCH) {
        sift();
      }
      return !more && failure.isEmpty() && !interrupted;
    }

    private void sift() {
      try {
        proofs.prove(unproved).stream().map(FoundViolation::key).forEach(suspects::add);
      } catch (Proofs.Unproved e) {
        failure = Optional.of(e);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      unproved.clear();
      more |= suspects.size() > most;
    }

    CheckOutcome outcome(long childRows, long parentRows, long start) throws InterruptedException {
      sift();
      if (interrupted) {
        throw new InterruptedException();
      }
      if (failure.isPresent()) {
        return failed(failure.get(), start);
      }
      try {
        if (!suspects.isEmpty() && rule.rule().grace().isPositive()) {
          Thread.sleep(rule.rule().grace()); // Grace: what is on its way may arrive.
        }
        List<FoundViolation> found = new ArrayList<>();
        for (int from = 0; from < suspects.size() && found.size() < most; from += BATCH) {
          int to = Math.min(suspects.size(), from + BATCH);
          found.addAll(proofs.prove(suspects.subList(from, to)));
        }
        boolean cut = found.size() > most;
        return new CheckOutcome.Checked(
            rule,
            since(start),
            childRows,
            parentRows,
            count,
            cut ? found.subList(0, most) : found,
            more || cut);
      } catch (Proofs.Unproved e) {
        return failed(e, start);
      }
    }

    private CheckOutcome failed(Proofs.Unproved unproved, long start) {
      return new CheckOutcome.Failed(
          rule, since(start), unproved.database(), String.valueOf(unproved.getMessage()));
    }
  }
}
