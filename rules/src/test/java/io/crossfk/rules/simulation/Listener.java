package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.simulation.Flaws.Flaw;
import io.crossfk.rules.simulation.Schema.Edge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One instance of the listener, as it leads: judges, streams, and its side of the feed. It is
 * opened in the order of I5.
 */
final class Listener {
  /** A cut on its way, with the epochs of its positions. */
  record Submitted(Host host, Cut cut, Map<String, Integer> epochs) {}

  final Map<String, Host> hosts = new LinkedHashMap<>();
  final Map<String, Stream> streams = new LinkedHashMap<>();

  /** Rules that wait for a database which was down at the start. */
  final List<Edge> waiting;

  final List<Submitted> submitted = new ArrayList<>();

  /** The feed's transaction that is open now. */
  final List<Submitted> open = new ArrayList<>();

  private final World world;

  /** Positions that are durable in this run, by database and judge. */
  private final Map<String, Map<String, Position>> durable = new HashMap<>();

  /** Gaps that the lanes were told of, by database. */
  private final Map<String, Integer> gaps = new HashMap<>();

  static String judgeOf(Edge edge) {
    return edge.parent().reference().toString();
  }

  Listener(World world, Set<String> down) {
    this.world = world;
    List<Edge> judged = new ArrayList<>();
    waiting = new ArrayList<>();
    for (Edge edge : world.schema.edges) {
      boolean waits =
          down.contains(edge.rule().child().database())
              || down.contains(edge.rule().parent().database());
      (waits ? waiting : judged).add(edge);
    }
    if (!waiting.isEmpty()) {
      world.tally.saw(Seen.RULE_WAITED_FOR_ITS_DATABASE);
      for (Journal each : List.of(world.journal, world.memory)) {
        waiting.forEach(edge -> each.markBlind(edge, world.wall()));
        if (world.parts.forgetsPositionsLeftBehind()) {
          each.leaveBehind(judged);
        }
      }
    }
    Map<String, List<Edge>> byJudge = new LinkedHashMap<>();
    judged.forEach(
        edge -> byJudge.computeIfAbsent(judgeOf(edge), none -> new ArrayList<>()).add(edge));
    byJudge.forEach(
        (judge, edges) ->
            hosts.put(judge, new Host(world, edges, world.memory.memory(judge, edges))));
  }

  /** Opens the streams at the journaled positions. */
  void start(Chance chance) {
    Set<String> databases = new LinkedHashSet<>();
    hosts.values().forEach(host -> databases.addAll(host.lanes.keySet()));
    for (String name : databases) {
      SimDatabase database = world.database(name);
      List<Lane> lanes =
          hosts.values().stream()
              .flatMap(host -> Optional.ofNullable(host.lanes.get(name)).stream())
              .toList();
      Stream stream = new Stream(world, database, lanes);
      streams.put(name, stream);
      if (chance.oneIn(2)) {
        open(stream, remembered(name)); // Else later: one database is slower than the other.
      }
    }
    // An audit that was broken off before its beginning may have had to wait (fact 12).
    for (Host host : hosts.values()) {
      for (Edge edge : host.edges) {
        if (world.memory.mayHaveToWait(edge)) {
          world.audits.bar(edge.rule().child().database());
          world.audits.bar(edge.rule().parent().database());
        }
      }
    }
    hosts.values().forEach(host -> host.listen(chance));
  }

  private Optional<Position> remembered(String database) {
    return hosts.keySet().stream()
        .flatMap(
            judge ->
                Optional.ofNullable(
                    world.memory.positions.getOrDefault(judge, Map.of()).get(database))
                    .stream())
        .reduce(Position::smaller)
        .map(journaled -> world.parts.resume(journaled, world.database(database)));
  }

  private void open(Stream stream, Optional<Position> remembered) {
    SimDatabase database = stream.database;
    boolean made = !database.hasSlot;
    stream.opened = true;
    stream.life = database.life;
    if (made) {
      world.openSlot(database);
    }
    Position from = remembered.orElse(database.confirmed);
    if (remembered.isPresent()) {
      boolean ahead = database.confirmed.isAfter(from);
      Integer journaled = world.memory.lives.get(database.name);
      if (ahead && !database.slotMadeAt.isAfter(from)) {
        world.flaws.add(Flaw.POSITION, database.name + ": the slot is ahead of the journal");
      }
      if ((made || ahead) && world.parts.comparesSlots()) {
        gap(stream, made ? "slot missing" : "slot ahead");
        from = database.confirmed;
      } else if (journaled == null || journaled != database.life) {
        gap(stream, "commits may have vanished");
      }
      from = Position.larger(from, database.confirmed);
    }
    stream.acknowledged = from;
    stream.catalogueRead();
    stream.connect(from);
  }

  /** A stream that broke off comes back, or one whose slot was lost gets a new one. */
  void reconnect(Stream stream) {
    SimDatabase database = stream.database;
    if (!stream.opened) {
      open(stream, remembered(database.name));
    } else if (!database.hasSlot) {
      if (!stream.lost) {
        stream.lost = true;
        gap(stream, "slot lost");
        return;
      }
      world.openSlot(database);
      stream.life = database.life;
      stream.lost = false;
      stream.acknowledged = database.confirmed;
      stream.catalogueRead();
      connect(stream);
    } else {
      checkLife(stream);
      connect(stream);
    }
  }

  private void checkLife(Stream stream) {
    SimDatabase database = stream.database;
    if (stream.life != database.life) {
      stream.life = database.life;
      gap(stream, "commits may have vanished");
    }
  }

  private void connect(Stream stream) {
    Position from = Position.larger(stream.acknowledged, stream.database.confirmed);
    stream.acknowledged = from;
    stream.connect(from);
  }

  /** Positions of before a gap may belong to another history. */
  private void gap(Stream stream, String reason) {
    stream.gap(reason);
    durable.remove(stream.database.name);
    gaps.merge(stream.database.name, 1, Integer::sum);
  }

  void submit(Host host) {
    host.cut()
        .ifPresent(
            cut -> {
              submitted.add(new Submitted(host, cut, Map.copyOf(host.epochs)));
              world.parts.submitted(world, cut);
            });
  }

  /** The feed's transaction begins with all that waits. */
  void beginWrite() {
    open.addAll(submitted);
    submitted.clear();
  }

  /** It commits: all of it is durable at once, the judges hear of it, then the slots move. */
  void commitWrite() {
    write();
    for (Submitted each : open) {
      each.host()
          .mail
          .add(
              new Host.Mail(
                  new Event.CutDurable(each.cut().number()), Optional.empty(), Optional.empty()));
      each.cut()
          .positions()
          .forEach(
              (database, position) -> {
                int epoch = each.epochs().getOrDefault(database, 0);
                if (epoch == gaps.getOrDefault(database, 0)) {
                  durable(each.host(), database, position);
                }
              });
    }
    open.clear();
  }

  void write() {
    for (Submitted each : open) {
      world.journal.write(each.cut(), world.flaws);
    }
  }

  private void durable(Host host, String database, Position position) {
    Map<String, Position> of = durable.computeIfAbsent(database, none -> new HashMap<>());
    of.merge(host.judge.name(), position, Position::larger);
    boolean all =
        hosts.values().stream()
            .filter(each -> each.lanes.containsKey(database))
            .allMatch(each -> of.containsKey(each.judge.name()));
    if (all) {
      Position smallest = of.values().stream().reduce(Position::smaller).orElseThrow();
      acknowledge(database, smallest);
    }
  }

  void acknowledge(String name, Position position) {
    Stream stream = streams.get(name);
    SimDatabase database = world.database(name);
    if (stream == null || !stream.opened || !database.hasSlot) {
      return;
    }
    world.journal.lives.put(name, stream.life);
    stream.acknowledged = Position.larger(stream.acknowledged, position);
    if (stream.connected && position.isAfter(database.confirmed)) {
      database.confirmed = position;
      checkAcknowledged(name, position);
    }
  }

  /** I5: nothing is acknowledged that is not durable in every judge of the database. */
  private void checkAcknowledged(String database, Position position) {
    for (Host host : hosts.values()) {
      if (host.lanes.containsKey(database)
          && world
              .journal
              .positions
              .getOrDefault(host.judge.name(), Map.of())
              .getOrDefault(database, Position.ZERO)
              .isBefore(position)) {
        world.flaws.add(
            Flaw.POSITION, database + " is acknowledged at " + position + ", not durable");
      }
    }
  }
}
