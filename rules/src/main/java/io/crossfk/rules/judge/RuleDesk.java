package io.crossfk.rules.judge;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that a judge holds of one rule. */
final class RuleDesk {
  private final BoundRule bound;
  final DatabaseDesk child;
  final DatabaseDesk parent;

  /** Every key on the desk, open violations and resolved ones included. */
  final Map<Key, KeyCase> cases = new HashMap<>();

  /** Removed keys of a parent without a canonical form, until their referrers are known. */
  final Map<Key, KeyCase> referrers = new HashMap<>();

  /** Open violations; the one that was asked longest ago comes first. */
  final LinkedHashMap<Key, KeyCase> open = new LinkedHashMap<>();

  /** Suspected keys and keys whose look-up failed; with the open ones they make the load. */
  int suspected;

  RuleLife life;

  /**
   * False while a blind or overflowed rule waits for its audit: what its tables do is not judged.
   */
  boolean judging = true;

  /** Events that concern every key at once: truncates and gaps. */
  long removals;

  /** Removals from a parent without a canonical form: each may concern any key. */
  long spelledRemovals;

  long arrivals;

  long writings;

  /** Child rows that left a key which the log does not tell. */
  long leavings;

  long recheckDue;

  // An outage of look-ups: since when questions wait, and the pause that doubles.
  @Nullable String outage;
  long retryPauseNanos;
  long retryDue;

  @Nullable AuditRequest audit;

  /** Up to where the audit has handed out its keys, also while it waits to be tried again. */
  Optional<String> auditedTo = Optional.empty();

  Cause auditCause = Cause.EXISTING;
  boolean auditOpened;

  /** What was begun and not seen when the audit was asked: it must see them (I1). */
  List<TransactionId> auditMustSee = List.of();

  long auditDue;

  /** How often in a row the rule stopped judging soon after it had come back. */
  int stops;

  /** When it came back to watching. */
  long watchingSince;

  boolean auditWanted;

  /** Of which tables the log does not tell what the rule needs; no audit can mend that. */
  private final Map<TableReference, Position> unfit = new HashMap<>();

  RulePast past = RulePast.NONE;

  /** What the next audit must be asked with; see {@link AuditRequest}. */
  boolean auditAfterRunning;

  /** When the audit that runs, or goes on later, began at the beginning. */
  Instant auditBegan = Instant.EPOCH;

  /** When the next scheduled audit may start; of no meaning without a schedule. */
  Instant scheduleDue = Instant.MAX;

  /** Open violations that are ignored: they were there before the rule first watched. */
  int ignored;

  /** Whether the journal must be told of the rule's life. */
  boolean lifeChanged;

  /** Whether its life is another one than in the last cut. */
  boolean lifeIsNew;

  /** What it was since the last cut, and is no more, though readers should hear of it. */
  final List<RuleLife> passedLives = new ArrayList<>();

  RuleDesk(BoundRule bound, DatabaseDesk child, DatabaseDesk parent, RuleLife life) {
    this.bound = bound;
    this.child = child;
    this.parent = parent;
    this.life = life;
  }

  Rule rule() {
    return bound.rule();
  }

  KeyShape shape() {
    return bound.shape();
  }

  boolean unfit() {
    return !unfit.isEmpty();
  }

  /** A table does not do; it was seen at this position of its log. */
  void becomesUnfit(TableReference table, Position at) {
    unfit.merge(table, at, Position::larger);
  }

  /**
   * A table does, by a catalogue read at this position.
   *
   * @return true if this makes the rule fit again
   */
  boolean becomesFit(TableReference table, Position at) {
    Position since = unfit.get(table);
    if (since == null || at.isBefore(since)) {
      return false;
    }
    unfit.remove(table);
    return unfit.isEmpty();
  }

  /** After a gap its positions mean nothing; the next reading of the catalogue tells. */
  void forgetWhereUnfit(String database) {
    unfit.replaceAll((table, at) -> table.database().equals(database) ? Position.ZERO : at);
  }

  boolean cacheable(Key key) {
    return bound.shape().exact() && !key.partlyNull();
  }

  /**
   * Whether both logs are read from a known position on. An audit before that would leave out what
   * happens between its reading and the start of the streams.
   */
  boolean streamsFlow() {
    return child.known && parent.known;
  }

  /**
   * Where an audit may go on after a crash. Not if another one was asked for meanwhile: what that
   * is to find may lie in what was read already.
   */
  Optional<String> resumableAt() {
    return audit != null && auditWanted ? Optional.empty() : auditedTo;
  }

  int load() {
    return suspected + open.size();
  }
}
