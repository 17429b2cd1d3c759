package io.crossfk.listener.randomwork;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When rows with one key of one rule were there: the truth of a (rule, key), as far as the clients
 * can know it.
 *
 * @param parents none if the key is partly null: no parent can help it
 */
record KeyHistory(List<Version> children, List<Version> parents, List<Doubt> doubts) {
  static final KeyHistory NOTHING = new KeyHistory(List.of(), List.of(), List.of());

  KeyHistory {
    children = List.copyOf(children);
    parents = List.copyOf(parents);
    doubts = List.copyOf(doubts);
  }

  /** One version of a row. */
  record Version(Committed birth, @Nullable Committed death) {
    boolean isSeenBy(SeenBy snapshot) {
      return snapshot.sees(birth.xid()) && (death == null || !snapshot.sees(death.xid()));
    }
  }

  /** Commits were seen and taken back by a crash: nobody knows what held meanwhile. */
  record Doubt(long from, long to) {}

  /** A row with the key was there without a pause: version after version, each in one commit. */
  private record Presence(Committed birth, @Nullable Committed death) {
    boolean possiblyAt(long time) {
      return birth.sent() <= time && (death == null || time <= death.known());
    }

    boolean certainlyAt(long time) {
      return birth.known() <= time && (death == null || time <= death.sent());
    }

    boolean touches(long from, long to) {
      return birth.sent() <= to && (death == null || from <= death.known());
    }

    LongStream turns() {
      return death == null
          ? LongStream.of(birth.sent(), birth.known())
          : LongStream.of(birth.sent(), birth.known(), death.sent(), death.known());
    }
  }

  boolean isDoubtful(long from, long to) {
    return doubts.stream().anyMatch(doubt -> doubt.from() <= to && from <= doubt.to());
  }

  /** Whether at some instant of this time there can have been a child and no parent. */
  boolean canHaveBeenBroken(long from, long to) {
    List<Presence> child = presences(children, from, to);
    List<Presence> parent = presences(parents, from, to);
    return instants(from, to, child, parent)
        .anyMatch(
            time ->
                child.stream().anyMatch(each -> each.possiblyAt(time))
                    && parent.stream().noneMatch(each -> each.certainlyAt(time)));
  }

  /** Whether at some instant of this time there can have been a parent, or no child. */
  boolean canHaveBeenWhole(long from, long to) {
    List<Presence> child = presences(children, from, to);
    List<Presence> parent = presences(parents, from, to);
    return instants(from, to, child, parent)
        .anyMatch(
            time ->
                child.stream().noneMatch(each -> each.certainlyAt(time))
                    || parent.stream().anyMatch(each -> each.possiblyAt(time)));
  }

  /** Whether it is broken when all clients have ended. */
  boolean isBrokenInTheEnd() {
    return children.stream().anyMatch(version -> version.death() == null)
        && parents.stream().noneMatch(version -> version.death() == null);
  }

  /** Where anything can change, just before and just after: in between nothing does. */
  private static LongStream instants(
      long from, long to, List<Presence> child, List<Presence> parent) {
    LongStream turns =
        Stream.concat(child.stream(), parent.stream())
            .flatMapToLong(Presence::turns)
            .flatMap(time -> LongStream.of(time - 1, time, time + 1));
    return LongStream.concat(LongStream.of(from, to), turns)
        .filter(time -> from <= time && time <= to);
  }

  private static List<Presence> presences(List<Version> versions, long from, long to) {
    Map<Committed, Deque<Version>> begunBy = new HashMap<>();
    // Two rows may well be equal here: written by one transaction, and gone by another.
    IdentityHashMap<Version, Version> next = new IdentityHashMap<>();
    List<Version> firsts = new ArrayList<>();
    for (Version each : versions) {
      begunBy.computeIfAbsent(each.birth(), none -> new ArrayDeque<>()).add(each);
    }
    for (Version each : versions) {
      Deque<Version> begun = each.death() == null ? null : begunBy.get(each.death());
      Version follower = begun == null ? null : begun.poll();
      if (follower != null) {
        next.put(each, follower);
      }
    }
    begunBy.values().forEach(firsts::addAll);
    List<Presence> presences = new ArrayList<>();
    for (Version first : firsts) {
      Version last = first;
      for (Version at = next.get(first); at != null; at = next.get(at)) {
        last = at;
      }
      Presence presence = new Presence(first.birth(), last.death());
      if (presence.touches(from, to)) {
        presences.add(presence);
      }
    }
    return presences;
  }
}
