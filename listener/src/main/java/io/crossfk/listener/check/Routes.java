package io.crossfk.listener.check;

import io.crossfk.rules.change.Row;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of one table, as one description of it, mean to one judge. Columns are paired by
 * the rule's positions and found by name, never by attribute number (semantics.md no. 4).
 */
final class Routes {
  private final List<ParentRoute> parents = new ArrayList<>();
  private final List<ChildRoute> children = new ArrayList<>();

  private record ParentRoute(TableKey key, KeyShape shape, KeyColumns columns) {}

  private record ChildRoute(Rule rule, KeyShape shape, KeyColumns columns) {}

  Routes(Table table, List<BoundRule> rules) {
    for (BoundRule bound : rules) {
      Rule rule = bound.rule();
      if (rule.parent().table().equals(table.reference())
          && parents.stream().noneMatch(route -> route.key().equals(rule.parent()))) {
        KeyColumns.of(table, rule.parent())
            .ifPresent(at -> parents.add(new ParentRoute(rule.parent(), bound.shape(), at)));
      }
      if (rule.child().table().equals(table.reference())) {
        KeyColumns.of(table, rule.child())
            .ifPresent(at -> children.add(new ChildRoute(rule, bound.shape(), at)));
      }
    }
  }

  boolean isEmpty() {
    return parents.isEmpty() && children.isEmpty();
  }

  void insert(Row row, Consumer<Event> out) {
    // The parent first: a row that refers to itself finds its own key.
    for (ParentRoute route : parents) {
      parentKey(route, row, null)
          .ifPresent(key -> out.accept(new Event.ParentArrived(route.key(), key)));
    }
    for (ChildRoute route : children) {
      childWritten(route, row, null, true, out);
    }
  }

  void update(@Nullable Row before, boolean beforeIsWhole, Row after, Consumer<Event> out) {
    for (ParentRoute route : parents) {
      // Without an old row the identity, and so the key, did not change.
      if (before != null) {
        Optional<Key> old = parentKey(route, before, null);
        Optional<Key> now = parentKey(route, after, before);
        if (!old.equals(now)) {
          old.ifPresent(key -> out.accept(new Event.ParentRemoved(route.key(), key, true)));
          now.ifPresent(key -> out.accept(new Event.ParentArrived(route.key(), key)));
        }
      }
    }
    for (ChildRoute route : children) {
      Key old = beforeIsWhole && before != null ? childKey(route, before, null) : null;
      Key now = childWritten(route, after, before, false, out);
      if (old == null) {
        out.accept(new Event.ChildLeft(route.rule(), Optional.empty()));
      } else if (!old.equals(now)) {
        out.accept(new Event.ChildLeft(route.rule(), Optional.of(old)));
      }
    }
  }

  void delete(Row before, boolean beforeIsWhole, Consumer<Event> out) {
    for (ParentRoute route : parents) {
      parentKey(route, before, null)
          .ifPresent(key -> out.accept(new Event.ParentRemoved(route.key(), key, false)));
    }
    for (ChildRoute route : children) {
      Key old = beforeIsWhole ? childKey(route, before, null) : null;
      out.accept(new Event.ChildLeft(route.rule(), Optional.ofNullable(old)));
    }
  }

  void truncate(Table table, Consumer<Event> out) {
    if (!parents.isEmpty()) {
      out.accept(new Event.ParentTruncated(table.reference()));
    }
    for (ChildRoute route : children) {
      out.accept(new Event.ChildTruncated(route.rule()));
    }
  }

  private static @Nullable Key childWritten(
      ChildRoute route, Row row, @Nullable Row before, boolean inserted, Consumer<Event> out) {
    Key key = childKey(route, row, before);
    if (key == null) {
      // An unchanged TOASTed key (section 5, fact 7) did not change; a part of a key that did not
      // is not in the log, and the rule's children are read instead.
      if (!route.columns().allUnchanged(row)) {
        out.accept(new Event.ChildKeyUnknown(route.rule()));
      }
    } else if (isChecked(route.rule().match(), key)) {
      out.accept(new Event.ChildWritten(route.rule(), key, inserted));
    }
    return key;
  }

  /** NULLs: MATCH SIMPLE checks no key that has one, MATCH FULL none that is all NULL. */
  private static boolean isChecked(Match match, Key key) {
    return !key.partlyNull()
        || (match == Match.FULL && key.values().stream().anyMatch(value -> value != null));
  }

  private static Optional<Key> parentKey(ParentRoute route, Row row, @Nullable Row before) {
    @Nullable String[] texts = route.columns().texts(row, before);
    return texts == null ? Optional.empty() : route.shape().fromParent(texts);
  }

  private static @Nullable Key childKey(ChildRoute route, Row row, @Nullable Row before) {
    @Nullable String[] texts = route.columns().texts(row, before);
    return texts == null ? null : route.shape().fromChild(texts);
  }
}
