package io.crossfk.rules.simulation;

import io.crossfk.rules.judge.AuditRequest;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.simulation.Schema.Edge;
import io.crossfk.rules.simulation.SimDatabase.Version;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Audits on their way: one statement reads, and what it read is told in parts, at any time. */
final class Audits {
  /** Parts in which an audit is told: its opening, its keys in two, its end. */
  private static final int PARTS = 4;

  static final class Run {
    final Host host;
    final AuditRequest request;
    private @Nullable Sight sight;
    private List<Key> keys = List.of();
    private int told;

    Run(Host host, AuditRequest request) {
      this.host = host;
      this.request = request;
    }
  }

  final List<Run> runs = new ArrayList<>();
  private final World world;

  Audits(World world) {
    this.world = world;
  }

  /** A newer request for a rule voids the older. */
  void request(Host host, AuditRequest request) {
    if (runs.removeIf(run -> run.host == host && run.request.rule().equals(request.rule()))) {
      world.tally.saw(Seen.AUDIT_VOIDED);
    }
    runs.add(new Run(host, request));
    world.tally.audits++;
  }

  boolean isReady(Run run) {
    Edge edge = world.edge(run.request.rule());
    return run.sight != null || !world.databaseOf(edge.child()).isTruncating(edge.child());
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
      default -> mail(run, new Event.AuditEnded(run.request));
    }
    if (run.told == PARTS) {
      runs.remove(run);
    }
  }

  private void read(Run run) {
    Edge edge = world.edge(run.request.rule());
    run.sight = world.parts.sight(world.databaseOf(edge.child()));
    Set<Key> keys = new LinkedHashSet<>();
    for (Version version : world.truth.rows(edge.child())) {
      Key key = edge.held(version.cells());
      if (key != null) {
        keys.add(key);
      }
    }
    run.keys = List.copyOf(keys);
    world.history.note(() -> "audit of " + edge.name() + " reads " + keys);
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
