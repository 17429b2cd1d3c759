package io.crossfk.rules.simulation;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Event;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parts that each leave out one clause about what is durable; see {@link LeftOut}. */
final class LeftOutOfTheFeed {
  private record OfStream(String judge, String database) {}

  private LeftOutOfTheFeed() {}

  /** I1: the position of a cut is all that was judged, seen or not. */
  static final class NoCeiling extends Parts {
    @Override
    Cut taken(Host host, Cut cut) {
      Map<String, Position> judged = new HashMap<>();
      cut.positions().keySet().forEach(each -> judged.put(each, host.judged(each)));
      return withPositions(cut, judged);
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

  /** I5: the slot is told before anything is durable, and nobody notices that it is ahead. */
  static final class AcknowledgesFirst extends Parts {
    @Override
    boolean comparesSlots() {
      return false;
    }

    @Override
    void heard(Host host, Event event) {
      if (event instanceof Event.Commit commit) {
        host.acknowledge(commit.database(), commit.end());
      }
    }
  }

  /** I5: the positions and the suspicions are durable before the verdicts. */
  static final class TwoWrites extends Parts {
    @Override
    void submitted(World world, Cut cut) {
      world.journal.write(
          new Cut(
              cut.judge(),
              cut.number(),
              cut.positions(),
              List.of(),
              cut.noted(),
              cut.dropped(),
              cut.lives()),
          world.flaws);
    }
  }

  /** I5: suspicions are forgotten. */
  static final class NoSuspicions extends Parts {
    @Override
    Journal journal(Journal now) {
      Journal without = new Journal(now);
      without.forgetSuspicions();
      return without;
    }
  }

  /** I5: the next instance reads the journal, and only later fences this one. */
  static final class ReadsFirst extends Parts {
    private @Nullable Journal read;

    @Override
    void peek(Journal journal) {
      read = new Journal(journal);
    }

    @Override
    Journal journal(Journal now) {
      Journal early = read;
      read = null;
      return early == null ? now : early;
    }
  }

  /** I5: after a start a cut claims the largest position that was ever judged. */
  static final class LargestPosition extends Parts {
    private final Map<OfStream, Position> judged = new HashMap<>();
    private final Map<OfStream, Position> largest = new HashMap<>();

    @Override
    void heard(Host host, Event event) {
      for (String database : host.judge.databases()) {
        judged.merge(
            new OfStream(host.judge.name(), database), host.judged(database), Position::larger);
      }
    }

    @Override
    Journal journal(Journal now) {
      largest.putAll(judged);
      return now;
    }

    @Override
    Cut taken(Host host, Cut cut) {
      Map<String, Position> claimed = new HashMap<>();
      cut.positions()
          .forEach(
              (database, position) -> {
                OfStream name = new OfStream(host.judge.name(), database);
                claimed.put(
                    database, Position.larger(position, largest.getOrDefault(name, Position.ZERO)));
              });
      return withPositions(cut, claimed);
    }
  }
}
