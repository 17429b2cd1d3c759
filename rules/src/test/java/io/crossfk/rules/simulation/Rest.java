package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.simulation.Flaws.Flaw;
import io.crossfk.rules.simulation.Schema.Edge;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Brings a world to rest: nothing happens in it any more, and everything is served. */
final class Rest {
  private static final Duration LONG = Duration.ofSeconds(31);
  private static final int MOST_ROUNDS = 120;

  private final World world;
  private final Chance chance;

  Rest(World world, Chance chance) {
    this.world = world;
    this.chance = chance;
  }

  void handleMail(Host host) {
    while (host.hasMail() && world.flaws.isEmpty()) {
      host.handleMail(chance);
    }
  }

  void deliverChanges() {
    for (Stream stream : List.copyOf(world.listener.streams.values())) {
      boolean moved = true;
      while (moved && world.flaws.isEmpty()) {
        moved = stream.hasMore();
        if (moved) {
          stream.next();
        }
        for (Host host : world.listener.hosts.values()) {
          for (Lane lane : host.lanes.values()) {
            moved |= host.handleChange(lane, chance);
          }
        }
      }
    }
  }

  void flushCuts() {
    world.listener.hosts.values().forEach(world.listener::submit);
    for (int i = 0; i < 2; i++) {
      world.listener.beginWrite();
      world.listener.commitWrite();
    }
  }

  void readAndAnswer(LookUp lookUp) {
    while (!lookUp.left.isEmpty()) {
      world.lookUps.read(lookUp);
    }
    world.answer(lookUp);
  }

  /** Everything ends, becomes visible, is told, read, answered and durable; graces pass. */
  void drain() {
    world.history.note(() -> "all comes to rest");
    if (world.needsRestart()) {
      world.restart(Set.of(), chance);
    }
    int quiet = 0;
    for (int round = 0; quiet < 3 && world.flaws.isEmpty(); round++) {
      if (round == MOST_ROUNDS) {
        world.flaws.add(Flaw.UNSETTLED, "questions without end");
        return;
      }
      world.databases.values().forEach(world::settle);
      world.databases.values().forEach(world::publish);
      for (Stream stream : List.copyOf(world.listener.streams.values())) {
        for (int tries = 0; tries < 2 && !stream.connected; tries++) {
          world.listener.reconnect(stream);
        }
        stream.database.replay(Integer.MAX_VALUE);
        if (round < 2) {
          world.readCatalogue(stream.database);
        }
      }
      boolean busy = settleRound();
      world.pass(LONG, chance);
      busy |= !world.lookUps.out.stream().allMatch(this::saysNothing);
      busy |= !world.schema.edges.stream().allMatch(edge -> isOver(edge) || isWatching(edge));
      busy |= !hasHeardAll();
      flushCuts();
      quiet = busy ? 0 : quiet + 1;
    }
    if (world.flaws.isEmpty()) {
      world.compare();
    }
  }

  /** Whether anything but bare snapshots and rules over their limit had something to do. */
  boolean settleRound() {
    boolean busy = false;
    for (int i = 0; i < 60 && world.flaws.isEmpty(); i++) {
      world.listener.hosts.values().forEach(this::handleMail); // It may make room for changes.
      deliverChanges();
      world.listener.hosts.values().forEach(this::handleMail);
      if (world.lookUps.out.isEmpty() && world.audits.runs.isEmpty()) {
        return busy;
      }
      for (LookUp lookUp : List.copyOf(world.lookUps.out)) {
        busy |= !saysNothing(lookUp);
        readAndAnswer(lookUp);
      }
      for (Audits.Run run : List.copyOf(world.audits.runs)) {
        busy |= !isOver(world.edge(run.request.rule()));
        while (world.audits.runs.contains(run)) {
          world.audits.step(run);
        }
      }
    }
    return busy;
  }

  private boolean saysNothing(LookUp lookUp) {
    return lookUp.isBare() || isOver(lookUp.rule());
  }

  private boolean hasHeardAll() {
    return world.listener.streams.values().stream().noneMatch(Stream::hasMore)
        && world.listener.hosts.values().stream()
            .flatMap(host -> host.lanes.values().stream())
            .allMatch(lane -> lane.events.isEmpty());
  }

  private boolean isWatching(Edge edge) {
    Host host = world.listener.hosts.get(Listener.judgeOf(edge));
    return host != null && host.judge.lives().get(edge.name()) instanceof RuleLife.Watching;
  }

  /** A rule with more broken keys than its limit is read again for ever. */
  private boolean isOver(Edge edge) {
    return world.truth.broken(edge).size() > edge.rule().maxOpen();
  }
}
