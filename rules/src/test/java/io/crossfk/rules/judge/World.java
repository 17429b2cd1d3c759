package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.LookUp.Read;
import io.crossfk.rules.judge.LookUp.Reading;
import io.crossfk.rules.judge.TestDatabase.Transaction;
import io.crossfk.rules.judge.TestDatabase.Write;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two databases, one rule, and a listener with the real judge, on one thread: each step is one
 * thing that happens somewhere. {@link Witness} watches what is true and what is said.
 */
final class World {
  /** Long enough for whatever waits: graces, pauses, audits. */
  static final Duration LONG = Duration.ofSeconds(31);

  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");

  /** How far the judge has been told a database's log. */
  private static final class Stream {
    int transaction;

    /** 0: not begun; else the number of its rows told, plus one. */
    int told;
  }

  /** An audit on its way. */
  record AuditRun(AuditRequest request, boolean read, Sight sight, List<Key> keys) {}

  final TestDatabase orders;
  final TestDatabase users;
  final Witness witness;
  final TestJournal journal;
  final Deque<Runnable> writes = new ArrayDeque<>();
  final List<LookUp> lookUps = new ArrayList<>();
  Optional<AuditRun> audit = Optional.empty();
  Judge judge;
  PresenceCache cache;

  private final BoundRule bound;
  private final Doubles doubles;
  private final History history;
  private final boolean wholeOldRows;
  private final Map<String, Stream> streams = new HashMap<>();

  /** Look-ups that have read all they need. */
  private final Map<LookUp, Finding> answers = new HashMap<>();

  private long nanos;

  /** The event that the judge is at; what it asks meanwhile was asked because of it. */
  Optional<Event> current = Optional.empty();

  /**
   * @param wholeOldRows replica identity FULL of the child: the log tells the key that a row left
   */
  World(
      Doubles doubles,
      Duration grace,
      boolean wholeOldRows,
      long firstXid,
      Memory memory,
      History history) {
    this.doubles = doubles;
    this.history = history;
    this.bound = TestRules.plain(grace);
    this.wholeOldRows = wholeOldRows;
    this.orders = new TestDatabase("orders", firstXid);
    this.users = new TestDatabase("users", firstXid + 7);
    this.witness = new Witness(this);
    this.journal = new TestJournal(memory);
    this.cache = doubles.cache();
    streams.put("orders", new Stream());
    streams.put("users", new Stream());
    this.judge = newJudge(memory);
    listen();
  }

  static Memory watching() {
    return JudgeScript.watching(List.of(TestRules.plain(Duration.ZERO)));
  }

  static Key key(long number) {
    return Key.of(number);
  }

  static long number(Key key) {
    KeyValue value = key.value(0);
    if (value instanceof KeyValue.Whole whole) {
      return whole.value();
    }
    throw new IllegalArgumentException("not a number: " + key);
  }

  TestDatabase database(String name) {
    return name.equals("users") ? users : orders;
  }

  private Judge newJudge(Memory memory) {
    return new Judge(
        TestRules.USERS,
        List.of(bound),
        memory,
        cache,
        JudgeLimits.DEFAULT,
        nanos,
        WALL.plusNanos(nanos));
  }

  // --- the databases ---

  /** A row that was there before the slots were made. */
  void preload(TestDatabase database, int row, long key) {
    database.preload(row, key);
    history.note(() -> "%s: row %d (key %d) is there".formatted(database.name, row, key));
    witness.look();
  }

  void write(TestDatabase database, List<Write> writes) {
    Transaction transaction = database.write(writes);
    history.note(() -> "%s: %d writes %s".formatted(database.name, transaction.xid, told(writes)));
  }

  private static String told(List<Write> writes) {
    return String.join(
        ", ",
        writes.stream()
            .map(
                write ->
                    switch (write.kind()) {
                      case INSERT -> "+row %d (key %d)".formatted(write.row(), write.key());
                      case UPDATE ->
                          "row %d: key %d to %d"
                              .formatted(write.row(), write.oldKey(), write.key());
                      case DELETE -> "-row %d (key %d)".formatted(write.row(), write.key());
                    })
            .toList());
  }

  void commit(TestDatabase database, Transaction transaction) {
    database.commit(transaction);
    history.note(
        () ->
            "%s: %d commits at %d"
                .formatted(database.name, transaction.xid, transaction.finalPosition));
    witness.look();
  }

  void show(TestDatabase database, Transaction transaction) {
    database.show(transaction);
    history.note(() -> "%s: %d is visible".formatted(database.name, transaction.xid));
    witness.look();
  }

  // --- the streams ---

  boolean hasMore(TestDatabase database) {
    return stream(database).transaction < database.log.size();
  }

  private Stream stream(TestDatabase database) {
    return streams.getOrDefault(database.name, new Stream());
  }

  boolean isBetween(TestDatabase database) {
    return stream(database).told == 0;
  }

  /** The judge is told the next Begin, row or Commit of a log. */
  void next(TestDatabase database) {
    Stream stream = stream(database);
    Transaction transaction = database.log.get(stream.transaction);
    if (stream.told == 0) {
      tell(
          new Event.Begin(
              database.name,
              TransactionId.of(transaction.xid),
              new Position(transaction.finalPosition),
              WALL));
      stream.told = 1;
    } else if (stream.told <= transaction.writes.size()) {
      for (Event event : events(database, transaction.writes.get(stream.told - 1))) {
        tell(event);
      }
      stream.told++;
    } else {
      tell(new Event.Commit(database.name, new Position(transaction.end())));
      stream.transaction++;
      stream.told = 0;
    }
  }

  /** The judge is told a whole transaction, or the rest of one. */
  void nextTransaction(TestDatabase database) {
    if (hasMore(database)) {
      do {
        next(database);
      } while (!isBetween(database));
    }
  }

  private List<Event> events(TestDatabase database, Write write) {
    Key now = key(write.key());
    Optional<Key> left = wholeOldRows ? Optional.of(key(write.oldKey())) : Optional.empty();
    if (database == orders) {
      return switch (write.kind()) {
        case INSERT -> List.of(new Event.ChildWritten(bound.rule(), now, true));
        case UPDATE ->
            wholeOldRows && write.oldKey() == write.key()
                ? List.of(new Event.ChildWritten(bound.rule(), now, false))
                : List.of(
                    new Event.ChildWritten(bound.rule(), now, false),
                    new Event.ChildLeft(bound.rule(), left));
        case DELETE ->
            List.of(
                new Event.ChildLeft(
                    bound.rule(), wholeOldRows ? Optional.of(now) : Optional.empty()));
      };
    }
    return switch (write.kind()) {
      case INSERT -> List.of(new Event.ParentArrived(TestRules.PARENT, now));
      case UPDATE ->
          List.of(
              new Event.ParentRemoved(TestRules.PARENT, key(write.oldKey()), true),
              new Event.ParentArrived(TestRules.PARENT, now));
      case DELETE -> List.of(new Event.ParentRemoved(TestRules.PARENT, now, false));
    };
  }

  /** A keep-alive: nothing that matters lies before what was told. */
  void keepAlive(TestDatabase database, int beyond) {
    if (isBetween(database)) {
      Position told = TestDatabase.before(database.log, stream(database).transaction);
      tell(new Event.Progress(database.name, new Position(told.value() + beyond)));
    }
  }

  /** The connection is lost and comes back; the slot hands out again what it was not told of. */
  void restartStream(TestDatabase database, Position drawn) {
    Stream stream = stream(database);
    Position from = Position.larger(database.confirmed, drawn);
    stream.transaction = Math.min(stream.transaction, database.after(from));
    stream.told = 0;
    tell(new Event.StreamRestarted(database.name));
  }

  /** The slot is lost, and a new one made. */
  void gap(TestDatabase database) {
    tell(new Event.Gap(database.name, "slot lost"));
    openSlot(database);
  }

  /**
   * A slot is made: its making waits until all that ran has ended, and what was not told before is
   * never told.
   */
  void openSlot(TestDatabase database) {
    for (Transaction running : List.copyOf(database.running)) {
      commit(database, running);
    }
    for (Transaction hidden : database.hidden()) {
      show(database, hidden);
    }
    Stream stream = stream(database);
    stream.transaction = database.log.size();
    stream.told = 0;
    database.confirmed = TestDatabase.before(database.log, stream.transaction);
    tell(new Event.StreamRestarted(database.name));
    keepAlive(database, 0);
  }

  // --- the judge and those who serve it ---

  /** An event for the judge, by way of the stream's double. */
  void tell(Event event) {
    for (Event passed : doubles.stream(event)) {
      history.note(() -> "judge hears " + passed);
      doubles.hears(this, passed);
      current = Optional.of(passed);
      judge.handle(passed);
      doubles.heard(this, passed);
      listen();
      current = Optional.empty();
    }
  }

  private void listen() {
    for (Question question : judge.takeQuestions()) {
      lookUps.add(new LookUp(question, witness.instant(), doubles.order(question)));
      LookUp last = lookUps.getLast();
      history.note(() -> "judge asks " + question);
      doubles.unread(this, last).ifPresent(finding -> answers.put(last, finding));
    }
    for (AuditRequest request : judge.takeAuditRequests()) {
      audit = Optional.of(new AuditRun(request, false, doubles.sight(this, orders), List.of()));
    }
  }

  /** One statement of a look-up; nothing if it has read all it needs. */
  void read(LookUp lookUp) {
    if (answers.containsKey(lookUp)) {
      return;
    }
    Read read = lookUp.left.pop();
    Reading reading = doubles.read(this, lookUp, read);
    history.note(
        () -> "question %d reads %s: %s".formatted(lookUp.question.number(), read, reading));
    lookUp.read(read, reading, lookUp.key().filter(witness::isBroken).isPresent());
    if (lookUp.left.isEmpty() || doubles.isDecided(lookUp, read)) {
      lookUp.left.clear();
      answers.put(lookUp, doubles.finding(lookUp));
    }
  }

  boolean isRead(LookUp lookUp) {
    return answers.containsKey(lookUp);
  }

  /** Reads what is left and tells the judge. */
  void answer(LookUp lookUp) {
    while (!answers.containsKey(lookUp)) {
      read(lookUp);
    }
    Finding finding = answers.remove(lookUp);
    if (finding == null) {
      throw new IllegalStateException("no answer");
    }
    reply(lookUp, finding);
  }

  void fail(LookUp lookUp) {
    answers.remove(lookUp);
    reply(lookUp, new Finding.Failed("users", "timeout"));
  }

  private void reply(LookUp lookUp, Finding finding) {
    lookUps.remove(lookUp);
    JudgeTally before = judge.tally();
    tell(new Event.Answered(new Answer(lookUp.question, finding)));
    witness.answered(lookUp, finding, before, judge.tally());
  }

  /** An audit reads, then tells its keys, then ends; or it fails. */
  void auditStep(boolean fails) {
    AuditRun run = audit.orElseThrow();
    if (fails) {
      audit = Optional.empty();
      tell(new Event.AuditFailed(run.request(), "timeout"));
    } else if (!run.read()) {
      List<Key> keys =
          orders.rows.values().stream().map(stored -> key(stored.key())).distinct().toList();
      audit = Optional.of(new AuditRun(run.request(), true, doubles.sight(this, orders), keys));
    } else {
      audit = Optional.empty();
      tell(new Event.AuditOpened(run.request(), run.sight()));
      tell(new Event.AuditKeys(run.request(), run.keys()));
      tell(new Event.AuditEnded(run.request()));
    }
  }

  void pass(Duration time) {
    nanos += time.toNanos();
    history.note(() -> time + " pass");
    judge.advanceTo(nanos, WALL.plusNanos(nanos));
    listen();
  }

  void evict() {
    history.note(() -> "the cache forgets");
    cache.clear();
  }

  /** Takes a cut, if there is one, and what is to be done with it, step by step. */
  void cut() {
    if (writes.isEmpty()) {
      judge
          .cut()
          .ifPresent(
              cut -> {
                history.note(() -> "judge cuts " + cut);
                writes.addAll(doubles.writes(this, cut));
              });
    }
  }

  /** The next of what is to be done with a cut. */
  void nextWrite() {
    history.note(() -> "the cut's next write is done");
    writes.pop().run();
  }

  void publish(List<Transition> transitions, Runnable write) {
    transitions.forEach(witness::published);
    write.run();
  }

  void acknowledge(String database, Position position) {
    TestDatabase to = database(database);
    to.confirmed = Position.larger(to.confirmed, position);
  }

  void peek() {
    doubles.peek(this);
  }

  /** The process dies, and another takes over; its streams begin where the slots allow. */
  void crash(Position drawnOrders, Position drawnUsers) {
    lookUps.clear();
    answers.clear();
    writes.clear();
    audit = Optional.empty();
    cache = doubles.cache();
    Memory memory = doubles.start(this);
    history.note(() -> "CRASH; a new judge remembers " + memory);
    resume(orders, memory, drawnOrders);
    resume(users, memory, drawnUsers);
    judge = newJudge(memory);
    for (TestDatabase database : List.of(orders, users)) {
      Position journaled = memory.positions().getOrDefault(database.name, Position.ZERO);
      if (database.confirmed.isAfter(journaled) && doubles.comparesSlots()) {
        gap(database);
      } else {
        tell(new Event.StreamRestarted(database.name));
        keepAlive(database, 0);
      }
    }
  }

  private void resume(TestDatabase database, Memory memory, Position drawn) {
    Position journaled = memory.positions().getOrDefault(database.name, Position.ZERO);
    Position from = Position.larger(database.confirmed, doubles.resume(journaled, drawn));
    Stream stream = stream(database);
    stream.transaction = database.after(from);
    stream.told = 0;
  }

  /** Everything ends, becomes visible, is told, read, answered and durable; graces pass. */
  void drain() {
    history.note(() -> "all comes to rest");
    int quiet = 0;
    for (int round = 0; quiet < 3; round++) {
      if (round == 100) {
        witness.unsettled();
        return;
      }
      for (TestDatabase database : List.of(orders, users)) {
        List.copyOf(database.running).forEach(running -> commit(database, running));
        database.hidden().forEach(hidden -> show(database, hidden));
        while (hasMore(database)) {
          next(database);
        }
        database.replay();
      }
      boolean asked = false;
      for (int answered = 0; !lookUps.isEmpty() && answered < 50; answered++) {
        asked |= !(lookUps.getFirst().question instanceof Question.Visibility);
        answer(lookUps.getFirst());
      }
      while (audit.isPresent()) {
        auditStep(false);
        asked = true;
      }
      pass(LONG);
      cut();
      while (!writes.isEmpty()) {
        asked = true;
        nextWrite();
      }
      quiet = asked ? 0 : quiet + 1;
    }
    witness.compare();
  }
}
