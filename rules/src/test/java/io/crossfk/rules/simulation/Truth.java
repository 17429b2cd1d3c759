package io.crossfk.rules.simulation;

import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.Schema.Table;
import io.crossfk.rules.simulation.SimDatabase.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sees all databases at once, as nobody in the world can: of each key of each rule, what is true
 * now and when it was true last. Time here counts the moments at which something became visible.
 */
final class Truth {
  /** Something that is true at times. */
  private static final class Fact {
    boolean holds;
    long lastHeld = -1;

    void set(boolean now, long instant) {
      if (holds && !now) {
        lastHeld = instant - 1;
      }
      holds = now;
    }

    boolean heldSince(long since, long instant) {
      return holds ? instant >= since : lastHeld >= since;
    }
  }

  private static final class KeyFacts {
    final @Nullable String folded;
    final Fact child = new Fact();
    final Fact childless = new Fact();
    final Fact parent = new Fact();

    KeyFacts(@Nullable String folded) {
      this.folded = folded;
    }
  }

  private final Map<String, SimDatabase> databases;
  private final Schema schema;
  private final Map<Edge, Map<Key, KeyFacts>> facts = new HashMap<>();
  private long instant;

  Truth(Schema schema, Map<String, SimDatabase> databases) {
    this.schema = schema;
    this.databases = databases;
    for (Edge edge : schema.edges) {
      Map<Key, KeyFacts> keys = new HashMap<>();
      for (@Nullable String[] texts : edge.kind().all(schema.keys)) {
        Key key = edge.bound().shape().fromChild(texts);
        keys.put(key, new KeyFacts(edge.folded(key)));
      }
      facts.put(edge, keys);
    }
  }

  long instant() {
    return instant;
  }

  Collection<Version> rows(Table table) {
    SimDatabase database = databases.get(table.reference().database());
    return database == null ? List.of() : database.visible(table);
  }

  /** Something became visible in these tables. */
  void look(Collection<Table> changed) {
    instant++;
    for (Edge edge : schema.edges) {
      if (changed.contains(edge.child()) || changed.contains(edge.parent())) {
        look(edge);
      }
    }
  }

  private void look(Edge edge) {
    Set<Key> held = held(edge);
    Set<String> parents = SimDatabase.keys(edge.parent(), rows(edge.parent()));
    facts
        .getOrDefault(edge, Map.of())
        .forEach(
            (key, of) -> {
              boolean child = held.contains(key);
              of.child.set(child, instant);
              of.childless.set(!child, instant);
              of.parent.set(of.folded != null && parents.contains(of.folded), instant);
            });
  }

  private Set<Key> held(Edge edge) {
    Set<Key> held = new HashSet<>();
    for (Version version : rows(edge.child())) {
      Key key = edge.held(version.cells());
      if (key != null) {
        held.add(key);
      }
    }
    return held;
  }

  private KeyFacts of(Edge edge, Key key) {
    KeyFacts known = facts.getOrDefault(edge, Map.of()).get(key);
    if (known == null) {
      throw new IllegalArgumentException(edge.name() + " cannot have the key " + key);
    }
    return known;
  }

  boolean isBroken(Edge edge, Key key) {
    KeyFacts of = of(edge, key);
    return of.child.holds && !of.parent.holds;
  }

  boolean hadParentSince(Edge edge, Key key, long since) {
    return of(edge, key).parent.heldSince(since, instant);
  }

  boolean wasChildlessSince(Edge edge, Key key, long since) {
    return of(edge, key).childless.heldSince(since, instant);
  }

  /** What an anti-join over the databases returns now, and MATCH FULL's partial NULLs. */
  List<Key> broken(Edge edge) {
    List<Key> broken = new ArrayList<>();
    for (Key key : facts.getOrDefault(edge, Map.of()).keySet()) {
      if (isBroken(edge, key)) {
        broken.add(key);
      }
    }
    return broken;
  }
}
