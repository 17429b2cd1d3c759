package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.Schema.Table;
import io.crossfk.rules.simulation.Transaction.Kind;
import io.crossfk.rules.simulation.Transaction.Write;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one judge hears of one database's stream, and has not taken yet. A transaction is told to it
 * only if a row of it matters; of the others it learns how far the stream has come.
 */
final class Lane {
  final String database;
  final ArrayDeque<Event> events = new ArrayDeque<>();
  private final List<Edge> edges;
  private boolean begun;

  Lane(String database, List<Edge> edges) {
    this.database = database;
    this.edges = edges;
  }

  /** One row. */
  void take(Transaction transaction, Write write, Instant committedAt) {
    List<Event> told = events(write);
    if (told.isEmpty()) {
      return;
    }
    if (!begun) {
      events.add(
          new Event.Begin(
              database,
              TransactionId.of(transaction.xid),
              new Position(transaction.finalPosition),
              committedAt));
      begun = true;
    }
    events.addAll(told);
  }

  void commit(Transaction transaction) {
    Position end = new Position(transaction.end());
    events.add(begun ? new Event.Commit(database, end) : new Event.Progress(database, end));
    begun = false;
  }

  void progress(Position position) {
    if (!begun) {
      events.add(new Event.Progress(database, position));
    }
  }

  /** What was taken of an open transaction comes once more. */
  void restart(Position from) {
    begun = false;
    events.add(new Event.StreamRestarted(database));
    events.add(new Event.Progress(database, from));
  }

  void gap(String reason) {
    begun = false;
    events.add(new Event.Gap(database, reason));
  }

  private List<Event> events(Write write) {
    List<Event> told = new ArrayList<>();
    List<Edge> parents =
        edges.stream().filter(edge -> edge.parent().equals(write.table())).limit(1).toList();
    List<Edge> children =
        edges.stream().filter(edge -> edge.child().equals(write.table())).toList();
    if (write.kind() == Kind.TRUNCATE) {
      parents.forEach(edge -> told.add(new Event.ParentTruncated(edge.parent().reference())));
      children.forEach(edge -> told.add(new Event.ChildTruncated(edge.rule())));
      return told;
    }
    for (Edge edge : parents) {
      Optional<Key> old = parentKey(edge, write.before());
      Optional<Key> now = parentKey(edge, write.after());
      if (!old.equals(now)) {
        boolean updated = write.kind() == Kind.UPDATE;
        old.ifPresent(key -> told.add(new Event.ParentRemoved(edge.rule().parent(), key, updated)));
        now.ifPresent(key -> told.add(new Event.ParentArrived(edge.rule().parent(), key)));
      }
    }
    for (Edge edge : children) {
      child(edge, write, told);
    }
    return told;
  }

  private static Optional<Key> parentKey(Edge edge, @Nullable String @Nullable [] cells) {
    return cells == null
        ? Optional.empty()
        : edge.bound().shape().fromParent(edge.kind().cut(cells, 0));
  }

  /** The key, whether the rule checks it or not. */
  private static Optional<Key> childKey(Edge edge, @Nullable String @Nullable [] cells) {
    return cells == null
        ? Optional.empty()
        : Optional.of(edge.bound().shape().fromChild(edge.kind().cut(cells, edge.from())));
  }

  private static void child(Edge edge, Write write, List<Event> told) {
    Table table = write.table();
    Optional<Key> now = childKey(edge, write.after());
    Optional<Key> old = table.wholeOldRows() ? childKey(edge, write.before()) : Optional.empty();
    @Nullable String[] after = write.after();
    if (after != null) {
      boolean partUnknown =
          write.partUnknown() && edge.kind() == KeyKind.PAIR && !table.wholeOldRows();
      if (partUnknown && !sameCells(edge, write)) {
        told.add(new Event.ChildKeyUnknown(edge.rule()));
      } else {
        Key held = edge.held(after);
        if (held != null) {
          told.add(new Event.ChildWritten(edge.rule(), held, write.kind() == Kind.INSERT));
        }
      }
    }
    if (write.kind() == Kind.DELETE || (write.kind() == Kind.UPDATE && !table.wholeOldRows())) {
      told.add(new Event.ChildLeft(edge.rule(), old));
    } else if (write.kind() == Kind.UPDATE && !old.equals(now)) {
      told.add(new Event.ChildLeft(edge.rule(), old));
    }
  }

  private static boolean sameCells(Edge edge, Write write) {
    @Nullable String[] before = write.before();
    @Nullable String[] after = write.after();
    return before != null
        && after != null
        && Arrays.equals(edge.kind().cut(before, edge.from()), edge.kind().cut(after, edge.from()));
  }
}
