package io.crossfk.rules.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What happened in a run, for people; kept only for a run that is told again. */
final class History {
  private final boolean kept;
  private final List<String> lines = new ArrayList<>();

  History(boolean kept) {
    this.kept = kept;
  }

  void note(Supplier<String> line) {
    if (kept) {
      lines.add(line.get());
    }
  }

  List<String> lines() {
    return lines;
  }
}
