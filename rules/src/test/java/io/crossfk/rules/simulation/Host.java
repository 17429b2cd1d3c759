package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.AuditRequest;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Judge;
import io.crossfk.rules.judge.Memory;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.LookUp.Asked;
import io.crossfk.rules.simulation.Schema.Edge;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One judge with its cache and its mailbox: answers have a lane of their own, and come first. */
final class Host {
  /** An answer that waits in the mailbox, with the look-up that it came from. */
  record Mail(Event event, Optional<LookUp> lookUp, Optional<Asked> asked) {}

  final Judge judge;
  final CheckedCache cache;
  final List<Edge> edges;
  final Map<String, Lane> lanes = new LinkedHashMap<>();
  final ArrayDeque<Mail> mail = new ArrayDeque<>();

  /** Gaps of each database that the judge was told of: positions belong to such an epoch. */
  final Map<String, Integer> epochs = new HashMap<>();

  /** Events that the judge has processed. */
  long eventCount;

  /** The event that the judge is at; what it asks meanwhile was asked because of it. */
  Optional<Event> current = Optional.empty();

  private final World world;
  private final Checks checks;

  Host(World world, List<Edge> edges, Memory memory) {
    this.world = world;
    this.edges = edges;
    this.cache = world.parts.cache(world.tally);
    this.judge =
        new Judge(
            edges.getFirst().parent().reference(),
            edges.stream().map(Edge::bound).toList(),
            memory,
            cache,
            world.limits,
            world.nanos,
            world.wall());
    for (String database : judge.databases()) {
      lanes.put(database, new Lane(database, edges));
    }
    this.checks = new Checks(world, this, memory);
  }

  /** Time passes for the judge; what it wants is carried to those who serve it. */
  void wake(Chance chance) {
    checks.quietly(() -> judge.advanceTo(world.nanos, world.wall()));
    listen(chance);
  }

  boolean hasMail() {
    return !mail.isEmpty();
  }

  /** Answers first; then one lane's next event, unless the judge has enough to do. */
  void handleMail(Chance chance) {
    Mail next = mail.removeFirst();
    handle(next.event(), next.lookUp(), next.asked(), chance);
  }

  boolean handleChange(Lane lane, Chance chance) {
    if (lane.events.isEmpty()) {
      return false;
    }
    if (!judge.acceptsChanges()) {
      world.tally.saw(Seen.CHANGES_PAUSED);
      return false;
    }
    for (Event event : world.parts.stream(this, lane.events.removeFirst())) {
      handle(event, Optional.empty(), Optional.empty(), chance);
    }
    return true;
  }

  void handle(Event event, Optional<LookUp> lookUp, Optional<Asked> asked, Chance chance) {
    world.history.note(() -> judge.name() + " hears " + event);
    world.tally.events++;
    eventCount++;
    checks.quietly(() -> judge.advanceTo(world.nanos, world.wall()));
    current = Optional.of(event);
    world.parts.hears(this, event);
    checks.handle(event, lookUp, asked);
    if (event instanceof Event.Gap gap) {
      epochs.merge(gap.database(), 1, Integer::sum);
    }
    world.parts.heard(this, event);
    listen(chance);
    current = Optional.empty();
  }

  void listen(Chance chance) {
    List<Question> questions = judge.takeQuestions();
    if (!questions.isEmpty()) {
      world.history.note(() -> judge.name() + " asks " + questions);
      checks.asks(questions);
      boolean standby = world.hasStandby && chance.oneIn(2);
      world.lookUps.ask(this, questions, chance.between(1, 3), standby);
    }
    for (AuditRequest request : judge.takeAuditRequests()) {
      world.history.note(() -> judge.name() + " wants " + request);
      world.audits.request(this, request);
    }
  }

  /** What is to become durable next, if anything is. */
  Optional<Cut> cut() {
    return judge
        .cut()
        .map(
            cut -> {
              Cut taken = world.parts.taken(this, cut);
              world.history.note(() -> "cut " + taken);
              world.tally.cuts++;
              checks.cut(taken);
              return taken;
            });
  }

  /** Beyond every transaction of every database. */
  long far() {
    return world.databases.values().stream().mapToLong(SimDatabase::lastFinished).max().orElse(0)
        + 1_000_000;
  }

  boolean isOpen(Edge edge, Key key) {
    return world.journal.open(edge).contains(key);
  }

  void acknowledge(String database, Position position) {
    world.listener.acknowledge(database, position);
  }

  Position judged(String database) {
    return judge.judged(database).orElse(Position.ZERO);
  }
}
