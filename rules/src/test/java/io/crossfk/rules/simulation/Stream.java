package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.simulation.Transaction.Write;
import java.util.List;

/**
 * One database's stream, from its slot to the lanes of the judges; it may stall, break off, and
 * tell again.
 */
final class Stream {
  /** Rows that wait in the lanes from which on no more are read. */
  private static final int FULL = 40;

  final SimDatabase database;
  boolean connected;

  /** It was connected since the start. */
  boolean opened;

  /** The server's life that the judges know of. */
  int life;

  /** The judges were told of a gap, and the slot is to be made anew. */
  boolean lost;

  /** How far durable cuts allow the slot to be moved; a reconnect begins there. */
  Position acknowledged = Position.ZERO;

  private final World world;
  private final List<Lane> lanes;
  private int transaction;

  /** 0: not begun; else the number of its rows told, plus one. */
  private int told;

  Stream(World world, SimDatabase database, List<Lane> lanes) {
    this.world = world;
    this.database = database;
    this.lanes = lanes;
    this.life = database.life;
  }

  boolean hasMore() {
    return connected
        && transaction < database.flushed
        && lanes.stream().allMatch(lane -> lane.events.size() < FULL);
  }

  /** The next Begin, row or Commit of the log. */
  void next() {
    Transaction now = database.log.get(transaction);
    if (told == 0) {
      told = 1;
    } else if (told <= now.writes.size()) {
      Write write = now.writes.get(told - 1);
      if (!now.unseen && !now.untold.contains(write)) {
        lanes.forEach(lane -> lane.take(now, write, world.wall()));
      }
      told++;
    } else {
      lanes.forEach(lane -> lane.commit(now));
      transaction++;
      told = 0;
    }
  }

  /** A keep-alive: nothing that matters lies before what was told. */
  void keepAlive(int beyond) {
    if (connected && told == 0) {
      Position at = new Position(database.before(transaction).value() + beyond);
      database.keptAlive = Position.larger(database.keptAlive, at);
      lanes.forEach(lane -> lane.progress(at));
    }
  }

  void disconnect() {
    connected = false;
  }

  /** Connects where the slot allows; what was told from there on comes again. */
  void connect(Position from) {
    int again = database.after(from);
    if (again < transaction || (again == transaction && told > 0)) {
      world.tally.saw(Seen.STREAM_REPEATED);
    }
    transaction = again;
    told = 0;
    connected = true;
    lanes.forEach(lane -> lane.restart(from));
  }

  /** Told before anything of a stream, and now and then. */
  void catalogueRead() {
    Event.CatalogueRead reading = database.catalogue();
    lanes.forEach(lane -> lane.events.add(reading));
  }

  void gap(String reason) {
    world.history.note(() -> database.name + " has a gap: " + reason);
    connected = false;
    acknowledged = Position.ZERO;
    lanes.forEach(lane -> lane.gap(reason));
  }
}
