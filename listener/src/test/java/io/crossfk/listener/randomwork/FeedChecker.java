package io.crossfk.listener.randomwork;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Holds what was told against what was true. It says "false" only if there is no instant at which
 * the record could have been right, given all that the clients know.
 *
 * <p>Two witnesses are heard on each opening: time (COMMITs were sent and answered), and the
 * snapshots that the record names as its proof (they saw a transaction, or did not).
 */
final class FeedChecker {
  private final Function<String, KeyHistory> truth;
  private final long tolerance;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> eventIds = new HashSet<>();
  private final Map<String, Told> last = new HashMap<>();
  private long judged;
  private long doubtful;

  /** What a feed can be wrong in. */
  enum Kind {
    FALSE_OPENING,
    UNTRUE_RESOLUTION,
    DUPLICATE,
    OUT_OF_ORDER,
    MISSED,
    LEFT_OPEN
  }

  record Problem(Kind kind, String id, String what) {}

  /**
   * @param truth by a violation's id
   * @param tolerance how far the listener's clock may be from the clients'
   */
  FeedChecker(Function<String, KeyHistory> truth, Duration tolerance) {
    this.truth = truth;
    this.tolerance = tolerance.toNanos();
  }

  /**
   * The next record of the feed; those of one violation in their order. A key was broken, or whole,
   * after the record before, and before this one was made.
   */
  void hear(Told told) {
    if (!eventIds.add(told.eventId())) {
      problem(Kind.DUPLICATE, told, "came twice: " + told.text());
      return;
    }
    Told before = last.put(told.id(), told);
    boolean wasOpen = before != null && !before.type().equals("resolved");
    boolean legal =
        switch (told.type()) {
          case "opened" -> !wasOpen;
          case "updated", "resolved" -> wasOpen;
          default -> false;
        };
    int expected = before == null ? 1 : before.number() + 1;
    if (!legal || told.number() != expected) {
      problem(
          Kind.OUT_OF_ORDER,
          told,
          "%s as number %d, where %s number %d was due"
              .formatted(
                  told.type(),
                  told.number(),
                  wasOpen ? "another than opened as" : "opened as",
                  expected));
    }
    long from = before == null ? Long.MIN_VALUE : before.made() - tolerance;
    long to = Math.min(told.made() + tolerance, told.seen());
    judge(told, truth.apply(told.id()), from, to);
  }

  private void judge(Told told, KeyHistory history, long from, long to) {
    judged++;
    if (history.isDoubtful(from, to)) {
      doubtful++;
    } else if (told.type().equals("resolved")) {
      if (!history.canHaveBeenWhole(from, to)) {
        problem(Kind.UNTRUE_RESOLUTION, told, "it was broken all the time: " + told.text());
      }
    } else if (!history.canHaveBeenBroken(from, to)) {
      problem(Kind.FALSE_OPENING, told, "it was whole all the time: " + told.text());
    } else {
      told.proof()
          .flatMap(proof -> objection(proof, history))
          .ifPresent(
              objection -> problem(Kind.FALSE_OPENING, told, objection + ": " + told.text()));
    }
  }

  /** What in the proof's own snapshots speaks against it. */
  private static Optional<String> objection(Told.Proof proof, KeyHistory history) {
    SeenBy parent = proof.parent();
    if (parent != null && history.parents().stream().anyMatch(each -> each.isSeenBy(parent))) {
      return Optional.of("the snapshot of its proof saw a parent");
    }
    boolean stood =
        history.children().stream()
            .anyMatch(
                each ->
                    each.isSeenBy(proof.childrenBefore()) && each.isSeenBy(proof.childrenAfter()));
    return stood ? Optional.empty() : Optional.of("no child is in both snapshots of its proof");
  }

  /**
   * The end, when all is drained and past grace.
   *
   * @param broken the violations that there are
   */
  void end(Set<String> broken) {
    Set<String> open = open();
    for (String id : broken) {
      if (!open.contains(id)) {
        problems.add(new Problem(Kind.MISSED, id, "it is broken, and not open in the feed"));
      }
    }
    for (String id : open) {
      if (!broken.contains(id)) {
        problems.add(new Problem(Kind.LEFT_OPEN, id, "it is whole, and open in the feed"));
      }
    }
  }

  private Set<String> open() {
    Set<String> open = new TreeSet<>();
    last.forEach(
        (id, told) -> {
          if (!told.type().equals("resolved")) {
            open.add(id);
          }
        });
    return open;
  }

  private void problem(Kind kind, Told told, String what) {
    problems.add(new Problem(kind, told.id(), what));
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  long count(Kind... kinds) {
    Set<Kind> wanted = Set.of(kinds);
    return problems.stream().filter(problem -> wanted.contains(problem.kind())).count();
  }

  long judged() {
    return judged;
  }

  /** Records about keys that a crash took commits back from: they cannot be held against it. */
  long doubtful() {
    return doubtful;
  }
}
