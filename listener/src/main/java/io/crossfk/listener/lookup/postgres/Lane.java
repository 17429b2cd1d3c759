package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Question;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Questions that one statement can answer together, waiting. Guarded by the scheduler's lock, but
 * for the final fields.
 */
final class Lane {
  /** Keys that go to a database at once. */
  static final int BATCH_LIMIT = 500;

  /**
   * While a batch is away, a second one goes only if so many wait: few questions do better
   * together, a moment later.
   */
  private static final int WORTH_ANOTHER = 50;

  /** A question, and whom to tell. */
  record Asked(Question question, Consumer<List<Answer>> answers) {}

  private final List<String> databases;
  private final Lookup lookup;
  private final ArrayDeque<Asked> waiting = new ArrayDeque<>();
  private int limit = BATCH_LIMIT;
  private int away;

  /**
   * @param databases those that the look-up reads, in its own order; one or two
   */
  Lane(List<String> databases, Lookup lookup) {
    this.databases = List.copyOf(databases);
    this.lookup = lookup;
  }

  List<String> databases() {
    return databases;
  }

  Lookup lookup() {
    return lookup;
  }

  void add(Asked asked) {
    waiting.add(asked);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean wantsToGo() {
    return !waiting.isEmpty() && waiting.size() >= (long) away * WORTH_ANOTHER;
  }

  /** The next batch, which is away until {@link #returned}. */
  List<Asked> depart() {
    away++;
    return take(limit);
  }

  List<Asked> takeAll() {
    return take(waiting.size());
  }

  private List<Asked> take(int most) {
    List<Asked> batch = new ArrayList<>(Math.min(most, waiting.size()));
    while (batch.size() < most && !waiting.isEmpty()) {
      batch.add(waiting.poll());
    }
    return batch;
  }

  /** After a time limit batches shrink; they grow again with success. */
  void returned(boolean tooSlow) {
    away--;
    limit = tooSlow ? Math.max(1, limit / 4) : Math.min(BATCH_LIMIT, limit * 2);
  }
}
