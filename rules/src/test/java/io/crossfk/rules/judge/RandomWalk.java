package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.LookUp.Read;
import io.crossfk.rules.judge.LookUp.Reading;
import io.crossfk.rules.judge.TestDatabase.Kind;
import io.crossfk.rules.judge.TestDatabase.Stored;
import io.crossfk.rules.judge.TestDatabase.Transaction;
import io.crossfk.rules.judge.TestDatabase.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A world in which things happen in an order drawn from a seed. To make it larger: more {@link
 * #TRANSACTIONS}, more kinds of {@link Step}.
 */
final class RandomWalk {
  private static final int TRANSACTIONS = 8;
  private static final int ROWS = 2;
  private static final int MOST_DRAWS = 2_000;
  private static final Position LATEST = new Position(Long.MAX_VALUE);
  private static final List<Duration> TIMES =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));

  private final Random random;
  private final World world;
  private final int keys;
  private final int transactions;
  private int written;

  private RandomWalk(long seed, Doubles doubles, Random random, History history) {
    this.random = random;
    this.keys = random.nextInt(3) == 0 ? 2 : 1;
    this.transactions = 2 + random.nextInt(TRANSACTIONS - 1);
    boolean baseline = random.nextInt(4) == 0;
    Duration grace = random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(10);
    boolean wholeOldRows = random.nextBoolean();
    // Some worlds begin just before the ids of transactions wrap.
    long firstXid = random.nextInt(4) == 0 ? (1L << 32) - 2 : 728;
    history.note(
        () ->
            "seed %d: %d keys, grace %s, %s, %s"
                .formatted(
                    seed,
                    keys,
                    grace,
                    wholeOldRows ? "old rows are whole" : "old rows are not in the log",
                    baseline ? "first start" : "watching"));
    this.world =
        new World(
            doubles,
            grace,
            wholeOldRows,
            firstXid,
            baseline ? Memory.EMPTY : World.watching(),
            history);
    for (int key = 1; key <= keys; key++) {
      if (random.nextBoolean()) {
        world.preload(world.users, key, key);
      }
    }
    for (int row = 1; row <= ROWS; row++) {
      long key = 1L + random.nextInt(keys);
      // Only a first start finds keys that are broken.
      if (random.nextBoolean() && (baseline || world.users.has(key))) {
        world.preload(world.orders, row, key);
      }
    }
    if (baseline) {
      world.openSlot(world.orders);
      world.openSlot(world.users);
    }
  }

  /** Walks to the end, where all comes to rest; the witness tells what was wrong. */
  static World walk(long seed, Supplier<Doubles> mutant, History history) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    RandomWalk walk = new RandomWalk(seed, mutant.get(), random, history);
    List<Step> steps = Step.draw(random);
    // To the end of all that is planned, so that the last events, too, come in any order.
    for (int draw = 0; draw < MOST_DRAWS && !walk.isPlayed(); draw++) {
      walk.step(steps.get(random.nextInt(steps.size())));
    }
    if (random.nextInt(3) == 0) {
      walk.crashInAQuietMoment();
    }
    walk.world.drain();
    return walk.world;
  }

  private boolean isPlayed() {
    return written == transactions
        && List.of(world.orders, world.users).stream()
            .allMatch(
                database ->
                    database.running.isEmpty()
                        && database.hidden().isEmpty()
                        && !world.hasMore(database));
  }

  /** All is told, seen and durable but for the answers that are out: what is forgotten now? */
  private void crashInAQuietMoment() {
    for (TestDatabase database : List.of(world.orders, world.users)) {
      database.hidden().forEach(hidden -> world.show(database, hidden));
      while (world.hasMore(database)) {
        world.next(database);
      }
    }
    if (random.nextBoolean()) {
      crashInACut();
      return;
    }
    world.pass(Duration.ofMillis(200));
    world.lookUps.stream().filter(each -> each.key().isEmpty()).toList().forEach(world::answer);
    for (int cuts = 0; cuts < 2; cuts++) {
      world.cut();
      while (!world.writes.isEmpty()) {
        world.nextWrite();
      }
    }
    world.crash(LATEST, LATEST);
  }

  /** All is answered, and the cut that tells it is half written. */
  private void crashInACut() {
    for (int answers = 0; answers < 20 && !world.lookUps.isEmpty(); answers++) {
      world.answer(world.lookUps.getFirst());
    }
    world.cut();
    if (!world.writes.isEmpty()) {
      world.nextWrite();
    }
    world.crash(LATEST, LATEST);
  }

  /** Does a step, if it can be done now. */
  private void step(Step step) {
    TestDatabase database = random.nextBoolean() ? world.orders : world.users;
    switch (step) {
      case WRITE -> write(database);
      case COMMIT -> with(database.running, running -> world.commit(database, running));
      case SHOW -> with(database.hidden(), hidden -> world.show(database, hidden));
      case HEAR -> {
        if (world.hasMore(database) && world.judge.acceptsChanges()) {
          world.next(database);
        }
      }
      case READ ->
          with(world.lookUps.stream().filter(each -> !world.isRead(each)).toList(), world::read);
      case STIR -> stir(database);
      case ANSWER -> with(world.lookUps.stream().filter(world::isRead).toList(), world::answer);
      case FAIL -> with(world.lookUps, world::fail);
      case AUDIT -> {
        if (world.audit.isPresent()) {
          world.auditStep(random.nextInt(10) == 0);
        }
      }
      case PASS -> world.pass(any(TIMES));
      case CUT -> world.cut();
      case WRITE_CUT -> {
        if (!world.writes.isEmpty()) {
          world.nextWrite();
        }
      }
      case KEEP_ALIVE -> world.keepAlive(database, random.nextInt(5));
      case REPLAY -> world.users.replay();
      case PEEK -> world.peek();
      case EVICT -> world.evict();
      case RESTART_STREAM -> world.restartStream(database, position());
      case CRASH -> world.crash(position(), position());
      case GAP -> {
        if (random.nextInt(4) == 0) {
          world.gap(database);
        }
      }
    }
  }

  private <T> void with(List<T> choice, Consumer<T> step) {
    if (!choice.isEmpty()) {
      step.accept(any(choice));
    }
  }

  private Position position() {
    return random.nextBoolean() ? LATEST : Position.ZERO;
  }

  private <T> T any(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** A transaction of one or two writes, of rows that nobody else is writing. */
  private void write(TestDatabase database) {
    if (written == transactions) {
      return;
    }
    Set<Integer> free = new HashSet<>();
    int rows = database == world.users ? keys : ROWS;
    for (int row = 1; row <= rows; row++) {
      if (!database.isLocked(row)) {
        free.add(row);
      }
    }
    if (free.isEmpty()) {
      return;
    }
    List<Write> writes =
        database == world.users ? ofUsers(List.copyOf(free)) : ofOrders(List.copyOf(free));
    written++;
    world.write(database, writes);
  }

  private List<Write> ofOrders(List<Integer> free) {
    List<Write> writes = new ArrayList<>();
    for (int row : random.nextInt(3) == 0 ? free : List.of(any(free))) {
      Stored stored = world.orders.rows.get(row);
      long key = 1L + random.nextInt(keys);
      if (stored == null) {
        writes.add(new Write(Kind.INSERT, row, key, key));
      } else if (random.nextBoolean()) {
        writes.add(new Write(Kind.UPDATE, row, key, stored.key()));
      } else {
        writes.add(new Write(Kind.DELETE, row, stored.key(), stored.key()));
      }
    }
    return writes;
  }

  /** A transaction that is over at once, while a look-up is half-way. */
  private void stir(TestDatabase database) {
    boolean halfWay =
        world.lookUps.stream()
            .anyMatch(
                each ->
                    each.question instanceof Question.Proof
                        && !world.isRead(each)
                        && each.left.size() < 3);
    if (halfWay && written < transactions) {
      int before = written;
      write(database);
      written = before; // It comes on top.
      if (!database.running.isEmpty()) {
        Transaction last = database.running.getLast();
        world.commit(database, last);
        world.show(database, last);
      }
    }
  }

  /** A parent's row is named by its key; an update of a key is another row here. */
  private List<Write> ofUsers(List<Integer> free) {
    int row = any(free);
    boolean there = world.users.rows.containsKey(row);
    List<Write> writes = new ArrayList<>();
    writes.add(new Write(there ? Kind.DELETE : Kind.INSERT, row, row, row));
    int other = any(free);
    if (random.nextInt(3) == 0) {
      // The same row again: away and back, or there and gone.
      boolean now = other == row ? !there : world.users.rows.containsKey(other);
      writes.add(new Write(now ? Kind.DELETE : Kind.INSERT, other, other, other));
    }
    return writes;
  }

  /** Keeps the protocol, and asks a standby now and then, which says that it is one. */
  static final class WithStandby extends Doubles {
    private final Random random;

    WithStandby(long seed) {
      this.random = new Random(seed);
    }

    @Override
    Reading read(World world, LookUp lookUp, Read read) {
      return read == Read.PARENT && random.nextInt(3) == 0
          ? new Reading(
              new Sight.Standby(world.users.replayed()),
              Set.of(),
              world.users.standbyHas(number(lookUp)))
          : super.read(world, lookUp, read);
    }
  }
}
