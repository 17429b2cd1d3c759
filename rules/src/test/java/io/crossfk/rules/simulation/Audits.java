package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.AuditRequest;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.SimDatabase.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Audits on their way: a table is read in pieces, each by a statement of its own, and what one read
 * is told in parts, at any time. A row's version lies in one piece for ever; the next may lie in
 * another.
 */
final class Audits {
  private static final int PIECES = 3;

  static final class Run {
    final Host host;
    final AuditRequest request;
    private @Nullable Sight sight;
    private List<Key> keys = List.of();
    private int told;
    private int piece;

    Run(Host host, AuditRequest request) {
      this.host = host;
      this.request = request;
      this.piece = request.from().map(Integer::parseInt).orElse(0);
    }
  }

  final List<Run> runs = new ArrayList<>();
  private final Map<String, Set<Long>> barriers = new HashMap<>();
  private final World world;

  Audits(World world) {
    this.world = world;
  }

  /** A newer request for a rule voids the older. */
  void request(Host host, AuditRequest request) {
    if (runs.removeIf(run -> run.host == host && run.request.rule().equals(request.rule()))) {
      world.tally.saw(Seen.AUDIT_VOIDED);
    }
    if (request.from().isPresent()) {
      world.tally.saw(Seen.AUDIT_GOES_ON);
    }
    if (request.afterRunning()) {
      bar(request.rule().child().database());
      bar(request.rule().parent().database());
    }
    runs.add(new Run(host, request));
    world.tally.audits++;
  }

  boolean isReady(Run run) {
    Edge edge = world.edge(run.request.rule());
    return run.sight != null
        || (!world.databaseOf(edge.child()).isTruncating(edge.child())
            && isPastBarrier(edge.rule().child().database())
            && isPastBarrier(edge.rule().parent().database()));
  }

  /** Audits of it wait until all that runs now has ended. */
  void bar(String database) {
    barriers.put(database, new HashSet<>(world.database(database).unfinished()));
  }

  private boolean isPastBarrier(String database) {
    Set<Long> before = barriers.getOrDefault(database, Set.of());
    boolean waits = before.stream().anyMatch(world.database(database).unfinished()::contains);
    if (waits) {
      world.tally.saw(Seen.AUDIT_WAITED_FOR_RUNNING);
    }
    return !waits;
  }

  /** A new process begins: what the old one waited for is forgotten. */
  void restart() {
    runs.clear();
    barriers.clear();
  }

  /** The next part of an audit. */
  void step(Run run) {
    Sight sight = run.sight;
    if (sight == null) {
      read(run);
      return;
    }
    int half = (run.keys.size() + 1) / 2;
    switch (run.told++) {
      case 0 -> mail(run, new Event.AuditOpened(run.request, sight));
      case 1 -> mail(run, new Event.AuditKeys(run.request, run.keys.subList(0, half)));
      case 2 ->
          mail(run, new Event.AuditKeys(run.request, run.keys.subList(half, run.keys.size())));
      default -> ended(run); // The fourth and last part of a piece.
    }
  }

  private void ended(Run run) {
    run.piece++;
    if (run.piece == PIECES) {
      mail(run, new Event.AuditEnded(run.request));
      runs.remove(run);
      return;
    }
    mail(run, new Event.AuditPassed(run.request, Integer.toString(run.piece)));
    run.told = 0;
    run.sight = null;
  }

  private void read(Run run) {
    Edge edge = world.edge(run.request.rule());
    run.sight = world.parts.sight(world.databaseOf(edge.child()));
    Set<Key> keys = new LinkedHashSet<>();
    for (Version version : world.truth.rows(edge.child())) {
      boolean here = Math.floorMod(version.writer(), PIECES) == run.piece;
      Key key = here ? edge.held(version.cells()) : null;
      if (key != null) {
        keys.add(key);
      }
    }
    run.keys = List.copyOf(keys);
    world.history.note(() -> "audit of " + edge.name() + " reads " + run.piece + ": " + keys);
  }

  void fail(Run run) {
    runs.remove(run);
    world.tally.saw(Seen.AUDIT_FAILED);
    mail(run, new Event.AuditFailed(run.request, "timeout"));
  }

  void connectionsLost(String database) {
    for (Run run : List.copyOf(runs)) {
      if (run.sight != null && run.request.rule().child().database().equals(database)) {
        fail(run);
      }
    }
  }

  private static void mail(Run run, Event event) {
    run.host.mail.add(new Host.Mail(event, Optional.empty(), Optional.empty()));
  }
}
