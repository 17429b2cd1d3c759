package io.crossfk.listener.lookup.postgres;

import io.crossfk.listener.lookup.LookupCounters;
import io.crossfk.listener.lookup.Lookups;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.TableKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Look-ups on PostgreSQL databases, over a pool for each. */
public final class PostgresLookups implements Lookups {
  private static final Duration FIRST_PROBE = Duration.ofMillis(100);
  private static final Duration LAST_PROBE = Duration.ofSeconds(2);

  private final Map<String, DatabasePool> pools = new LinkedHashMap<>();
  private final Map<String, RuleLanes> rules = new ConcurrentHashMap<>();
  private final Map<TableKey, Lane> presences = new ConcurrentHashMap<>();
  private final Map<String, Lane> visibilities = new ConcurrentHashMap<>();
  private final Tally tally = new Tally();
  private final ProofLookup.Between between;
  private static final String THREAD_NAME = "crossfk-lookup-";

  private final Scheduler scheduler;

  /** Opens nothing yet; a database that is down is found out by the first question. */
  public PostgresLookups(List<PostgresDatabase> databases, List<BoundRule> rules) {
    this(databases, rules, ProofLookup.Between.NOTHING);
  }

  /**
   * For a process that is to end at once when it is done: a thread that waits for virtual threads'
   * sockets, which the JVM then has, makes its end wait for 0.3 s.
   */
  public static PostgresLookups onPlatformThreads(
      List<PostgresDatabase> databases, List<BoundRule> rules) {
    return new PostgresLookups(
        databases,
        rules,
        ProofLookup.Between.NOTHING,
        Thread.ofPlatform().daemon().name(THREAD_NAME, 0).factory());
  }

  PostgresLookups(
      List<PostgresDatabase> databases, List<BoundRule> rules, ProofLookup.Between between) {
    this(databases, rules, between, Thread.ofVirtual().name(THREAD_NAME, 0).factory());
  }

  private PostgresLookups(
      List<PostgresDatabase> databases,
      List<BoundRule> rules,
      ProofLookup.Between between,
      ThreadFactory threads) {
    this.between = between;
    for (PostgresDatabase database : databases) {
      pools.put(database.name(), new DatabasePool(database));
      visibilities.put(database.name(), new Lane(List.of(database.name()), new VisibilityLookup()));
    }
    this.scheduler = new Scheduler(databases, threads, this::run, this::probe, tally);
    rules.forEach(this::bind);
  }

  /** Makes questions of a rule possible, or replaces what was known of its tables. */
  public void bind(BoundRule rule) {
    String name = rule.rule().name();
    LookupStatements statements = new LookupStatements(rule);
    TableKey parent = rule.rule().parent();
    Lane presence =
        new Lane(
            List.of(parent.database()),
            new PresenceLookup(statements, parent.columns().size(), this::shape));
    presences.put(parent, presence);
    rules.put(name, new RuleLanes(rule, statements));
  }

  private KeyShape shape(String ruleName) {
    @Nullable RuleLanes rule = rules.get(ruleName);
    if (rule == null) {
      throw new IllegalStateException("rule " + ruleName + " is not bound");
    }
    return rule.bound.shape();
  }

  /** What is prepared for one rule. */
  private final class RuleLanes {
    private final BoundRule bound;
    private final LookupStatements statements;
    private final Lane referrers;

    /** By the columns that are NULL in the key, as bits. */
    private final Map<Integer, Lane> proofs = new ConcurrentHashMap<>();

    RuleLanes(BoundRule bound, LookupStatements statements) {
      this.bound = bound;
      this.statements = statements;
      this.referrers =
          new Lane(
              List.of(bound.rule().child().database()),
              new ReferrersLookup(statements, bound.shape()));
    }

    Lane proof(Key key) {
      int nulls = 0;
      if (key.partlyNull()) {
        for (int column = 0; column < key.size(); column++) {
          nulls |= key.value(column) == null ? 1 << column : 0;
        }
      }
      return proofs.computeIfAbsent(nulls, this::proof);
    }

    private Lane proof(int nulls) {
      String child = bound.rule().child().database();
      List<String> databases =
          nulls != 0 || bound.rule().withinOneDatabase()
              ? List.of(child)
              : List.of(child, bound.rule().parent().database());
      return new Lane(databases, new ProofLookup(bound, statements, nulls, between));
    }
  }

  @Override
  public void ask(List<? extends Question> questions, Consumer<List<Answer>> answers) {
    List<Lane> lanes = new ArrayList<>(questions.size());
    List<Lane.Asked> asked = new ArrayList<>(questions.size());
    for (Question question : questions) {
      lanes.add(lane(question));
      asked.add(new Lane.Asked(question, answers));
    }
    tally.asked(asked.size());
    scheduler.ask(lanes, asked);
  }

  private Lane lane(Question question) {
    return switch (question) {
      case Question.Visibility visibility ->
          visibilities.computeIfAbsent(visibility.database(), PostgresLookups::unbound);
      case Question.Presence presence -> {
        @Nullable RuleLanes rule = rules.get(presence.rule().name());
        @Nullable Lane lane = rule == null ? null : presences.get(rule.bound.rule().parent());
        yield lane == null ? unbound(presence.rule().parent().database()) : lane;
      }
      case Question.Proof proof -> {
        @Nullable RuleLanes rule = rules.get(proof.rule().name());
        yield rule == null ? unbound(proof.rule().child().database()) : rule.proof(proof.key());
      }
      case Question.Referrers referrers -> {
        @Nullable RuleLanes rule = rules.get(referrers.rule().name());
        yield rule == null ? unbound(referrers.rule().child().database()) : rule.referrers;
      }
    };
  }

  /** Questions that cannot be asked yet: the scheduler, or this, fails them. */
  private static Lane unbound(String database) {
    return new Lane(
        List.of(database),
        (questions, reads) -> {
          Finding failed = new Finding.Failed(database, "its tables are not known yet");
          return java.util.Collections.nCopies(questions.size(), failed);
        });
  }

  private List<Finding> run(Lane lane, List<Question> questions) throws DatabaseFailure {
    // One order for all, so that two batches never wait for each other's connections.
    Map<String, Connection> connections = new TreeMap<>();
    try {
      for (String database : new java.util.TreeSet<>(lane.databases())) {
        connections.put(database, pool(database).take());
      }
      List<Read> reads = new ArrayList<>(lane.databases().size());
      for (String database : lane.databases()) {
        @Nullable Connection connection = connections.get(database);
        reads.add(new Read(database, java.util.Objects.requireNonNull(connection), tally));
      }
      return lane.lookup().find(questions, reads);
    } finally {
      connections.forEach(PostgresLookups::release);
    }
  }

  private static void release(String database, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // The answers are there; the pool throws the connection away.
      org.slf4j.LoggerFactory.getLogger(PostgresLookups.class)
          .atDebug()
          .addKeyValue("database", database)
          .setCause(e)
          .log("A look-up connection could not be given back");
    }
  }

  private DatabasePool pool(String database) {
    return java.util.Objects.requireNonNull(pools.get(database));
  }

  private void probe(String database, Consumer<DatabaseFailure> failures)
      throws InterruptedException {
    VisibilityLookup bare = new VisibilityLookup();
    for (Duration pause = FIRST_PROBE; ; pause = longer(pause)) {
      try (Connection connection = pool(database).take()) {
        bare.find(
            List.of(new Question.Visibility(0, database)),
            List.of(new Read(database, connection, tally)));
        return;
      } catch (DatabaseFailure e) {
        failures.accept(e);
      } catch (SQLException e) {
        failures.accept(new DatabaseFailure(database, e));
      }
      Thread.sleep(pause); // A back-off.
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LAST_PROBE) > 0 ? LAST_PROBE : twice;
  }

  @Override
  public LookupCounters counters() {
    return tally.counters();
  }

  @Override
  public void close() {
    scheduler.close();
    List<Thread> closing =
        pools.values().stream().map(pool -> Thread.ofVirtual().start(pool::close)).toList();
    for (Thread thread : closing) {
      try {
        thread.join(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
