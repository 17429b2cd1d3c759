package io.crossfk.listener.randomwork;

import io.crossfk.listener.randomwork.Step.Effect;
import io.crossfk.listener.randomwork.Step.Write;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The SQL of single steps, on keys that are given by number. */
final class Statements {
  /** Rows that are only children have keys of their own far away from all others. */
  private static final int EMPLOYEES_BEGIN = 100_000;

  private final Random random;

  Statements(Random random) {
    this.random = random;
  }

  /** Parents with these keys, where there are none. */
  Write arrive(WorkTable parent, int... keys) {
    boolean refersToo = !parent.refers().isEmpty();
    return insert(
        parent,
        IntStream.of(keys)
            .mapToObj(key -> parent.space().literal(key) + (refersToo ? ", null" : ""))
            .toList());
  }

  /** Children of these keys. */
  Write refer(WorkTable child, int... keys) {
    return insert(
        child,
        IntStream.of(keys).mapToObj(key -> ownKey(child) + child.space().literal(key)).toList());
  }

  /** A child that refers to nothing, or to a part of a key. */
  Write referToNull(WorkTable child, int key) {
    boolean partly = child.refers().size() > 1;
    return insert(child, List.of(ownKey(child) + (partly ? key + ", null" : "null")));
  }

  private String ownKey(WorkTable child) {
    return child.own().isEmpty()
        ? ""
        : child.space().literal(EMPLOYEES_BEGIN + random.nextInt(10_000)) + ", ";
  }

  private static Write insert(WorkTable table, List<String> rows) {
    String values = rows.stream().collect(Collectors.joining("), (", "(", ")"));
    return new Write(
        table,
        Effect.INSERTED,
        "insert into %s (%s) values %s on conflict do nothing"
            .formatted(table.sqlName(), String.join(", ", table.columns()), values));
  }

  Write leave(WorkTable child, int key) {
    return delete(child, child.refers(), key);
  }

  Write remove(WorkTable parent, int key) {
    return delete(parent, parent.own(), key);
  }

  private static Write delete(WorkTable table, List<String> columns, int key) {
    return new Write(
        table,
        Effect.DELETED,
        "delete from %s where %s".formatted(table.sqlName(), is(table, columns, key)));
  }

  Write referToOther(WorkTable child, int from, int to) {
    return update(child, assigned(child.refers(), child, to), is(child, child.refers(), from));
  }

  Write rename(WorkTable parent, int from, int to) {
    String free =
        " and not exists (select from %s where %s)"
            .formatted(parent.sqlName(), is(parent, parent.own(), to));
    return update(
        parent, assigned(parent.own(), parent, to), is(parent, parent.own(), from) + free);
  }

  /** The key stays; a row of a partitioned table moves to the other partition. */
  Write touch(WorkTable child, int key) {
    return update(
        child,
        child == WorkTable.ORDERS ? "region = 1 - region" : "note = 'touched'",
        is(child, child.refers(), key));
  }

  private static Write update(WorkTable table, String assignment, String where) {
    return new Write(
        table,
        Effect.CHANGED,
        "update %s set %s, version = version + 1 where %s"
            .formatted(table.sqlName(), assignment, where));
  }

  private static String is(WorkTable table, List<String> columns, int key) {
    return "(%s) = (%s)".formatted(String.join(", ", columns), table.space().literal(key));
  }

  private static String assigned(List<String> columns, WorkTable table, int key) {
    return "(%s) = row(%s)".formatted(String.join(", ", columns), table.space().literal(key));
  }
}
