package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Orphans;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.RowIdentity;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.simulation.LookUp.Asked;
import io.crossfk.rules.simulation.LookUp.Read;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.Schema.Table;
import io.crossfk.rules.simulation.SimDatabase.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Look-ups on their way: one statement at a time, each of them at any moment. */
final class LookUps {
  /** Spellings of a removed key that a look-up returns, at most. */
  private static final int SPELLINGS = 1;

  final List<LookUp> out = new ArrayList<>();
  private final World world;

  LookUps(World world) {
    this.world = world;
  }

  /** Takes what a judge asks; some questions about one rule travel together. */
  void ask(Host host, List<Question> questions, int largestBatch, boolean standby) {
    LookUp batch = null;
    for (Question question : questions) {
      Key key = keyOf(question);
      Edge edge =
          ruleOf(question) == null ? null : world.edge(Objects.requireNonNull(ruleOf(question)));
      boolean joins =
          batch != null
              && batch.asked.size() < largestBatch
              && edge != null
              && edge.equals(batch.edge)
              && kindOf(batch.asked.getFirst()).equals(kindOf(question, key));
      if (!joins || batch == null) {
        batch = new LookUp(host, edge);
        batch.left.addAll(world.parts.order(question, edge));
        batch.mayAskStandby = standby;
        out.add(batch);
      } else {
        world.tally.saw(Seen.LOOK_UP_BATCHED);
      }
      batch.asked.add(new Asked(question, key, world.truth.instant(), host.eventCount));
      world.parts.unread(host, batch.asked.getLast()).ifPresent(batch.asked.getLast()::decide);
      world.tally.lookUps += edge == null ? 0 : 1;
    }
  }

  private static String kindOf(Asked asked) {
    return kindOf(asked.question, asked.key);
  }

  private static String kindOf(Question question, @Nullable Key key) {
    return question.getClass().getSimpleName() + (key != null && key.partlyNull() ? key : "");
  }

  static @Nullable Key keyOf(Question question) {
    return switch (question) {
      case Question.Presence presence -> presence.key();
      case Question.Proof proof -> proof.key();
      case Question.Referrers referrers -> referrers.parentKey();
      case Question.Visibility bare -> null;
    };
  }

  private static @Nullable Rule ruleOf(Question question) {
    return switch (question) {
      case Question.Presence presence -> presence.rule();
      case Question.Proof proof -> proof.rule();
      case Question.Referrers referrers -> referrers.rule();
      case Question.Visibility bare -> null;
    };
  }

  /** Whether its next statement can run: a table that is being truncated is locked. */
  boolean isReady(LookUp lookUp) {
    return !lookUp.left.isEmpty()
        && switch (lookUp.left.getFirst()) {
          case CHILDREN, CHILDREN_AGAIN -> !isLocked(lookUp.rule().child());
          case PARENT -> world.parts.readsStandby(lookUp) || !isLocked(lookUp.rule().parent());
          case TOGETHER -> !isLocked(lookUp.rule().child()) && !isLocked(lookUp.rule().parent());
          case SNAPSHOT -> true;
        };
  }

  private boolean isLocked(Table table) {
    return world.databaseOf(table).isTruncating(table);
  }

  /** One statement, now. */
  void read(LookUp lookUp) {
    lookUp.started = true;
    Read read = lookUp.left.removeFirst();
    world.history.note(() -> "look-up " + lookUp + " reads " + read);
    switch (read) {
      case CHILDREN -> {
        lookUp.before = world.parts.sight(world.databaseOf(lookUp.rule().child()));
        lookUp.asked.forEach(each -> children(lookUp, each, true));
      }
      case CHILDREN_AGAIN -> {
        lookUp.after = world.parts.sight(world.databaseOf(lookUp.rule().child()));
        lookUp.asked.forEach(each -> children(lookUp, each, false));
      }
      case PARENT -> parents(lookUp);
      case TOGETHER -> {
        lookUp.before = world.parts.sight(world.databaseOf(lookUp.rule().child()));
        lookUp.after = lookUp.before;
        lookUp.asked.forEach(
            each -> {
              children(lookUp, each, true);
              each.after = each.before;
            });
        if (!Objects.requireNonNull(lookUp.asked.getFirst().key).partlyNull()) {
          parents(lookUp);
          lookUp.parent = lookUp.before;
        } else {
          lookUp.asked.forEach(each -> each.broken = isBroken(lookUp, each));
        }
      }
      case SNAPSHOT -> {
        Question.Visibility bare = (Question.Visibility) lookUp.asked.getFirst().question;
        lookUp.before = world.parts.sight(world.database(bare.database()));
      }
    }
    if (lookUp.asked.stream().allMatch(each -> world.parts.isDecided(lookUp, each, read))) {
      lookUp.left.clear();
    }
  }

  private boolean isBroken(LookUp lookUp, Asked asked) {
    Key key = asked.key;
    return key != null
        && !(asked.question instanceof Question.Referrers)
        && world.truth.isBroken(lookUp.rule(), key);
  }

  private void children(LookUp lookUp, Asked asked, boolean first) {
    Edge edge = lookUp.rule();
    Collection<Version> rows = world.truth.rows(edge.child());
    if (asked.question instanceof Question.Referrers) {
      Set<Key> spellings = new LinkedHashSet<>();
      String wanted = edge.folded(Objects.requireNonNull(asked.key));
      for (Version version : rows) {
        Key held = edge.held(version.cells());
        if (held != null && Objects.equals(wanted, edge.folded(held))) {
          spellings.add(held);
        }
      }
      asked.more = spellings.size() > SPELLINGS;
      asked.spellings = spellings.stream().limit(SPELLINGS).toList();
      return;
    }
    Set<Long> writers = new HashSet<>();
    int count = 0;
    for (Version version : rows) {
      if (Objects.equals(asked.key, edge.held(version.cells()))) {
        writers.add(version.writer());
        count++;
      }
    }
    asked.rows = count;
    if (first) {
      asked.before = writers;
    } else {
      asked.after = writers;
    }
  }

  private void parents(LookUp lookUp) {
    Edge edge = lookUp.rule();
    SimDatabase database = world.databaseOf(edge.parent());
    boolean standby = world.parts.readsStandby(lookUp);
    lookUp.parent = standby ? world.parts.standbySight(database) : world.parts.sight(database);
    Set<String> keys =
        SimDatabase.keys(
            edge.parent(),
            standby ? database.onStandby(edge.parent()) : database.visible(edge.parent()));
    for (Asked each : lookUp.asked) {
      String folded = edge.folded(Objects.requireNonNull(each.key));
      each.present = folded != null && keys.contains(folded);
      each.broken = isBroken(lookUp, each);
    }
  }

  /** From what was read to what was found. */
  static Finding finding(LookUp lookUp, Asked asked) {
    Finding decided = asked.finding;
    if (decided != null) {
      return decided;
    }
    return switch (asked.question) {
      case Question.Presence presence ->
          asked.present ? new Finding.Present(lookUp.parent) : new Finding.Absent(lookUp.parent);
      case Question.Proof proof -> proof(lookUp, asked);
      case Question.Referrers referrers ->
          new Finding.Referring(lookUp.before, asked.spellings, asked.more);
      case Question.Visibility bare -> new Finding.Seen(lookUp.before, java.util.Optional.empty());
    };
  }

  private static Finding proof(LookUp lookUp, Asked asked) {
    if (asked.before.isEmpty()) {
      return new Finding.NobodyRefers(lookUp.before);
    }
    if (asked.present) {
      return new Finding.Present(lookUp.parent);
    }
    if (asked.after.isEmpty()) {
      return new Finding.NobodyRefers(lookUp.after);
    }
    Set<Long> shared = new HashSet<>(asked.before);
    shared.retainAll(asked.after);
    return shared.isEmpty()
        ? new Finding.Inconclusive(lookUp.before, lookUp.parent, lookUp.after)
        : broken(lookUp, asked);
  }

  static Finding broken(LookUp lookUp, Asked asked) {
    List<RowIdentity> sample =
        asked.after.stream()
            .sorted()
            .map(xid -> new RowIdentity(List.of("writer"), List.of(Long.toString(xid))))
            .toList();
    return new Finding.Broken(
        lookUp.before,
        lookUp.parent,
        lookUp.after,
        new Orphans(Math.max(1, Math.max(asked.rows, sample.size())), false, sample));
  }

  /** The server dies: what has begun to read it can find nothing any more. */
  void connectionsLost(String database) {
    for (LookUp lookUp : List.copyOf(out)) {
      Edge edge = lookUp.edge;
      boolean touches =
          edge != null
              && (edge.child().reference().database().equals(database)
                  || edge.parent().reference().database().equals(database));
      if (touches && lookUp.started) {
        fail(lookUp, database);
      }
    }
  }

  void fail(LookUp lookUp, String database) {
    world.tally.saw(Seen.LOOK_UP_FAILED);
    lookUp.left.clear();
    lookUp.asked.forEach(each -> each.decide(new Finding.Failed(database, "timeout")));
  }
}
