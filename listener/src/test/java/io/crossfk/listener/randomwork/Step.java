package io.crossfk.listener.randomwork;

import java.util.List;

/** What a client does inside a transaction; made from the seed, whatever the servers answer. */
sealed interface Step {
  /** What a statement does to the rows that it returns. */
  enum Effect {
    INSERTED,
    CHANGED,
    DELETED
  }

  /**
   * A statement that returns each row it wrote.
   *
   * @param sql without its RETURNING clause
   */
  record Write(WorkTable table, Effect effect, String sql) implements Step {}

  record Truncate(WorkTable table) implements Step {}

  /** The transaction stays open for so long. */
  record Pause(int millis) implements Step {}

  /** Inside a savepoint that is rolled back: it never was. */
  record Undone(List<Step> steps) implements Step {
    public Undone {
      steps = List.copyOf(steps);
    }
  }

  /** How a transaction is meant to end. */
  enum End {
    COMMIT,
    /** With synchronous_commit off: a crash may take it back. */
    COMMIT_SOON,
    ROLL_BACK
  }

  /** A transaction in one database. */
  record Work(String database, List<Step> steps, End end) {
    public Work {
      steps = List.copyOf(steps);
    }
  }

  /**
   * Transactions one after the other: a saga, if they are in two databases.
   *
   * @param pauseMillis between two of them
   */
  record Job(List<Work> works, int pauseMillis) {
    public Job {
      works = List.copyOf(works);
    }
  }
}
