package io.crossfk.listener.setup;

import java.util.List;
import java.util.Optional;

/** Something to be done in a database, and why. */
public sealed interface Step {

  String why();

  /** An ordinary statement; those that follow each other are one transaction. */
  record Statement(String sql, String why) implements Step {}

  /** The role gets the password that the configuration has: never as a text that a log may keep. */
  record Password(String role, String why) implements Step {}

  /**
   * The publication becomes what the rules need, in one transaction.
   *
   * @param mark of a new publication, so that nobody has to guess who made it
   */
  record Publish(List<String> sql, String why, Optional<Statement> mark) implements Step {
    public Publish {
      sql = List.copyOf(sql);
    }
  }

  /** The slot is made, which waits for the transactions that run, and needs its own transaction. */
  record CreateSlot(String sql, String why) implements Step {}

  /** The slot goes, at once: no transaction brings it back. */
  record DropSlot(String sql, String why) implements Step {}
}
