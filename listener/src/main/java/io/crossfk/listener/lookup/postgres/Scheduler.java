package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which questions go to which database when: lanes take turns, an idle lane's question goes
 * at once, and batches grow while others are away. One lock, held for moments; batches run on
 * threads of their own.
 *
 * <p>A database that does not answer is <em>down</em> until a probe succeeds: its questions fail at
 * once instead of each waiting for it.
 */
final class Scheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Capacity capacity;

  /** Lanes with questions, the one served longest ago first. */
  private final LinkedHashSet<Lane> turns = new LinkedHashSet<>();

  private final ExecutorService threads;
  private final BatchRunner runner;
  private final Probe probe;
  private final Tally tally;
  private boolean closed;

  /** Sends a batch to its databases; blocks until its answers are there. */
  interface BatchRunner {
    List<Finding> run(Lane lane, List<Question> questions) throws DatabaseFailure;
  }

  /** Tries until a database answers, and returns; each failure goes to the observer. */
  interface Probe {
    void untilItAnswers(String database, Consumer<DatabaseFailure> failures)
        throws InterruptedException;
  }

  /**
   * @param threads makes one for each batch; a virtual one can be interrupted while it waits for a
   *     database
   */
  Scheduler(
      List<PostgresDatabase> databases,
      ThreadFactory threads,
      BatchRunner runner,
      Probe probe,
      Tally tally) {
    this.threads = Executors.newThreadPerTaskExecutor(threads);
    this.capacity = new Capacity(databases);
    this.runner = runner;
    this.probe = probe;
    this.tally = tally;
  }

  /** Takes questions with their lanes, in equal number. */
  void ask(List<Lane> lanes, List<Lane.Asked> questions) {
    List<Answered> failures = new ArrayList<>();
    lock.lock();
    try {
      for (int i = 0; i < lanes.size(); i++) {
        Lane lane = lanes.get(i);
        Lane.Asked asked = questions.get(i);
        Optional<Finding.Failed> hopeless = hopeless(lane);
        if (hopeless.isPresent()) {
          failures.add(new Answered(asked, hopeless.get()));
        } else {
          lane.add(asked);
          turns.add(lane);
        }
      }
      depart();
    } finally {
      lock.unlock();
    }
    answerElsewhere(failures);
  }

  private Optional<Finding.Failed> hopeless(Lane lane) {
    if (closed) {
      return Optional.of(new Finding.Failed(lane.databases().getFirst(), "crossfk is stopping"));
    }
    for (String database : lane.databases()) {
      if (!capacity.knows(database)) {
        return Optional.of(
            new Finding.Failed(database, "database " + database + " is not configured"));
      }
    }
    return capacity
        .firstDown(lane.databases())
        .map(database -> new Finding.Failed(database, capacity.reason(database)));
  }

  /** Sends what can go. Called with the lock held, after anything that may have made room. */
  private void depart() {
    boolean again = !closed;
    while (again) {
      again = false;
      Capacity.Round round = capacity.new Round();
      List<Lane> servedNow = new ArrayList<>();
      for (Iterator<Lane> lanes = turns.iterator(); lanes.hasNext(); ) {
        Lane lane = lanes.next();
        if (lane.wantsToGo() && round.take(lane.databases())) {
          lanes.remove();
          servedNow.add(lane);
          List<Lane.Asked> batch = lane.depart();
          threads.execute(() -> run(lane, batch));
        }
      }
      for (Lane lane : servedNow) {
        if (!lane.isEmpty()) {
          turns.add(lane);
          again = true;
        }
      }
    }
  }

  private void run(Lane lane, List<Lane.Asked> batch) {
    List<Answered> answered = new ArrayList<>(batch.size());
    boolean tooSlow = false;
    long started = System.nanoTime();
    try {
      tooSlow = runOrSplit(lane, batch, answered);
    } finally {
      tally.batch(System.nanoTime() - started);
      lock.lock();
      try {
        capacity.giveBack(lane.databases());
        lane.returned(tooSlow);
        depart();
      } finally {
        lock.unlock();
      }
    }
    answer(answered);
  }

  /** Returns whether a time limit passed. */
  private boolean runOrSplit(Lane lane, List<Lane.Asked> batch, List<Answered> answered) {
    List<Question> questions = new ArrayList<>(batch.size());
    for (Lane.Asked asked : batch) {
      questions.add(asked.question());
    }
    String database = lane.databases().getFirst();
    String reason;
    boolean tooSlow = false;
    try {
      List<Finding> findings = runner.run(lane, questions);
      for (int i = 0; i < batch.size(); i++) {
        answered.add(new Answered(batch.get(i), findings.get(i)));
      }
      return false;
    } catch (DatabaseFailure e) {
      if (e.kind() == DatabaseFailure.Kind.VALUE && batch.size() > 1) {
        // One key must not fail its neighbours for ever.
        int half = batch.size() / 2;
        boolean first = runOrSplit(lane, batch.subList(0, half), answered);
        boolean second = runOrSplit(lane, batch.subList(half, batch.size()), answered);
        return first || second;
      }
      database = e.database();
      reason = e.getMessage() == null ? e.toString() : e.getMessage();
      tooSlow = e.kind() == DatabaseFailure.Kind.SLOW;
      if (e.kind() == DatabaseFailure.Kind.DOWN) {
        down(database, reason);
      }
    } catch (RuntimeException e) {
      // The boundary of the batch: a question is answered whatever happens.
      LOG.atError()
          .addKeyValue("database", database)
          .setCause(e)
          .log("A look-up failed by a fault of crossfk");
      reason = "a fault of crossfk: " + e.getClass().getSimpleName();
    }
    Finding failed = new Finding.Failed(database, reason);
    for (Lane.Asked asked : batch) {
      answered.add(new Answered(asked, failed));
    }
    return tooSlow;
  }

  private void down(String database, String reason) {
    List<Answered> failures = new ArrayList<>();
    lock.lock();
    try {
      if (closed || !capacity.isDown(database, reason)) {
        return;
      }
      Finding failed = new Finding.Failed(database, reason);
      for (Iterator<Lane> lanes = turns.iterator(); lanes.hasNext(); ) {
        Lane lane = lanes.next();
        if (lane.databases().contains(database)) {
          lanes.remove();
          lane.takeAll().forEach(asked -> failures.add(new Answered(asked, failed)));
        }
      }
      threads.execute(() -> awaitReturn(database));
    } finally {
      lock.unlock();
    }
    LOG.atWarn()
        .addKeyValue("database", database)
        .addKeyValue("reason", reason)
        .log("A database does not answer look-ups; rules that touch it wait");
    answer(failures);
  }

  private void awaitReturn(String database) {
    try {
      probe.untilItAnswers(
          database,
          failure -> {
            lock.lock();
            try {
              capacity.isDown(
                  database,
                  failure.getMessage() == null ? failure.toString() : failure.getMessage());
            } finally {
              lock.unlock();
            }
          });
    } catch (InterruptedException closing) {
      return; // The probe's thread ends with the scheduler.
    }
    lock.lock();
    try {
      capacity.isUp(database);
      depart();
    } finally {
      lock.unlock();
    }
    LOG.atInfo().addKeyValue("database", database).log("A database answers look-ups again");
  }

  private record Answered(Lane.Asked asked, Finding finding) {}

  private void answerElsewhere(List<Answered> answered) {
    if (!answered.isEmpty()) {
      // Never within ask: its caller may hold what the callback wants. After close, a thread of its
      // own.
      Thread.ofVirtual().name("crossfk-lookup-failures").start(() -> answer(answered));
    }
  }

  private void answer(List<Answered> answered) {
    IdentityHashMap<Consumer<List<Answer>>, List<Answer>> byReceiver = new IdentityHashMap<>();
    int failed = 0;
    for (Answered one : answered) {
      failed += one.finding() instanceof Finding.Failed ? 1 : 0;
      byReceiver
          .computeIfAbsent(one.asked().answers(), receiver -> new ArrayList<>())
          .add(new Answer(one.asked().question(), one.finding()));
    }
    tally.answered(answered.size(), failed);
    byReceiver.forEach(
        (receiver, answers) -> {
          try {
            receiver.accept(Collections.unmodifiableList(answers));
          } catch (RuntimeException e) {
            // The boundary to the receiver: its fault must not take the others' answers.
            LOG.atError().setCause(e).log("Answers of look-ups were not taken");
          }
        });
  }

  /** Fails what waits, interrupts what runs, and waits a second for it. */
  @Override
  public void close() {
    List<Answered> failures = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      for (Lane lane : turns) {
        Finding failed = new Finding.Failed(lane.databases().getFirst(), "crossfk is stopping");
        lane.takeAll().forEach(asked -> failures.add(new Answered(asked, failed)));
      }
      turns.clear();
    } finally {
      lock.unlock();
    }
    answer(failures);
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
        LOG.atDebug().log("Look-ups are still away; their connections are cut");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
