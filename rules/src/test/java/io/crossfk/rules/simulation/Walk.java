package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One world from one seed: how often each thing happens is drawn once, then what happens next, step
 * by step, until all comes to rest. What a step draws depends on the seed and the step's number
 * alone, so that steps can be left out and the others stay what they were.
 */
final class Walk {
  private static final List<Duration> TIMES =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));

  /** A world, or a smaller one of the same seed. */
  record Plan(long seed, Set<Integer> rulesLeftOut, Set<Integer> stepsLeftOut) {
    static Plan of(long seed) {
      return new Plan(seed, Set.of(), Set.of());
    }
  }

  /** How a walk ended. */
  record End(World world, int steps) {}

  private final World world;
  private final int mostTransactions;
  private long transactionsBefore;
  private Chance chance;

  private Walk(World world, int mostTransactions, Chance chance) {
    this.world = world;
    this.mostTransactions = mostTransactions;
    this.transactionsBefore = world.tally.transactions;
    this.chance = chance;
  }

  static End play(Plan plan, Parts parts, Tally tally, History history) {
    Chance chance = new Chance(plan.seed() * 0x9E3779B97F4A7C15L);
    List<Step> steps = Step.draw(chance);
    int chapters = chance.between(1, 3);
    int draws = chance.between(100, 500);
    int transactions = chance.between(2, 18);
    World world = new World(chance, plan.rulesLeftOut(), parts, tally, history);
    Walk walk = new Walk(world, transactions, chance);
    int draw = 0;
    // What is open at the end of one chapter is there to be resolved in the next.
    for (int chapter = 1; chapter <= chapters && world.flaws.isEmpty(); chapter++) {
      while (draw < draws * chapter && world.flaws.isEmpty()) {
        draw++;
        if (!plan.stepsLeftOut().contains(draw)) {
          walk.chance = Chance.ofStep(plan.seed(), draw);
          walk.step(walk.chance.any(steps));
        }
      }
      walk.chance = Chance.ofStep(plan.seed(), -chapter);
      if (!plan.stepsLeftOut().contains(-chapter)
          && walk.chance.oneIn(3)
          && world.flaws.isEmpty()) {
        walk.crashInAQuietMoment();
      }
      walk.rest().drain();
      walk.transactionsBefore = tally.transactions;
    }
    tally.worlds++;
    tally.steps += draw;
    return new End(world, draw);
  }

  private void step(Step step) {
    Listener listener = world.listener;
    SimDatabase database = chance.any(List.copyOf(world.databases.values()));
    switch (step) {
      case WRITE -> {
        if (world.tally.transactions - transactionsBefore < mostTransactions) {
          world.write(database, chance);
        }
      }
      case COMMIT -> with(database.running, running -> world.commit(database, running));
      case ROLL_BACK -> with(database.running, running -> world.rollBack(database, running));
      case FLUSH -> database.flush();
      case SHOW -> {
        List<Transaction> hidden = database.hidden().stream().filter(each -> !each.ghost).toList();
        with(hidden, each -> world.show(database, each));
      }
      case SHOW_GHOST ->
          with(
              database.hidden(),
              each -> {
                if (each.ghost) {
                  world.tally.saw(Seen.GHOST_WAITED);
                }
                world.show(database, each);
              });
      case HEAR ->
          with(listener.streams.values().stream().filter(Stream::hasMore).toList(), Stream::next);
      case JUDGE -> with(List.copyOf(listener.hosts.values()), this::judge);
      case READ ->
          with(
              world.lookUps.out.stream().filter(world.lookUps::isReady).toList(),
              world.lookUps::read);
      case STIR -> stir();
      case ANSWER ->
          with(
              world.lookUps.out.stream().filter(each -> each.left.isEmpty()).toList(),
              world::answer);
      case FAIL -> with(world.lookUps.out, each -> world.lookUps.fail(each, "users"));
      case AUDIT ->
          with(
              world.audits.runs.stream().filter(world.audits::isReady).toList(),
              world.audits::step);
      case FAIL_AUDIT -> with(world.audits.runs, world.audits::fail);
      case PASS -> world.pass(chance.any(TIMES), chance);
      case CUT -> with(List.copyOf(listener.hosts.values()), listener::submit);
      case WRITE_CUT -> writeCut();
      case KEEP_ALIVE ->
          with(List.copyOf(listener.streams.values()), each -> each.keepAlive(chance.below(5)));
      case REPLAY -> database.replay(chance.between(1, 3));
      case EVICT ->
          with(
              List.copyOf(listener.hosts.values()),
              host -> {
                world.tally.saw(Seen.CACHE_EVICTED);
                host.cache.clear();
              });
      case DISCONNECT -> with(List.copyOf(listener.streams.values()), Stream::disconnect);
      case CONNECT ->
          with(
              listener.streams.values().stream().filter(each -> !each.connected).toList(),
              listener::reconnect);
      case PEEK -> world.parts.peek(world.journal);
      case CRASH -> crash();
      case CRASH_QUIETLY -> crashInAQuietMoment();
      case FEED_FAILS -> {
        if (!listener.open.isEmpty()) {
          world.tally.saw(Seen.FEED_FAILED);
          if (chance.oneIn(2)) {
            world.tally.saw(Seen.OUTCOME_UNKNOWN);
            listener.write();
          }
          world.restart(Set.of(), chance);
        }
      }
      case LOSE_SLOT -> world.loseSlot(database);
      case CRASH_SERVER -> world.crashServer(database);
      case CHANGE_UNSEEN ->
          with(
              List.copyOf(database.tables()), table -> world.changeUnseen(database, table, chance));
      case UNPUBLISH ->
          with(List.copyOf(database.tables()), table -> world.unpublish(database, table));
      case PUBLISH -> world.publish(database);
      case READ_CATALOGUE -> world.readCatalogue(database);
      case UNFIT ->
          with(
              List.copyOf(listener.hosts.values()),
              host -> world.tellUnfit(host, chance.any(host.edges).child(), chance));
    }
  }

  private <T> void with(List<T> choice, Consumer<T> step) {
    if (!choice.isEmpty()) {
      step.accept(chance.any(choice));
    }
  }

  /**
   * The world moves where it is looked at: between two statements of a look-up, between its reading
   * and its answer, or under a key that is open.
   */
  private void stir() {
    List<LookUp> out = world.lookUps.out.stream().filter(each -> !each.isBare()).toList();
    List<Violation> open = world.journal.open();
    int times = chance.between(1, 3);
    if (!out.isEmpty() && (open.isEmpty() || !chance.oneIn(4))) {
      List<LookUp> halfRead = out.stream().filter(LookUp::isHalfRead).toList();
      LookUp lookUp = chance.any(halfRead.isEmpty() || chance.oneIn(2) ? out : halfRead);
      for (int i = 0; i < times; i++) {
        world.stir(lookUp.rule(), chance.any(lookUp.asked).key, chance);
      }
    } else if (!open.isEmpty()) {
      Violation violation = chance.any(open);
      for (int i = 0; i < times; i++) {
        world.stir(world.edge(violation.rule()), violation.key(), chance);
      }
    }
  }

  /** A judge takes what its mailbox holds: an answer, or a lane's next events. */
  private void judge(Host host) {
    int events = chance.between(1, 3);
    for (int i = 0; i < events; i++) {
      if (host.hasMail() && chance.oneIn(2)) {
        host.handleMail(chance);
      } else {
        with(List.copyOf(host.lanes.values()), lane -> host.handleChange(lane, chance));
      }
    }
  }

  private void writeCut() {
    if (world.listener.open.isEmpty()) {
      world.listener.beginWrite();
    } else {
      world.listener.commitWrite();
    }
  }

  /** The process dies; or another one takes over, while this one's transaction is on its way. */
  private void crash() {
    if (!world.listener.open.isEmpty() && chance.oneIn(3)) {
      world.tally.saw(Seen.TAKEN_OVER);
      world.listener.write(); // It was committed before the other fenced it.
    }
    boolean without = world.databases.size() > 2 && chance.oneIn(3);
    world.restart(without ? Set.of(chance.any(world.schema.databases)) : Set.of(), chance);
  }

  private Rest rest() {
    return new Rest(world, chance);
  }

  /** All is told, seen and durable but for the answers that are out: what is forgotten now? */
  private void crashInAQuietMoment() {
    if (chance.oneIn(2)) {
      // ... or all is answered, and on its way to the feed.
      world.databases.values().forEach(world::settle);
      rest().settleRound();
      world.pass(chance.any(TIMES), chance);
      rest().settleRound();
      world.listener.hosts.values().forEach(world.listener::submit);
      crash();
      return;
    }
    for (int round = 0; round < 2; round++) {
      world.databases.values().forEach(world::settle);
      rest().deliverChanges();
      world.pass(Duration.ofMillis(200), chance);
      world.lookUps.out.stream().filter(LookUp::isBare).toList().forEach(rest()::readAndAnswer);
      world.listener.hosts.values().forEach(rest()::handleMail);
      rest().flushCuts();
    }
    crash();
  }
}
