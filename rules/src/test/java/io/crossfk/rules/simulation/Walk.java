package io.crossfk.rules.simulation;

import io.crossfk.rules.simulation.Flaws.Flaw;
import io.crossfk.rules.simulation.Schema.Edge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One world from one seed: how often each thing happens is drawn once, then what happens next, step
 * by step, until all comes to rest. What a step draws depends on the seed and the step's number
 * alone, so that steps can be left out and the others stay what they were.
 */
final class Walk {
  private static final Duration LONG = Duration.ofSeconds(31);
  private static final int MOST_ROUNDS = 120;
  private static final List<Duration> TIMES =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));

  /** What may happen, how often it does, and whether a world may do without it. */
  private enum Step {
    WRITE(16, false),
    COMMIT(16, false),
    ROLL_BACK(1, true),
    FLUSH(5, false),
    SHOW(16, false),
    SHOW_GHOST(1, true),
    HEAR(60, false),
    JUDGE(80, false),
    READ(50, false),
    ANSWER(30, false),
    FAIL(1, true),
    AUDIT(14, false),
    FAIL_AUDIT(1, true),
    PASS(9, false),
    CUT(8, false),
    WRITE_CUT(12, false),
    KEEP_ALIVE(2, true),
    REPLAY(4, true),
    EVICT(2, true),
    DISCONNECT(2, true),
    CONNECT(5, false),
    PEEK(1, true),
    CRASH(2, true),
    FEED_FAILS(1, true),
    LOSE_SLOT(1, true),
    CRASH_SERVER(1, true),
    UNFIT(1, true);

    private final int weight;
    private final boolean rare;

    Step(int weight, boolean rare) {
      this.weight = weight;
      this.rare = rare;
    }
  }

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
  private final long transactionsBefore;
  private Chance chance;

  private Walk(World world, int mostTransactions, Chance chance) {
    this.world = world;
    this.mostTransactions = mostTransactions;
    this.transactionsBefore = world.tally.transactions;
    this.chance = chance;
  }

  static End play(Plan plan, Parts parts, Tally tally, History history) {
    Chance chance = new Chance(plan.seed() * 0x9E3779B97F4A7C15L);
    List<Step> steps = drawSteps(chance);
    int draws = chance.between(100, 700);
    int transactions = chance.between(2, 18);
    World world = new World(chance, plan.rulesLeftOut(), parts, tally, history);
    Walk walk = new Walk(world, transactions, chance);
    int draw = 0;
    while (draw < draws && world.flaws.isEmpty()) {
      draw++;
      if (!plan.stepsLeftOut().contains(draw)) {
        walk.chance = Chance.ofStep(plan.seed(), draw);
        walk.step(walk.chance.any(steps));
      }
    }
    if (world.flaws.isEmpty()) {
      walk.chance = Chance.ofStep(plan.seed(), -1);
      if (!plan.stepsLeftOut().contains(-1) && walk.chance.oneIn(3)) {
        walk.crashInAQuietMoment();
      }
      walk.drain();
    }
    tally.worlds++;
    tally.steps += draw;
    return new End(world, draw);
  }

  /** Worlds differ on purpose: some crash often and some never, in some look-ups are slow. */
  private static List<Step> drawSteps(Chance chance) {
    List<Step> drawn = new ArrayList<>();
    for (Step step : Step.values()) {
      boolean leftOut = step.rare && chance.below(3) > 0;
      int times = leftOut ? 0 : step.weight * chance.any(List.of(1, 1, 2, 5));
      for (int i = 0; i < times; i++) {
        drawn.add(step);
      }
    }
    return drawn;
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
        List<Transaction> hidden =
            database.hidden().stream().filter(each -> !each.ghost).toList();
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
          with(
              listener.streams.values().stream().filter(Stream::hasMore).toList(), Stream::next);
      case JUDGE -> with(List.copyOf(listener.hosts.values()), this::judge);
      case READ ->
          with(world.lookUps.out.stream().filter(world.lookUps::isReady).toList(), this::read);
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
          with(
              List.copyOf(listener.streams.values()),
              each -> each.keepAlive(chance.below(5)));
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

  private void read(LookUp lookUp) {
    world.lookUps.read(lookUp);
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
    world.restart(
        without ? Set.of(chance.any(world.schema.databases)) : Set.of(), chance);
  }

  /** All is told, seen and durable but for the answers that are out: what is forgotten now? */
  private void crashInAQuietMoment() {
    for (int round = 0; round < 2; round++) {
      world.databases.values().forEach(world::settle);
      deliverChanges();
      world.pass(Duration.ofMillis(200), chance);
      world.lookUps.out.stream().filter(LookUp::isBare).toList().forEach(this::readAndAnswer);
      world.listener.hosts.values().forEach(this::handleMail);
      flushCuts();
    }
    crash();
  }

  private void handleMail(Host host) {
    while (host.hasMail() && world.flaws.isEmpty()) {
      host.handleMail(chance);
    }
  }

  private void deliverChanges() {
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

  private void flushCuts() {
    world.listener.hosts.values().forEach(world.listener::submit);
    for (int i = 0; i < 2; i++) {
      world.listener.beginWrite();
      world.listener.commitWrite();
    }
  }

  private void readAndAnswer(LookUp lookUp) {
    while (!lookUp.left.isEmpty()) {
      read(lookUp);
    }
    world.answer(lookUp);
  }

  /** Everything ends, becomes visible, is told, read, answered and durable; graces pass. */
  private void drain() {
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
      for (Stream stream : List.copyOf(world.listener.streams.values())) {
        for (int tries = 0; tries < 2 && !stream.connected; tries++) {
          world.listener.reconnect(stream);
        }
        stream.database.replay(Integer.MAX_VALUE);
      }
      boolean busy = settleRound();
      world.pass(LONG, chance);
      busy |= !world.lookUps.out.stream().allMatch(this::saysNothing);
      flushCuts();
      quiet = busy ? 0 : quiet + 1;
    }
    if (world.flaws.isEmpty()) {
      world.compare();
    }
  }

  /** Whether anything but bare snapshots and rules over their limit had something to do. */
  private boolean settleRound() {
    boolean busy = false;
    for (int i = 0; i < 60 && world.flaws.isEmpty(); i++) {
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

  /** A rule with more broken keys than its limit is read again for ever. */
  private boolean isOver(Edge edge) {
    return world.truth.broken(edge).size() > edge.rule().maxOpen();
  }
}
