package io.crossfk.listener.check;

import io.crossfk.listener.lookup.AuditReader;
import io.crossfk.listener.lookup.Lookups;
import io.crossfk.listener.source.ChangeSink;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.AuditRequest;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Judge;
import io.crossfk.rules.judge.JudgeLimits;
import io.crossfk.rules.judge.JudgeTally;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All judges of an installation: one for each parent table, a thread and a mailbox each. Isolation
 * is by judge: what one waits for holds up no other, but for the streams that they share.
 *
 * <p>Thread-safe once started.
 */
public final class CheckService {
  private final Map<String, Bench> benches = new TreeMap<>();
  private final Map<String, List<JudgeLane>> lanes = new LinkedHashMap<>();
  private final Map<String, DurablePositions> positions = new LinkedHashMap<>();
  private final Map<String, Position> remembered = new LinkedHashMap<>();
  private final AuditRunner audits;

  private record Bench(Judge judge, Mailbox mailbox, JudgeLoop loop, Thread thread) {}

  /**
   * @param cacheKeys keys that each judge's cache holds, at most
   * @param mailboxBytes wire bytes of changes that wait for a judge, per database
   */
  public record Settings(long cacheKeys, long mailboxBytes, JudgeLimits limits) {

    /**
     * 4 MiB of changes are about a hundred thousand small rows; on the heap they take ten times
     * that.
     */
    public static final long MAILBOX_BYTES = 4L << 20;
  }

  /** Where cuts go. */
  @FunctionalInterface
  public interface CutWriter {
    /** Writes the cut with its turn; calls back once, from any thread, when it is durable. */
    void submit(Cut cut, Runnable durable);
  }

  /** What went wrong beyond repair; the process must end. */
  @FunctionalInterface
  public interface Faults {
    void judgeFailed(String judge, RuntimeException fault);
  }

  /**
   * The whole check at one moment.
   *
   * @param mailboxBytes wire bytes of changes that wait, over all judges
   */
  public record Status(JudgeTally tally, Map<String, RuleLife> lives, long mailboxBytes) {}

  /**
   * @param memories what the journal gave back, by the judge's name; rules in it are enabled and
   *     unchanged
   * @param published databases of which a table was published just now
   */
  public CheckService(
      List<BoundRule> rules,
      Map<String, Memory> memories,
      Set<String> published,
      Settings settings,
      Lookups lookups,
      AuditReader auditReader,
      CutWriter cuts,
      Faults faults) {
    Map<TableReference, List<BoundRule>> byParent = new LinkedHashMap<>();
    Map<String, BoundRule> byName = new LinkedHashMap<>();
    for (BoundRule bound : rules) {
      byParent
          .computeIfAbsent(bound.rule().parent().table(), parent -> new ArrayList<>())
          .add(bound);
      byName.put(bound.rule().name(), bound);
    }
    this.audits =
        new AuditRunner(
            auditReader, byName, barred(rules, memories, published), InstantSource.system());
    byParent.forEach(
        (parent, judged) ->
            addBench(
                parent,
                judged,
                memories.getOrDefault(parent.toString(), Memory.EMPTY),
                settings,
                lookups,
                cuts,
                faults));
    lanes
        .keySet()
        .forEach(database -> positions.put(database, new DurablePositions(judgesOf(database))));
  }

  /** A rule without a finished baseline may have been published while transactions ran. */
  private static Set<String> barred(
      List<BoundRule> rules, Map<String, Memory> memories, Set<String> published) {
    Set<String> barred = new HashSet<>(published);
    for (BoundRule bound : rules) {
      Memory memory = memories.getOrDefault(bound.rule().parent().table().toString(), Memory.EMPTY);
      Cut.@Nullable RememberedRule known = memory.rules().get(bound.rule().name());
      if (known == null || known.life() instanceof RuleLife.Baseline) {
        barred.add(bound.rule().child().database());
        barred.add(bound.rule().parent().database());
      }
    }
    return barred;
  }

  private Set<String> judgesOf(String database) {
    Set<String> judges = new HashSet<>();
    benches.forEach(
        (name, bench) -> {
          if (bench.judge().databases().contains(database)) {
            judges.add(name);
          }
        });
    return judges;
  }

  private void addBench(
      TableReference parent,
      List<BoundRule> rules,
      Memory memory,
      Settings settings,
      Lookups lookups,
      CutWriter cuts,
      Faults faults) {
    Judge judge =
        new Judge(
            parent,
            rules,
            memory,
            new CaffeinePresence(settings.cacheKeys()),
            settings.limits(),
            System.nanoTime(),
            Instant.now());
    Mailbox mailbox = new Mailbox(settings.mailboxBytes());
    JudgeLoop loop =
        new JudgeLoop(
            judge,
            mailbox,
            new Services(lookups, mailbox, cuts, faults),
            System::nanoTime,
            Instant::now);
    Thread thread = Thread.ofPlatform().name("crossfk-judge-" + parent).unstarted(loop);
    benches.put(judge.name(), new Bench(judge, mailbox, loop, thread));
    for (String database : judge.databases()) {
      lanes
          .computeIfAbsent(database, absent -> new ArrayList<>())
          .add(new JudgeLane(database, rules, mailbox));
      Position position = memory.positions().get(database);
      if (position != null) {
        remembered.merge(database, position, Position::smaller);
      }
    }
  }

  /** What a judge needs, as the parts of the listener offer it. */
  private final class Services implements JudgeLoop.Services {
    private final Lookups lookups;
    private final Mailbox mailbox;
    private final CutWriter cuts;
    private final Faults faults;

    Services(Lookups lookups, Mailbox mailbox, CutWriter cuts, Faults faults) {
      this.lookups = lookups;
      this.mailbox = mailbox;
      this.cuts = cuts;
      this.faults = faults;
    }

    @Override
    public void ask(List<Question> questions, Consumer<List<Answer>> answers) {
      lookups.ask(questions, answers);
    }

    @Override
    public void audit(AuditRequest request) {
      audits.run(request, mailbox);
    }

    @Override
    public void submit(Cut cut, Runnable durable) {
      cuts.submit(cut, durable);
    }

    @Override
    public void durable(String judge, String database, Position position, long epoch) {
      DurablePositions of = positions.get(database);
      if (of != null) {
        of.durable(judge, position, epoch);
      }
    }

    @Override
    public void fault(String judge, RuntimeException fault) {
      faults.judgeFailed(judge, fault);
    }
  }

  /** The databases that rules touch. */
  public Collection<String> databases() {
    return List.copyOf(lanes.keySet());
  }

  /** Where a database's source delivers. A source that follows a gap delivers to a new sink. */
  public ChangeSink sinkFor(String database, SourceEvents events) {
    return router(database, events);
  }

  private Router router(String database, SourceEvents events) {
    return new Router(
        database,
        lanes.getOrDefault(database, List.of()),
        positions.getOrDefault(database, new DurablePositions(Set.of())),
        events);
  }

  /**
   * A gap that was found before a source could be made; afterwards the sources tell it themselves.
   * The database's rules are blind until they are audited.
   */
  public void gap(String database, String reason, SourceEvents events) {
    router(database, events).tellGap(reason);
  }

  /** A reading of a database's catalogue, in order with what its stream tells from now on. */
  public void catalogueRead(Event.CatalogueRead reading) {
    for (JudgeLane lane : lanes.getOrDefault(reading.database(), List.of())) {
      lane.catalogueRead(reading);
    }
  }

  /** Where a database's stream must go on: the smallest position of its judges (I5). */
  public Optional<Position> rememberedPosition(String database) {
    return Optional.ofNullable(remembered.get(database));
  }

  /**
   * A source takes over its database.
   *
   * @param acknowledge told what may be forgotten (I5), each position once
   */
  public void sourceStarts(String database, Consumer<Position> acknowledge) {
    DurablePositions of = positions.get(database);
    if (of != null) {
      of.sourceStarts(acknowledge);
    }
  }

  /** Starts every judge's thread. */
  public void start() {
    benches.values().forEach(bench -> bench.thread().start());
  }

  /**
   * Ends every judge after a last cut of what it has settled.
   *
   * @param patience for all of them together; those that take longer are interrupted, and what they
   *     had not made durable is judged again by the next start
   */
  public void stop(Duration patience) throws InterruptedException {
    audits.close();
    long deadline = System.nanoTime() + patience.toNanos();
    benches.values().forEach(bench -> bench.loop().stop());
    for (Bench bench : benches.values()) {
      if (bench.thread().getState() != Thread.State.NEW) {
        bench.thread().join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
    }
    benches.values().forEach(bench -> bench.thread().interrupt());
  }

  public Status status() {
    JudgeTally tally = JudgeTally.ZERO;
    Map<String, RuleLife> lives = new TreeMap<>();
    long bytes = 0;
    for (Bench bench : benches.values()) {
      JudgeLoop.Status status = bench.loop().status();
      tally = tally.plus(status.tally());
      lives.putAll(status.lives());
      bytes += bench.mailbox().bytes();
    }
    return new Status(tally, Map.copyOf(lives), bytes);
  }

  /**
   * How far every judge of a database has come with its log; empty until all have begun. It says
   * nothing of what is durable.
   */
  public Optional<Position> judged(String database) {
    Position smallest = null;
    for (Bench bench : benches.values()) {
      if (bench.judge().databases().contains(database)) {
        Position judged = bench.loop().status().judged().get(database);
        if (judged == null) {
          return Optional.empty();
        }
        smallest = smallest == null ? judged : Position.smaller(smallest, judged);
      }
    }
    return Optional.ofNullable(smallest);
  }
}
