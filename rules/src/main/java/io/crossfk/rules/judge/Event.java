package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a judge is told. Events of one database come in the order of its log; between databases
 * there is no order. An event that comes late or twice does no harm (I0).
 */
public sealed interface Event {

  /** A transaction of a database starts to arrive: from here on look-ups must see it (I1). */
  record Begin(
      String database, TransactionId transaction, Position finalPosition, Instant committedAt)
      implements Event {}

  /** The transaction has arrived whole. */
  record Commit(String database, Position end) implements Event {}

  /** Nothing that matters lies before this position; never between Begin and Commit. */
  record Progress(String database, Position position) implements Event {}

  /** The stream broke and starts again further back: what was half delivered comes once more. */
  record StreamRestarted(String database) implements Event {}

  /** A part of the stream, or of the database's past, is lost: nothing known of it holds (I2). */
  record Gap(String database, String reason) implements Event {}

  /**
   * The log no longer tells what a table's rules need: they are blind until a reading of the
   * catalogue that is newer finds nothing in the way.
   */
  record Unfit(TableReference table, String reason) implements Event {}

  /**
   * How tables stand in a database's catalogue: what changes rows, or what the log tells of them,
   * without an event of the log (design, section 5, facts 6 and 11). Told when a stream starts,
   * before anything of it, and now and then afterwards.
   *
   * @param logEnd the end of the log, read after the catalogue
   */
  record CatalogueRead(String database, Map<TableReference, TableStanding> tables, Position logEnd)
      implements Event {
    public CatalogueRead {
      tables = Map.copyOf(tables);
    }
  }

  /**
   * A table in its catalogue.
   *
   * @param print differs from an earlier one if the table may have changed without an event between
   *     the two; opaque
   * @param unfit why its rules cannot be judged as it stands, for people
   */
  record TableStanding(String print, Optional<String> unfit) {}

  /** A child row with this key was inserted, or updated to, or updated and kept it. */
  record ChildWritten(Rule rule, Key key, boolean inserted) implements Event {}

  /** A child row was deleted, or left its key; the key is unknown under the default identity. */
  record ChildLeft(Rule rule, Optional<Key> key) implements Event {}

  /** A child row was written whose key the log does not tell (an unchanged TOASTed column). */
  record ChildKeyUnknown(Rule rule) implements Event {}

  /** A parent row with this key was inserted, or updated to it. */
  record ParentArrived(TableKey parent, Key key) implements Event {}

  /** A parent row with this key was deleted, or updated away from it. */
  record ParentRemoved(TableKey parent, Key key, boolean updated) implements Event {}

  record ParentTruncated(TableReference parent) implements Event {}

  record ChildTruncated(Rule rule) implements Event {}

  /** A look-up answered. */
  record Answered(Answer answer) implements Event {}

  /** A statement of an audit runs; the keys up to the next one are what this sight saw. */
  record AuditOpened(AuditRequest request, Sight child) implements Event {}

  /** Keys that children hold, any number of times each. */
  record AuditKeys(AuditRequest request, List<Key> keys) implements Event {
    public AuditKeys {
      keys = List.copyOf(keys);
    }
  }

  /**
   * All keys up to this place were told: an audit that begins again may go on there, as long as the
   * streams are judged from then on.
   */
  record AuditPassed(AuditRequest request, String place) implements Event {}

  record AuditEnded(AuditRequest request) implements Event {}

  /** The time for it is over before its end; what was passed need not be read again. */
  record AuditPaused(AuditRequest request) implements Event {}

  record AuditFailed(AuditRequest request, String reason) implements Event {}

  /** The cut of this number, and all before it, are durable (I5). */
  record CutDurable(long number) implements Event {}
}
