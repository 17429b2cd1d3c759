package io.crossfk.rules.change;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing that a database's log says, in the log's order. Rows stand between Begin and Commit.
 */
public sealed interface Change {

  /**
   * A committed transaction starts to arrive.
   *
   * @param finalPosition the position of its commit record
   */
  record Begin(TransactionId transaction, Position finalPosition, Instant committedAt)
      implements Change {}

  record Insert(Table table, Row row) implements Change {}

  /**
   * @param before the old row or its replica identity, if the log has it: under the default
   *     identity only when the identity changed. Columns outside the identity are null then.
   */
  record Update(Table table, Optional<Row> before, Row after, boolean beforeIsWhole)
      implements Change {}

  /**
   * @param before the old row's replica identity; other columns null unless {@code beforeIsWhole}
   */
  record Delete(Table table, Row before, boolean beforeIsWhole) implements Change {}

  record Truncate(List<Table> tables) implements Change {
    public Truncate {
      tables = List.copyOf(tables);
    }
  }

  /**
   * @param end the position after the commit record: what is acknowledged once judged (I5)
   */
  record Commit(Position end) implements Change {}

  /** Nothing that matters up to here (a keep-alive); never between Begin and Commit. */
  record Progress(Position position) implements Change {}
}
