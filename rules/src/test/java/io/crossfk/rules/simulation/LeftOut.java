package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.simulation.LookUp.Asked;
import io.crossfk.rules.simulation.LookUp.Read;
import io.crossfk.rules.simulation.Schema.Edge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parts that each leave out one clause. The judge is the real one: where the clause is its own, a
 * part undoes what the judge does for it, by saying again what it said before.
 */
final class LeftOut {
  private record OfRule(String rule, Key key) {}

  private record OfStream(String judge, String database) {}

  private LeftOut() {}

  /** Later than every transaction: what it claims to have seen is everything. */
  private static Sight all(SimDatabase database) {
    return new Sight.Primary(Snapshot.parse("1:" + (database.lastFinished() + 1_000_000) + ":"));
  }

  private static Sight all(Host host) {
    return new Sight.Primary(Snapshot.parse("1:" + host.far() + ":"));
  }

  /** I0: what the log says of the parent is taken for what is. */
  static final class EventsDecide extends Parts {
    @Override
    Optional<Finding> unread(Host host, Asked asked) {
      return host.current.filter(Event.ParentArrived.class::isInstance).isPresent()
              && asked.question instanceof Question.Presence
          ? Optional.of(new Finding.Present(all(host)))
          : Optional.empty();
    }
  }

  /** I0, I2: an event that contradicts a look-up in flight leads to the same finding once more. */
  static final class Unguarded extends Parts {
    private final Class<? extends Event> against;
    private final Set<OfRule> contradicted = new HashSet<>();
    private final Map<OfRule, Finding> said = new HashMap<>();

    Unguarded(Class<? extends Event> against) {
      this.against = against;
    }

    private static Optional<OfRule> name(Question question) {
      return switch (question) {
        case Question.Presence each -> Optional.of(new OfRule(each.rule().name(), each.key()));
        case Question.Proof each -> Optional.of(new OfRule(each.rule().name(), each.key()));
        case Question.Referrers each -> Optional.empty();
        case Question.Visibility bare -> Optional.empty();
      };
    }

    @Override
    void hears(Host host, Event event) {
      if (event instanceof Event.Answered each) {
        name(each.answer().question()).ifPresent(name -> said.put(name, each.answer().finding()));
      } else if (against.isInstance(event)) {
        contradict(host, event);
      }
    }

    private void contradict(Host host, Event event) {
      switch (event) {
        case Event.ChildWritten each ->
            contradicted.add(new OfRule(each.rule().name(), each.key()));
        case Event.ChildLeft each ->
            each.key().ifPresent(key -> contradicted.add(new OfRule(each.rule().name(), key)));
        case Event.ParentArrived each -> contradict(host, each.parent(), each.key());
        case Event.ParentRemoved each -> contradict(host, each.parent(), each.key());
        default -> {}
      }
    }

    private void contradict(Host host, TableKey parent, Key key) {
      for (Edge edge : host.edges) {
        if (edge.rule().parent().equals(parent)) {
          contradicted.add(new OfRule(edge.name(), key));
        }
      }
    }

    @Override
    void heard(Host host, Event event) {
      if (event instanceof Event.Answered each) {
        name(each.answer().question()).ifPresent(contradicted::remove);
      }
    }

    @Override
    Optional<Finding> unread(Host host, Asked asked) {
      return host.current
          .filter(Event.Answered.class::isInstance)
          .flatMap(answered -> name(asked.question))
          .filter(contradicted::remove)
          .flatMap(name -> Optional.ofNullable(said.get(name)))
          .flatMap(finding -> forged(host, finding));
    }

    private static Optional<Finding> forged(Host host, Finding finding) {
      Sight sight = all(host);
      return switch (finding) {
        case Finding.Present each -> Optional.of(new Finding.Present(sight));
        case Finding.Absent each -> Optional.of(new Finding.Absent(sight));
        case Finding.NobodyRefers each -> Optional.of(new Finding.NobodyRefers(sight));
        case Finding.Broken each ->
            Optional.of(new Finding.Broken(sight, sight, sight, each.orphans()));
        default -> Optional.empty();
      };
    }
  }

  /** I0: after a start what is open is believed, and not asked again. */
  static final class OpenIsBelieved extends Parts {
    private final Map<Key, Violation> believed = new HashMap<>();

    @Override
    Journal journal(Journal now) {
      believed.clear();
      now.open().forEach(open -> believed.put(open.key(), open));
      return now;
    }

    @Override
    Optional<Finding> unread(Host host, Asked asked) {
      return Optional.ofNullable(asked.key)
          .filter(key -> asked.question instanceof Question.Proof)
          .flatMap(key -> Optional.ofNullable(believed.remove(key)))
          .map(open -> new Finding.Broken(all(host), all(host), all(host), open.orphans()));
    }
  }

  /** I1: a read of a parent, or of the children, claims to have seen everything. */
  static final class Forged extends Parts {
    private final boolean parents;

    Forged(boolean parents) {
      this.parents = parents;
    }

    @Override
    Finding finding(LookUp lookUp, Asked asked) {
      Sight sight = all(lookUp.host);
      return switch (super.finding(lookUp, asked)) {
        case Finding.Present each when parents -> new Finding.Present(sight);
        case Finding.Absent each when parents -> new Finding.Absent(sight);
        case Finding.NobodyRefers each when !parents -> new Finding.NobodyRefers(sight);
        case Finding.Referring each when !parents ->
            new Finding.Referring(sight, each.keys(), each.more());
        case Finding each -> each;
      };
    }
  }

  /** I1: what is in no list is taken for seen, as if xmax said nothing. */
  static final class ListedOnly extends Parts {
    @Override
    Sight sight(SimDatabase database) {
      return new Sight.Primary(
          Snapshot.parse(database.snapshotText(database.lastFinished() + 1_000_000)));
    }
  }

  /** I1: Begin is told behind the rows. */
  static final class BeginIsLate extends Parts {
    private final Map<OfStream, Event.Begin> begun = new HashMap<>();

    @Override
    List<Event> stream(Host host, Event event) {
      if (event instanceof Event.Begin begin) {
        begun.put(new OfStream(host.judge.name(), begin.database()), begin);
        return List.of();
      }
      if (event instanceof Event.Commit commit) {
        Event.Begin begin = begun.remove(new OfStream(host.judge.name(), commit.database()));
        return begin == null ? List.of(commit) : List.of(begin, commit);
      }
      return List.of(event);
    }
  }

  /** I3: nobody looks who refers to a removed key. */
  static final class OnlyEvicts extends Parts {
    @Override
    Optional<Finding> unread(Host host, Asked asked) {
      if (host.current.filter(Event.ParentRemoved.class::isInstance).isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          asked.question instanceof Question.Referrers
              ? new Finding.Referring(all(host), List.of(), false)
              : new Finding.NobodyRefers(all(host)));
    }
  }

  /** I3: the key leaves the cache some while after the removal has asked. */
  static final class EvictsLate extends Parts {
    private static final class LateCache extends CheckedCache {
      private final List<Key> late = new ArrayList<>();

      LateCache(Tally tally) {
        super(tally);
      }

      @Override
      public boolean contains(TableKey parent, Key key) {
        boolean contains = super.contains(parent, key);
        if (late.remove(key)) {
          super.remove(parent, key);
        }
        return contains;
      }

      @Override
      public void add(TableKey parent, Key key) {
        late.remove(key);
        super.add(parent, key);
      }

      @Override
      public void remove(TableKey parent, Key key) {
        late.add(key);
      }

      @Override
      Set<Key> keys() {
        Set<Key> keys = new HashSet<>(super.keys());
        late.forEach(keys::remove); // Seen from outside it is gone.
        return keys;
      }
    }

    @Override
    CheckedCache cache(Tally tally) {
      return new LateCache(tally);
    }
  }

  /** I4: the children are not read again. */
  static final class ChildThenParent extends Parts {
    @Override
    List<Read> order(Question question, @Nullable Edge edge) {
      List<Read> order = super.order(question, edge);
      return order.contains(Read.CHILDREN_AGAIN) ? List.of(Read.CHILDREN, Read.PARENT) : order;
    }

    @Override
    Finding finding(LookUp lookUp, Asked asked) {
      asked.after = asked.before;
      lookUp.after = lookUp.before;
      return super.finding(lookUp, asked);
    }
  }

  /** I4: the parent is read first, the children once. */
  static final class ParentThenChild extends Parts {
    @Override
    List<Read> order(Question question, @Nullable Edge edge) {
      List<Read> order = super.order(question, edge);
      return order.contains(Read.CHILDREN_AGAIN) ? List.of(Read.PARENT, Read.CHILDREN) : order;
    }

    @Override
    boolean isDecided(LookUp lookUp, Asked asked, Read read) {
      return read == Read.PARENT ? asked.present : super.isDecided(lookUp, asked, read);
    }

    @Override
    Finding finding(LookUp lookUp, Asked asked) {
      if (asked.question instanceof Question.Proof && asked.present) {
        return new Finding.Present(lookUp.parent);
      }
      asked.after = asked.before;
      lookUp.after = lookUp.before;
      return super.finding(lookUp, asked);
    }
  }

  /** I4: a child before and a child after are taken for one. */
  static final class SameKey extends Parts {
    @Override
    Finding finding(LookUp lookUp, Asked asked) {
      Finding finding = super.finding(lookUp, asked);
      return finding instanceof Finding.Inconclusive ? LookUps.broken(lookUp, asked) : finding;
    }
  }

  /** A standby that lags is read as if it were the primary. */
  static class StandbyForPrimary extends Parts {
    @Override
    Sight standbySight(SimDatabase database) {
      return all(database);
    }

    @Override
    boolean readsStandby(LookUp lookUp) {
      return !lookUp.isBare() && !lookUp.rule().rule().withinOneDatabase();
    }
  }

  /** ... for what is open only. */
  static final class StandbyWakes extends StandbyForPrimary {
    @Override
    boolean readsStandby(LookUp lookUp) {
      return super.readsStandby(lookUp)
          && lookUp.asked.stream()
              .allMatch(
                  each ->
                      each.question instanceof Question.Presence
                          && lookUp.host.isOpen(lookUp.rule(), Objects.requireNonNull(each.key)));
    }
  }
}
