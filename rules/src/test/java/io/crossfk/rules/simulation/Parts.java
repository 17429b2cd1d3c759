package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.simulation.LookUp.Asked;
import io.crossfk.rules.simulation.LookUp.Read;
import io.crossfk.rules.simulation.Schema.Edge;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What those who serve the judge do at the places where the protocol rests on them. Here they keep
 * it; {@link LeftOut} overrides one method each.
 */
class Parts {

  CheckedCache cache(Tally tally) {
    return new CheckedCache(tally);
  }

  /** I4: the children, then the parent, then the children again; within one database at once. */
  List<Read> order(Question question, @Nullable Edge edge) {
    return switch (question) {
      case Question.Presence presence -> List.of(Read.PARENT);
      case Question.Proof proof ->
          proof.key().partlyNull() || Objects.requireNonNull(edge).rule().withinOneDatabase()
              ? List.of(Read.TOGETHER)
              : List.of(Read.CHILDREN, Read.PARENT, Read.CHILDREN_AGAIN);
      case Question.Referrers referrers -> List.of(Read.CHILDREN);
      case Question.Visibility bare -> List.of(Read.SNAPSHOT);
    };
  }

  /** A finding that is given without reading. */
  Optional<Finding> unread(Host host, Asked asked) {
    return Optional.empty();
  }

  /** I1: how far a statement sees that is run now. */
  Sight sight(SimDatabase database) {
    return new Sight.Primary(database.snapshot());
  }

  /** How far a standby's statement sees: the position was read in an earlier one. */
  Sight standbySight(SimDatabase database) {
    return new Sight.Standby(database.replayed());
  }

  /** Whether the parent of this look-up is read on a standby. */
  boolean readsStandby(LookUp lookUp) {
    return lookUp.mayAskStandby
        && lookUp.asked.stream().allMatch(each -> each.question instanceof Question.Presence);
  }

  /** Whether the later reads need not be done for a question. */
  boolean isDecided(LookUp lookUp, Asked asked, Read read) {
    return asked.question instanceof Question.Proof
        && switch (read) {
          case CHILDREN -> asked.before.isEmpty();
          case PARENT -> asked.before.isEmpty() || asked.present;
          case CHILDREN_AGAIN, TOGETHER, SNAPSHOT -> true;
        };
  }

  Finding finding(LookUp lookUp, Asked asked) {
    return LookUps.finding(lookUp, asked);
  }

  /** Passes one event of a stream on. */
  List<Event> stream(Host host, Event event) {
    return List.of(event);
  }

  /** The judge is about to process an event. */
  void hears(Host host, Event event) {}

  /** The judge has processed an event. */
  void heard(Host host, Event event) {}

  /** I5: a judge's cut is handed to the feed as it is. */
  Cut taken(Host host, Cut cut) {
    return cut;
  }

  /** A cut is handed to the feed, and not durable yet. */
  void submitted(World world, Cut cut) {}

  /** Another instance looks at the journal before it has fenced this one. */
  void peek(Journal journal) {}

  /** I5: the journal is read after the other instance was fenced. */
  Journal journal(Journal now) {
    return now;
  }

  /** Whether a slot that is ahead of the journal is taken for the gap that it is. */
  boolean comparesSlots() {
    return true;
  }

  /** From which position a judge's stream begins, at most its own. */
  Position resume(Position journaled, SimDatabase database) {
    return journaled;
  }

  /** Whether positions that a stream leaves behind are forgotten. */
  boolean forgetsPositionsLeftBehind() {
    return true;
  }
}
