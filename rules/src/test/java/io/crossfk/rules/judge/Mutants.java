package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.judge.LookUp.Read;
import io.crossfk.rules.judge.LookUp.Reading;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.TableKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Doubles that each leave out one clause. The judge is the real one: where the clause is its own, a
 * double undoes what the judge does for it. A look-up that says again what it said before the judge
 * asked again, for one, makes the asking again worthless.
 */
final class Mutants {
  /** Later than every transaction: what it claims to have seen is everything. */
  private static final Sight ALL = new Sight.Primary(Snapshot.parse("1:9999999:"));

  private Mutants() {}

  /** I0: what the log says of the parent is taken for what is. */
  static final class EventsDecide extends Doubles {
    @Override
    Optional<Finding> unread(World world, LookUp lookUp) {
      return world.current.filter(Event.ParentArrived.class::isInstance).isPresent()
          ? Optional.of(new Finding.Present(ALL))
          : Optional.empty();
    }
  }

  /**
   * I0, I2: an event that contradicts a look-up in flight leads to the same finding once more, as
   * if it had not been set aside.
   */
  static final class Unguarded extends Doubles {
    private final Set<Key> contradicted = new HashSet<>();
    private final Map<Key, Finding> said = new HashMap<>();

    @Override
    void hears(World world, Event event) {
      Optional<Key> key =
          switch (event) {
            case Event.ChildWritten written -> Optional.of(written.key());
            case Event.ChildLeft left -> left.key();
            case Event.ParentArrived arrived -> Optional.of(arrived.key());
            case Event.ParentRemoved removed -> Optional.of(removed.key());
            default -> Optional.empty();
          };
      key.filter(known -> world.lookUps.stream().anyMatch(lookUp -> lookUp.isAbout(known)))
          .ifPresent(contradicted::add);
      if (event instanceof Event.Answered answered) {
        switch (answered.answer().question()) {
          case Question.Presence presence -> said.put(presence.key(), answered.answer().finding());
          case Question.Proof proof -> said.put(proof.key(), answered.answer().finding());
          case Question.Referrers referrers -> {}
          case Question.Visibility bare -> {}
        }
      }
    }

    @Override
    Optional<Finding> unread(World world, LookUp lookUp) {
      return lookUp
          .key()
          .filter(contradicted::remove)
          .flatMap(key -> Optional.ofNullable(said.get(key)))
          .filter(finding -> !(finding instanceof Finding.Failed))
          .map(Mutants::forged);
    }
  }

  private static Finding forged(Finding finding) {
    return switch (finding) {
      case Finding.Present present -> new Finding.Present(ALL);
      case Finding.Absent absent -> new Finding.Absent(ALL);
      case Finding.NobodyRefers nobody -> new Finding.NobodyRefers(ALL);
      case Finding.Broken broken -> new Finding.Broken(ALL, ALL, ALL, broken.orphans());
      default -> finding;
    };
  }

  /** I0: after a start what is open is believed, and not asked again. */
  static final class OpenIsBelieved extends Doubles {
    private final Map<Key, Violation> believed = new HashMap<>();

    @Override
    Memory start(World world) {
      Memory memory = super.start(world);
      believed.clear();
      memory.violations().stream()
          .filter(Violation::isOpen)
          .forEach(open -> believed.put(open.key(), open));
      return memory;
    }

    @Override
    Optional<Finding> unread(World world, LookUp lookUp) {
      return lookUp
          .key()
          .flatMap(key -> Optional.ofNullable(believed.remove(key)))
          .map(open -> new Finding.Broken(ALL, ALL, ALL, open.orphans()));
    }
  }

  /** I1: a look-up claims to have seen everything. */
  static final class ForgedSnapshots extends Doubles {
    @Override
    Sight sight(World world, TestDatabase database) {
      return ALL;
    }
  }

  /** I1: what is in no list is taken for seen, as if xmax said nothing. */
  static final class ListedOnly extends Doubles {
    @Override
    Sight sight(World world, TestDatabase database) {
      return new Sight.Primary(
          Snapshot.parse(database.snapshotText(database.lastFinished() + 1_000_000)));
    }
  }

  /** I1: Begin is told behind the rows. */
  static final class BeginIsLate extends Doubles {
    private final Map<String, Event.Begin> begun = new HashMap<>();

    @Override
    List<Event> stream(Event event) {
      if (event instanceof Event.Begin begin) {
        begun.put(begin.database(), begin);
        return List.of();
      }
      if (event instanceof Event.Commit commit) {
        Event.Begin begin = begun.remove(commit.database());
        return begin == null ? List.of(commit) : List.of(begin, commit);
      }
      return List.of(event);
    }
  }

  /** I5: the position of a cut is all that was judged, seen or not. */
  static final class NoCeiling extends Doubles {
    @Override
    List<Runnable> writes(World world, Cut cut) {
      Map<String, Position> judged = new HashMap<>();
      for (String database : cut.positions().keySet()) {
        world.judge.judged(database).ifPresent(position -> judged.put(database, position));
      }
      return super.writes(world, withPositions(cut, judged));
    }
  }

  private static Cut withPositions(Cut cut, Map<String, Position> positions) {
    return new Cut(
        cut.judge(),
        cut.number(),
        positions,
        cut.transitions(),
        cut.noted(),
        cut.dropped(),
        cut.lives());
  }

  /** I3: nobody looks who refers to a removed key. */
  static final class OnlyEvicts extends Doubles {
    @Override
    Optional<Finding> unread(World world, LookUp lookUp) {
      return world.current.filter(Event.ParentRemoved.class::isInstance).isPresent()
          ? Optional.of(new Finding.NobodyRefers(ALL))
          : Optional.empty();
    }
  }

  /** I3: the key leaves the cache some while after the removal has asked. */
  static final class EvictsLate extends Doubles {
    private static final class LateCache extends PlainCache {
      private final List<Key> late = new ArrayList<>();

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
    }

    @Override
    PresenceCache cache() {
      return new LateCache();
    }
  }

  /** I4: the children are not read again. */
  static final class ChildThenParent extends Doubles {
    @Override
    boolean isDecided(LookUp lookUp, Read read) {
      return super.isDecided(lookUp, read) || read == Read.PARENT;
    }

    @Override
    Finding proof(LookUp lookUp) {
      boolean claims = !lookUp.before().writers().isEmpty() && !lookUp.parent().present();
      return claims
          ? broken(lookUp.before(), lookUp.parent(), lookUp.before())
          : super.proof(lookUp);
    }
  }

  /** I4: the parent is read first, the children once. */
  static final class ParentThenChild extends Doubles {
    @Override
    List<Read> order(Question question) {
      return question instanceof Question.Proof
          ? List.of(Read.PARENT, Read.CHILDREN)
          : super.order(question);
    }

    @Override
    boolean isDecided(LookUp lookUp, Read read) {
      return lookUp.question instanceof Question.Proof
          && read == Read.PARENT
          && lookUp.parent().present();
    }

    @Override
    Finding proof(LookUp lookUp) {
      if (lookUp.parent().present()) {
        return new Finding.Present(lookUp.parent().sight());
      }
      return lookUp.before().writers().isEmpty()
          ? new Finding.NobodyRefers(lookUp.before().sight())
          : broken(lookUp.before(), lookUp.parent(), lookUp.before());
    }
  }

  /** I4: a child before and a child after are taken for one. */
  static final class SameKey extends Doubles {
    @Override
    Finding proof(LookUp lookUp) {
      Finding finding = super.proof(lookUp);
      return finding instanceof Finding.Inconclusive
          ? broken(lookUp.before(), lookUp.parent(), lookUp.after())
          : finding;
    }
  }

  /** I5: the slot is told before anything is durable, and nobody notices that it is ahead. */
  static final class AcknowledgesFirst extends Doubles {
    @Override
    boolean comparesSlots() {
      return false;
    }

    @Override
    void heard(World world, Event event) {
      if (event instanceof Event.Commit commit) {
        world.acknowledge(commit.database(), commit.end());
      }
    }
  }

  /** I5: the positions and the suspicions are durable before the verdicts. */
  static final class TwoWrites extends Doubles {
    @Override
    List<Runnable> writes(World world, Cut cut) {
      List<Runnable> writes = new ArrayList<>();
      writes.add(
          () ->
              world.journal.write(
                  new Cut(
                      cut.judge(),
                      cut.number(),
                      cut.positions(),
                      List.of(),
                      cut.noted(),
                      cut.dropped(),
                      cut.lives())));
      writes.addAll(super.writes(world, cut));
      return writes;
    }
  }

  /** I5: suspicions are forgotten. */
  static final class NoSuspicions extends Doubles {
    @Override
    List<Runnable> writes(World world, Cut cut) {
      return super.writes(
          world,
          new Cut(
              cut.judge(),
              cut.number(),
              cut.positions(),
              cut.transitions(),
              List.of(),
              List.of(),
              cut.lives()));
    }
  }

  /** I5: the one that takes over has read the journal while the other still wrote to it. */
  static final class ReadsFirst extends Doubles {
    private Optional<Memory> read = Optional.empty();

    @Override
    void peek(World world) {
      read = Optional.of(world.journal.memory());
    }

    @Override
    Memory start(World world) {
      Memory memory = read.orElseGet(() -> super.start(world));
      read = Optional.empty();
      return memory;
    }
  }

  /** I5: after a start a cut claims the largest position that was ever judged. */
  static final class LargestPosition extends Doubles {
    private final Map<String, Position> largest = new HashMap<>();

    @Override
    List<Runnable> writes(World world, Cut cut) {
      Map<String, Position> claimed = new HashMap<>();
      cut.positions()
          .forEach(
              (database, position) ->
                  claimed.put(
                      database,
                      Position.larger(position, largest.getOrDefault(database, Position.ZERO))));
      return super.writes(world, withPositions(cut, claimed));
    }

    @Override
    Memory start(World world) {
      for (String database : List.of("orders", "users")) {
        world
            .judge
            .judged(database)
            .ifPresent(position -> largest.merge(database, position, Position::larger));
      }
      return super.start(world);
    }
  }

  /** A standby that lags is read as if it were the primary. */
  static class StandbyForPrimary extends Doubles {
    @Override
    Reading read(World world, LookUp lookUp, Read read) {
      return read == Read.PARENT && asksStandby(world, lookUp)
          ? new Reading(ALL, Set.of(), world.users.standbyHas(number(lookUp)))
          : super.read(world, lookUp, read);
    }

    boolean asksStandby(World world, LookUp lookUp) {
      return true;
    }
  }

  /** ... for what is open only. */
  static final class StandbyWakes extends StandbyForPrimary {
    private final Set<Key> open = new HashSet<>();

    @Override
    boolean asksStandby(World world, LookUp lookUp) {
      return lookUp.question instanceof Question.Presence && open.contains(key(lookUp));
    }

    @Override
    void heard(World world, Event event) {
      // Whether the key is open now: an arrival then asks whether the parent is there.
      open.clear();
      if (world.judge.tally().open() > 0) {
        world.lookUps.forEach(lookUp -> lookUp.key().ifPresent(open::add));
      }
      if (event instanceof Event.ParentArrived arrived && world.judge.tally().open() > 0) {
        open.add(arrived.key());
      }
    }
  }
}
