package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.LookUp.Read;
import io.crossfk.rules.judge.LookUp.Reading;
import io.crossfk.rules.key.Key;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Those who serve the judge, in test form: look-ups, cache, streams, journal, start. Here they keep
 * the protocol; {@link Mutants} overrides one method each and breaks one clause with it.
 */
class Doubles {

  PresenceCache cache() {
    return new PlainCache();
  }

  /** I4: the children, then the parent, then the children again. */
  List<Read> order(Question question) {
    return switch (question) {
      case Question.Presence presence -> List.of(Read.PARENT);
      case Question.Proof proof -> List.of(Read.CHILDREN, Read.PARENT, Read.CHILDREN_AGAIN);
      case Question.Referrers referrers -> List.of(Read.CHILDREN);
      case Question.Visibility bare -> List.of(Read.SNAPSHOT);
    };
  }

  /** A finding that is given without reading; none if the databases are to be read. */
  Optional<Finding> unread(World world, LookUp lookUp) {
    return Optional.empty();
  }

  /** One statement, now. */
  Reading read(World world, LookUp lookUp, Read read) {
    return switch (read) {
      case CHILDREN, CHILDREN_AGAIN -> {
        Set<Long> writers = world.orders.writersOf(number(lookUp));
        yield new Reading(sight(world, world.orders), writers, false);
      }
      case PARENT ->
          new Reading(sight(world, world.users), Set.of(), world.users.has(number(lookUp)));
      case SNAPSHOT -> {
        Question.Visibility bare = (Question.Visibility) lookUp.question;
        yield new Reading(sight(world, world.database(bare.database())), Set.of(), false);
      }
    };
  }

  static long number(LookUp lookUp) {
    return World.number(lookUp.key().orElseThrow());
  }

  /** I1: how far a statement sees that is run now. */
  Sight sight(World world, TestDatabase database) {
    return new Sight.Primary(database.snapshot());
  }

  /** Whether a later read need not be done, since an earlier one tells enough. */
  boolean isDecided(LookUp lookUp, Read read) {
    return lookUp.question instanceof Question.Proof
        && switch (read) {
          case CHILDREN -> lookUp.before().writers().isEmpty();
          case PARENT -> lookUp.parent().present();
          case CHILDREN_AGAIN, SNAPSHOT -> true;
        };
  }

  /** From what was read to what was found. */
  Finding finding(LookUp lookUp) {
    return switch (lookUp.question) {
      case Question.Presence presence ->
          lookUp.parent().present()
              ? new Finding.Present(lookUp.parent().sight())
              : new Finding.Absent(lookUp.parent().sight());
      case Question.Proof proof -> proof(lookUp);
      case Question.Referrers referrers ->
          new Finding.Referring(
              lookUp.before().sight(),
              lookUp.before().writers().isEmpty() ? List.of() : List.of(referrers.parentKey()),
              false);
      case Question.Visibility bare -> new Finding.Seen(lookUp.bare().sight(), Optional.empty());
    };
  }

  Finding proof(LookUp lookUp) {
    if (lookUp.before().writers().isEmpty()) {
      return new Finding.NobodyRefers(lookUp.before().sight());
    }
    if (lookUp.parent().present()) {
      return new Finding.Present(lookUp.parent().sight());
    }
    if (lookUp.after().writers().isEmpty()) {
      return new Finding.NobodyRefers(lookUp.after().sight());
    }
    Set<Long> shared = new HashSet<>(lookUp.before().writers());
    shared.retainAll(lookUp.after().writers());
    return shared.isEmpty()
        ? new Finding.Inconclusive(
            lookUp.before().sight(), lookUp.parent().sight(), lookUp.after().sight())
        : broken(lookUp.before(), lookUp.parent(), lookUp.after());
  }

  static Finding broken(Reading before, Reading parent, Reading after) {
    return new Finding.Broken(
        before.sight(), parent.sight(), after.sight(), orphans(after.writers()));
  }

  static Orphans orphans(Set<Long> writers) {
    List<RowIdentity> sample =
        writers.stream()
            .sorted()
            .map(xid -> new RowIdentity(List.of("writer"), List.of(Long.toString(xid))))
            .toList();
    return new Orphans(Math.max(1, sample.size()), false, sample);
  }

  /** The judge is about to process an event. */
  void hears(World world, Event event) {}

  /** The judge has processed an event. */
  void heard(World world, Event event) {}

  /** Passes one event of a stream on. */
  List<Event> stream(Event event) {
    return List.of(event);
  }

  /** I5: one write of all; then the judge hears of it; then the slots move. */
  List<Runnable> writes(World world, Cut cut) {
    return List.of(
        () -> world.publish(cut.transitions(), () -> world.journal.write(cut)),
        () -> world.tell(new Event.CutDurable(cut.number())),
        () -> cut.positions().forEach(world::acknowledge));
  }

  /** Another instance looks at the journal before it has fenced this one. */
  void peek(World world) {}

  /** I5: the journal is read after the other instance was fenced. */
  Memory start(World world) {
    return world.journal.memory();
  }

  /** Whether a slot that is ahead of the journal is taken for the gap that it is. */
  boolean comparesSlots() {
    return true;
  }

  /** From which position a judge's stream may begin, at most its own. */
  Position resume(Position journaled, Position drawn) {
    return Position.smaller(journaled, drawn);
  }

  /** The key whose finding is meant. */
  static Key key(LookUp lookUp) {
    return lookUp.key().orElseThrow();
  }
}
