package io.crossfk.listener.randomwork;

import io.crossfk.listener.randomwork.Step.End;
import io.crossfk.listener.randomwork.Step.Job;
import io.crossfk.listener.randomwork.Step.Undone;
import io.crossfk.listener.randomwork.Step.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * What one client does, from a seed: an endless sequence that does not depend on any answer.
 *
 * <p><em>Contested</em> keys are written by all clients as it comes: few hot ones, which race, and
 * many that are seldom written, so that what is missed stays missed. <em>Honest</em> ones belong to
 * one client, who keeps the foreign key (unless a fault comes between): their parent arrives before
 * the first child, and goes after the last.
 */
final class Jobs {
  private static final List<WorkRule> RULES = List.of(WorkRule.values());
  private static final int HOT = 24;
  private static final int CONTESTED = 240;
  private static final int HONEST_BEGIN = 1000;
  private static final int HONEST_OF_EACH = 60;
  private static final int HONEST_AT_ONCE = 12;
  private static final int TRUNCATE_ONE_IN = 500;

  private final Random random;
  private final Statements sql;
  private final int honestBegin;
  private final Deque<Pair> honest = new ArrayDeque<>();
  private int honestNext;

  private record Pair(WorkRule rule, int key) {}

  Jobs(long seed, int client) {
    this.random = new Random(seed * 31 + client);
    this.sql = new Statements(random);
    this.honestBegin = HONEST_BEGIN + client * HONEST_OF_EACH;
  }

  Job next() {
    WorkRule rule = RULES.get(random.nextInt(RULES.size()));
    int key = contested();
    if (random.nextInt(TRUNCATE_ONE_IN) == 0) {
      WorkTable table = random.nextBoolean() ? rule.child() : rule.parent();
      return one(table.database(), new Step.Truncate(table));
    }
    return switch (random.nextInt(40)) {
      case 0, 1, 2 -> one(rule.parent().database(), sql.arrive(rule.parent(), key));
      case 3, 4 -> one(rule.child().database(), sql.refer(rule.child(), key));
      case 5, 6 -> one(rule.child().database(), sql.leave(rule.child(), key));
      case 7 -> one(rule.parent().database(), sql.remove(rule.parent(), key));
      case 8, 9 -> one(rule.child().database(), sql.referToOther(rule.child(), key, other(key)));
      case 10 -> one(rule.parent().database(), sql.rename(rule.parent(), key, other(key)));
      case 11, 12 -> one(rule.child().database(), sql.touch(rule.child(), key));
      case 13 -> one(rule.child().database(), sql.referToNull(rule.child(), key));
      case 14, 15, 16 ->
          saga(rule, sql.refer(rule.child(), key), sql.arrive(rule.parent(), key), false);
      case 17, 18, 19 ->
          saga(rule, sql.leave(rule.child(), key), sql.remove(rule.parent(), key), true);
      case 20 -> one(rule.child().database(), sql.refer(rule.child(), several(key)));
      case 21 -> one(rule.parent().database(), sql.arrive(rule.parent(), several(key)));
      case 22 -> replaced(rule, key);
      case 23 -> rolledBack(rule, key);
      case 24 -> partlyUndone(rule, key);
      case 25 -> random.nextInt(3) == 0 ? lasting(rule, key) : replaced(rule, key);
      default -> honest(rule);
    };
  }

  /** Time between two jobs. */
  int pauseMillis() {
    return random.nextInt(90);
  }

  private Job one(String database, Step... steps) {
    End end = random.nextInt(12) == 0 ? End.COMMIT_SOON : End.COMMIT;
    return new Job(List.of(new Work(database, Arrays.asList(steps), end)), 0);
  }

  private int contested() {
    return random.nextInt(random.nextBoolean() ? HOT : CONTESTED);
  }

  private int other(int key) {
    int other = contested();
    return other == key ? key + 1 : other;
  }

  private static int[] several(int first) {
    return new int[] {first, first + 1, first + 2, first + 3, first + 4};
  }

  /** First one side, and shortly after, within grace or not, the other. */
  private Job saga(WorkRule rule, Step ofChild, Step ofParent, boolean parentFirst) {
    Work child = new Work(rule.child().database(), List.of(ofChild), End.COMMIT);
    Work parent = new Work(rule.parent().database(), List.of(ofParent), End.COMMIT);
    return new Job(
        parentFirst ? List.of(parent, child) : List.of(child, parent), random.nextInt(400));
  }

  /** A parent that goes and comes back in one transaction is not gone. */
  private Job replaced(WorkRule rule, int key) {
    return one(
        rule.parent().database(), sql.remove(rule.parent(), key), sql.arrive(rule.parent(), key));
  }

  private Job rolledBack(WorkRule rule, int key) {
    WorkTable table = random.nextBoolean() ? rule.child() : rule.parent();
    Step step = table == rule.child() ? sql.refer(table, several(key)) : sql.remove(table, key);
    return new Job(List.of(new Work(table.database(), List.of(step), End.ROLL_BACK)), 0);
  }

  private Job partlyUndone(WorkRule rule, int key) {
    WorkTable child = rule.child();
    WorkTable parent = rule.parent();
    return random.nextBoolean()
        ? one(
            child.database(),
            sql.refer(child, key),
            new Undone(List.of(sql.refer(child, several(key + 1)), sql.leave(child, key))),
            sql.referToOther(child, other(key), key))
        : one(
            parent.database(),
            new Undone(List.of(sql.remove(parent, key))),
            sql.arrive(parent, key),
            new Undone(List.of(sql.rename(parent, key, other(key)))));
  }

  /** Seconds, over all tables of one database. */
  private Job lasting(WorkRule rule, int key) {
    String database = rule.child().database();
    List<Step> steps = new ArrayList<>();
    for (WorkRule each : WorkRule.values()) {
      if (each.child().database().equals(database)) {
        steps.add(sql.refer(each.child(), key));
      }
      if (each.parent().database().equals(database)) {
        steps.add(sql.arrive(each.parent(), other(key)));
      }
    }
    steps.add(new Step.Pause(500 + random.nextInt(2500)));
    steps.add(sql.leave(rule.child(), other(key)));
    return one(database, steps.toArray(Step[]::new));
  }

  private Job honest(WorkRule rule) {
    if (honest.size() < HONEST_AT_ONCE) {
      Pair pair = new Pair(rule, honestBegin + honestNext++ % HONEST_OF_EACH);
      honest.add(pair);
      return saga(
          rule, sql.refer(rule.child(), pair.key()), sql.arrive(rule.parent(), pair.key()), true);
    }
    Pair pair = honest.remove();
    WorkTable child = pair.rule().child();
    WorkTable parent = pair.rule().parent();
    return switch (random.nextInt(6)) {
      case 0 -> kept(pair, one(child.database(), sql.touch(child, pair.key())));
      case 1 -> kept(pair, replaced(pair.rule(), pair.key()));
      case 2 -> kept(pair, one(child.database(), sql.refer(child, pair.key())));
      default ->
          saga(pair.rule(), sql.leave(child, pair.key()), sql.remove(parent, pair.key()), false);
    };
  }

  private Job kept(Pair pair, Job job) {
    honest.add(pair);
    return job;
  }
}
