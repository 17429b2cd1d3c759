package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Schema.Edge;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions of one kind that travel together: what is still to be read, and what was read. */
final class LookUp {
  /** One statement, with a snapshot of its own. */
  enum Read {
    CHILDREN,
    PARENT,
    CHILDREN_AGAIN,
    /** Both tables in one statement. */
    TOGETHER,
    SNAPSHOT
  }

  /** One question of the batch. */
  static final class Asked {
    final Question question;
    final @Nullable Key key;

    /** The instant of the truth, and the count of its judge's events, when it was asked. */
    final long instant;

    final long event;
    Set<Long> before = Set.of();
    Set<Long> after = Set.of();
    int rows;
    boolean present;

    /** Whether the key was broken in truth when its parent was read. */
    boolean broken;

    List<Key> spellings = List.of();
    boolean more;
    @Nullable Finding finding;

    Asked(Question question, @Nullable Key key, long instant, long event) {
      this.question = question;
      this.key = key;
      this.instant = instant;
      this.event = event;
    }

    /** It is known what will be found, whatever is read. */
    void decide(Finding known) {
      finding = known;
    }
  }

  final Host host;

  /** The rule; null for a bare snapshot. */
  final @Nullable Edge edge;

  final List<Asked> asked = new ArrayList<>();
  final Deque<Read> left = new ArrayDeque<>();
  boolean started;

  /** It was drawn that a standby may be asked. */
  boolean mayAskStandby;

  Sight before = NOTHING;
  Sight parent = NOTHING;
  Sight after = NOTHING;
  private static final Sight NOTHING = new Sight.Standby(io.crossfk.rules.change.Position.ZERO);

  LookUp(Host host, @Nullable Edge edge) {
    this.host = host;
    this.edge = edge;
  }

  /** Whether the world can still move under it. */
  boolean isHalfRead() {
    return started && !left.isEmpty();
  }

  Edge rule() {
    return java.util.Objects.requireNonNull(edge);
  }

  boolean isBare() {
    return edge == null;
  }

  @Override
  public String toString() {
    return asked.stream().map(each -> each.question.number() + "").toList() + "";
  }
}
