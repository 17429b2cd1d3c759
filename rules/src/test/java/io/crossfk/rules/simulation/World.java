package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.JudgeLimits;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.simulation.Flaws.Flaw;
import io.crossfk.rules.simulation.LookUp.Asked;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.Schema.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Databases, the services that write to them, a Kafka, and a listener with the real judges, on one
 * thread. Each method is one thing that happens somewhere; {@link Checks} and {@link Truth} watch.
 */
final class World {
  private static final Instant WALL = Instant.parse("2026-03-01T12:00:00Z");

  private record RuleKey(String rule, Key key) {}

  final Schema schema;
  final Map<String, SimDatabase> databases = new LinkedHashMap<>();
  final Truth truth;
  final Flaws flaws = new Flaws();
  final Tally tally;
  final History history;
  final Parts parts;
  final JudgeLimits limits;
  final boolean hasStandby;
  final LookUps lookUps;
  final Audits audits;
  final Journal journal = new Journal();

  /** The journal as the instance that leads has read it. */
  Journal memory = journal;

  Listener listener;
  long nanos;

  private final Map<RuleKey, Long> openedAt = new HashMap<>();
  private final Set<String> withdrew = new HashSet<>();

  World(Chance chance, Set<Integer> rulesLeftOut, Parts parts, Tally tally, History history) {
    this.parts = parts;
    this.tally = tally;
    this.history = history;
    this.schema = new Schema(chance, rulesLeftOut);
    this.limits = limits(chance);
    this.hasStandby = chance.oneIn(3);
    this.lookUps = new LookUps(this);
    this.audits = new Audits(this);
    boolean wraps = chance.oneIn(6);
    if (wraps) {
      tally.saw(Seen.XIDS_WRAPPED);
    }
    for (String name : schema.databases) {
      long firstXid = (wraps ? (1L << 32) - 3 : 700) + databases.size() * 100L * (wraps ? 0 : 1);
      databases.put(name, new SimDatabase(name, schema.tables, firstXid));
    }
    this.truth = new Truth(schema, databases);
    for (Table table : schema.published()) {
      Writer.preload(schema, databaseOf(table), table, chance, tally);
    }
    truth.look(schema.tables);
    history.note(schema::toString);
    this.listener = new Listener(this, Set.of());
    listener.start(chance);
  }

  private static JudgeLimits limits(Chance chance) {
    JudgeLimits usual = JudgeLimits.DEFAULT;
    return new JudgeLimits(
        chance.oneIn(3) ? chance.between(1, 4) : usual.inFlight(),
        chance.oneIn(4) ? chance.between(1, 2) : usual.unpublished(),
        usual.recheckEvery(),
        chance.oneIn(3) ? 1 : usual.recheckKeys(),
        usual.askAgain(),
        usual.retryFirst(),
        usual.retryLast(),
        usual.visibilityEvery(),
        chance.oneIn(2) ? Duration.ofSeconds(1) : usual.auditRetry(),
        chance.oneIn(2) ? Duration.ofSeconds(5) : usual.forgetAfter());
  }

  Instant wall() {
    return WALL.plusNanos(nanos);
  }

  SimDatabase database(String name) {
    SimDatabase database = databases.get(name);
    if (database == null) {
      throw new IllegalArgumentException("no database " + name);
    }
    return database;
  }

  SimDatabase databaseOf(Table table) {
    return database(table.reference().database());
  }

  Edge edge(Rule rule) {
    return schema.edges.stream()
        .filter(edge -> edge.name().equals(rule.name()))
        .findFirst()
        .orElseThrow();
  }

  // --- the databases ---

  void write(SimDatabase database, Chance chance) {
    Transaction transaction = Writer.write(schema, database, chance, tally);
    if (transaction != null) {
      tally.transactions++;
      history.note(() -> database.name + ": " + transaction);
    }
  }

  /** The rows of a key go, or one comes, in a transaction that is over at once. */
  void stir(Edge edge, @Nullable Key key, Chance chance) {
    boolean ofParent = chance.oneIn(2);
    SimDatabase database = databaseOf(ofParent ? edge.parent() : edge.child());
    if (key == null || (ofParent && key.partlyNull())) {
      return;
    }
    Transaction transaction = Writer.toggle(schema, database, edge, key, ofParent, chance, tally);
    if (transaction != null) {
      tally.transactions++;
      history.note(() -> database.name + ": at once " + transaction);
      commit(database, transaction);
      show(database, transaction);
    }
  }

  void commit(SimDatabase database, Transaction transaction) {
    database.commit(transaction);
    history.note(
        () ->
            "%s: %d commits at %d"
                .formatted(database.name, transaction.xid, transaction.finalPosition));
  }

  void rollBack(SimDatabase database, Transaction transaction) {
    tally.saw(Seen.ROLLED_BACK);
    history.note(() -> database.name + ": " + transaction.xid + " rolls back");
    database.rollBack(transaction);
  }

  void show(SimDatabase database, Transaction transaction) {
    database.show(transaction);
    history.note(() -> database.name + ": " + transaction.xid + " is visible");
    truth.look(transaction.writes.stream().map(Transaction.Write::table).distinct().toList());
  }

  /** The server dies: connections end, and what it had not written to disk is gone. */
  void crashServer(SimDatabase database) {
    tally.saw(Seen.SERVER_CRASHED);
    lookUps.connectionsLost(database.name);
    audits.connectionsLost(database.name);
    if (database.crash()) {
      tally.saw(Seen.COMMIT_LOST);
    }
    history.note(() -> database.name + " crashes");
    truth.look(database.tables());
    Stream stream = listener.streams.get(database.name);
    if (stream != null) {
      stream.disconnect();
    }
  }

  /** A partition comes or goes. */
  void changeUnseen(SimDatabase database, Table table, Chance chance) {
    Transaction transaction = Writer.unseen(schema, database, table, chance, tally);
    if (transaction != null) {
      tally.saw(Seen.CHANGED_UNSEEN);
      tally.transactions++;
      history.note(() -> database.name + ": " + transaction);
    }
  }

  void unpublish(SimDatabase database, Table table) {
    tally.saw(Seen.UNPUBLISHED);
    history.note(() -> table + " is not published any more");
    database.unpublished.add(table);
  }

  void publish(SimDatabase database) {
    history.note(() -> database.name + " publishes all again");
    database.tables().forEach(database::publish);
  }

  void readCatalogue(SimDatabase database) {
    Stream stream = listener.streams.get(database.name);
    if (stream != null && stream.opened) {
      history.note(() -> "catalogue of " + database.name + ": " + database.catalogue());
      stream.catalogueRead();
    }
  }

  void loseSlot(SimDatabase database) {
    if (database.hasSlot) {
      tally.saw(Seen.SLOT_LOST);
      history.note(() -> database.name + " loses its slot");
      database.hasSlot = false;
      Stream stream = listener.streams.get(database.name);
      if (stream != null) {
        stream.disconnect();
      }
    }
  }

  /** Its making waits until all that ran has ended, and what was not told before is never told. */
  void openSlot(SimDatabase database) {
    settle(database);
    database.hasSlot = true;
    database.confirmed = database.before(database.log.size());
    database.slotMadeAt = database.confirmed;
    history.note(() -> database.name + " has a new slot at " + database.confirmed.value());
  }

  /** All that runs ends, and becomes visible. */
  void settle(SimDatabase database) {
    List.copyOf(database.running).forEach(running -> commit(database, running));
    database.flush();
    database.hidden().forEach(hidden -> show(database, hidden));
  }

  // --- the listener ---

  /** A look-up's answers go to its judge's mailbox. */
  void answer(LookUp lookUp) {
    lookUps.out.remove(lookUp);
    for (Asked asked : lookUp.asked) {
      Event answered = new Event.Answered(new Answer(asked.question, parts.finding(lookUp, asked)));
      lookUp.host.mail.add(new Host.Mail(answered, Optional.of(lookUp), Optional.of(asked)));
    }
  }

  /** The process dies, and the next one takes over; rules of a database that is down wait. */
  void restart(Set<String> down, Chance chance) {
    tally.saw(Seen.PROCESS_DIED);
    history.note(() -> "CRASH; down: " + down);
    lookUps.out.clear();
    audits.restart();
    withdrew.clear();
    memory = parts.journal(journal);
    listener = new Listener(this, down);
    listener.start(chance);
  }

  void tellUnfit(Host host, Table table, Chance chance) {
    tally.saw(Seen.UNFIT);
    host.handle(
        new Event.Unfit(table.reference(), "replica identity changed"),
        Optional.empty(),
        Optional.empty(),
        chance);
  }

  /** Whether only a new start can bring every rule back. */
  boolean needsRestart() {
    return !listener.waiting.isEmpty();
  }

  void pass(Duration time, Chance chance) {
    nanos += time.toNanos();
    history.note(() -> time + " pass");
    listener.hosts.values().forEach(host -> host.wake(chance));
  }

  // --- what is known of verdicts ---

  void opened(Edge edge, Key key) {
    tally.opened++;
    Long before = openedAt.put(new RuleKey(edge.name(), key), truth.instant());
    if (before != null) {
      tally.saw(Seen.OPENED_AGAIN);
    }
    if (key.partlyNull()) {
      tally.saw(Seen.OPENED_PARTLY_NULL);
    }
    switch (edge.kind()) {
      case FOLDED -> tally.saw(Seen.OPENED_FOLDED);
      case SCALED -> tally.saw(Seen.OPENED_SCALED);
      case PAIR -> tally.saw(Seen.OPENED_PAIR);
      case WHOLE -> {}
    }
    if (edge.rule().withinOneDatabase()) {
      tally.saw(Seen.OPENED_WITHIN_ONE_DATABASE);
    }
    if (edge.child().equals(edge.parent())) {
      tally.saw(Seen.OPENED_BY_ITSELF);
    }
    boolean twice =
        schema.edges.stream()
            .anyMatch(
                other ->
                    !other.equals(edge)
                        && other.parent().equals(edge.parent())
                        && openedAt.containsKey(new RuleKey(other.name(), key)));
    if (twice) {
      tally.saw(Seen.OPENED_FOR_TWO_RULES);
    }
  }

  long openedAt(Edge edge, Key key) {
    return openedAt.getOrDefault(new RuleKey(edge.name(), key), -1L);
  }

  /** The rule stopped judging: look-ups of it may still travel, and be asked once more. */
  void withdrew(String rule) {
    withdrew.add(rule);
  }

  boolean mayHaveWithdrawn(String rule) {
    return withdrew.contains(rule);
  }

  /** At rest: what readers of the feed take for open, and what an anti-join returns. */
  void compare() {
    for (Edge edge : schema.edges) {
      Host host = listener.hosts.get(Listener.judgeOf(edge));
      RuleLife life = host == null ? null : host.judge.lives().get(edge.name());
      List<Key> broken = truth.broken(edge);
      if (broken.size() > edge.rule().maxOpen()) {
        // It is read again and again, and vouches for nothing meanwhile.
        tally.saw(Seen.ENDED_OVER_ITS_LIMIT);
        continue;
      }
      if (!(life instanceof RuleLife.Watching)) {
        flaws.add(Flaw.UNSETTLED, edge.name() + " is " + life + " in the end, broken " + broken);
        continue;
      }
      List<Key> open = journal.open(edge);
      for (Key key : broken) {
        if (!open.contains(key)) {
          flaws.add(Flaw.MISSED, edge.name() + key + " is broken and not open");
        }
      }
      for (Key key : open) {
        if (!broken.contains(key)) {
          flaws.add(Flaw.OPEN_FOR_EVER, edge.name() + key + " is open and not broken");
        }
      }
    }
  }

  /** Where every stream ends now. */
  Position end(SimDatabase database) {
    return database.before(database.flushed);
  }
}
