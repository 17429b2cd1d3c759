package io.crossfk.listener.lookup;

/** How an audit's reading ended. */
public sealed interface AuditOutcome {

  /**
   * All children were read.
   *
   * @param rows rows that the rule checks
   * @param keys keys handed out: rows, less repetitions in a row
   */
  record Complete(long rows, long keys) implements AuditOutcome {}

  /** The sink wanted no more. */
  record Aborted() implements AuditOutcome {}

  /**
   * The database did not give all rows.
   *
   * @param reason one line for people
   */
  record Failed(String database, String reason) implements AuditOutcome {}
}
