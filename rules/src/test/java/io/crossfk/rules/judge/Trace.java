package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.TestDatabase.Kind;
import io.crossfk.rules.judge.TestDatabase.Transaction;
import io.crossfk.rules.judge.TestDatabase.Write;
import io.crossfk.rules.judge.Witness.Flaw;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Plays a run of the protocol from words, each of them one step of a {@link World}; at the end all
 * comes to rest.
 *
 * <pre>
 * c+ c- d+ d-   one of two child rows with the key commits, or its removal: it is in the log
 * p+ p- q+ q-   the parent; another parent
 * {p- q+}       one transaction
 * cv pv v       what is in the child's log, the parent's, both, becomes visible
 * R             the parent's standby replays its log
 * Jc Jp         the judge processes the next transaction of the child's, the parent's log
 * Jp( Jp)       ... only its beginning and its first row; the rest
 * S1 S2 S3      the next read of the look-up that was asked first
 * A             the rest of its reads, and its answer
 * settle        answers until nothing is asked any more
 * wait          time passes, bare snapshots are answered
 * cut           a cut, durable and acknowledged;  cut1  only its first write is done
 * read          another instance reads the journal;  crash  it takes over
 * evict         the cache forgets
 * </pre>
 */
final class Trace {
  private static final long KEY = 1;
  private static final long OTHER = 2;
  private static final Position LATEST = new Position(Long.MAX_VALUE);

  private final World world;

  private Trace(Doubles doubles) {
    this.world = new World(doubles, Duration.ZERO, true, 728, World.watching(), new History(false));
  }

  /** What is wrong with the run; empty if nothing is. */
  static Set<Flaw> play(String trace, Doubles doubles) {
    Trace run = new Trace(doubles);
    for (String word : trace.replaceAll("\\{(\\S+) (\\S+)}", "{$1,$2}").split("\\s+")) {
      run.step(word);
    }
    run.world.drain();
    return run.world.witness.flaws();
  }

  private void step(String word) {
    switch (word) {
      case "v" -> {
        show(world.orders);
        show(world.users);
      }
      case "cv" -> show(world.orders);
      case "pv" -> show(world.users);
      case "R" -> world.users.replay();
      case "Jc" -> world.nextTransaction(world.orders);
      case "Jp", "Jp)" -> world.nextTransaction(world.users);
      case "Jp(" -> {
        world.next(world.users);
        world.next(world.users);
      }
      case "S1", "S2", "S3" -> asked().stream().limit(1).forEach(world::read);
      case "A" -> asked().stream().limit(1).forEach(world::answer);
      case "settle" -> {
        for (List<LookUp> asked = asked(); !asked.isEmpty(); asked = asked()) {
          world.answer(asked.getFirst());
        }
      }
      case "wait" -> {
        world.pass(Duration.ofSeconds(2));
        world.lookUps.stream()
            .filter(each -> each.question instanceof Question.Visibility)
            .toList()
            .forEach(world::answer);
      }
      case "cut" -> {
        world.cut();
        while (!world.writes.isEmpty()) {
          world.nextWrite();
        }
      }
      case "cut1" -> {
        world.cut();
        world.nextWrite();
      }
      case "read" -> world.peek();
      case "crash" -> world.crash(LATEST, LATEST);
      case "evict" -> world.evict();
      default -> write(word);
    }
  }

  private List<LookUp> asked() {
    return world.lookUps.stream()
        .filter(each -> !(each.question instanceof Question.Visibility))
        .toList();
  }

  private void show(TestDatabase database) {
    for (Transaction hidden : database.hidden()) {
      world.show(database, hidden);
    }
  }

  private void write(String word) {
    List<Write> writes = new ArrayList<>();
    for (String each : word.replaceAll("[{}]", "").split(",")) {
      if (!each.matches("[cdpq][-+]")) {
        throw new IllegalArgumentException("not a step: " + word);
      }
      Kind kind = each.endsWith("+") ? Kind.INSERT : Kind.DELETE;
      writes.add(
          switch (each.charAt(0)) {
            case 'c' -> new Write(kind, 1, KEY, KEY);
            case 'd' -> new Write(kind, 2, KEY, KEY);
            case 'p' -> new Write(kind, 1, KEY, KEY);
            default -> new Write(kind, 2, OTHER, OTHER);
          });
    }
    TestDatabase database = word.matches(".*[cd].*") ? world.orders : world.users;
    for (Write write : writes) {
      if (database.isLocked(write.row())) {
        throw new IllegalStateException(word + ": the row's last writer is not visible yet");
      }
    }
    world.write(database, writes);
    world.commit(database, database.running.getFirst());
  }
}
