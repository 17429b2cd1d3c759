package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.Rule;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Makes cuts durable, those of all judges that wait in one transaction (I5). While this object
 * lives and has reported no fault, no other writer of this installation can have committed
 * anything.
 *
 * <p>Any thread may use it. Callbacks run on the feed's one thread, in the order in which their
 * work was handed in; they must be quick, and may hand in more.
 */
public final class FeedWriter implements AutoCloseable {

  /** How long {@link #close()} tries to write what was handed in. */
  public static final Duration CLOSING_TIME = Duration.ofSeconds(3);

  private final Function<String, KeyShape> shapes;
  private final InstantSource clock;
  private final Journal journal;
  private final EarlierLives earlierLives;
  private final Alerts alerts;
  private final FeedLoop loop;

  /** By judge: what the journal has, or will have once all that was handed in is durable. */
  private final Map<String, Map<String, Position>> positions = new ConcurrentHashMap<>();

  private FeedWriter(
      Function<String, KeyShape> shapes,
      InstantSource clock,
      Journal journal,
      EarlierLives earlierLives,
      Alerts alerts,
      FeedLoop loop) {
    this.shapes = shapes;
    this.clock = clock;
    this.journal = journal;
    this.earlierLives = earlierLives;
    this.alerts = alerts;
    this.loop = loop;
    journal
        .entriesOf(JournalEntry.Positions.class)
        .forEach(entry -> positions.put(entry.judge(), entry.positions()));
  }

  /**
   * Takes the feed over from whoever had it, in the order of I5: fences the former writer and ends
   * its open transaction, then reads the journal to its end. Waits for brokers that are away, up to
   * the producer's {@code max.block.ms}.
   *
   * @param shapes how the keys of a rule are written, by the rule's name; asked only for rules of
   *     cuts that are handed in, on the thread that does
   * @param rules the configured rules by name, also those that are not judged in this run; asked
   *     for whose alert it is
   * @param clock wall clock, for what the feed itself resolves or forgets
   * @param faults told once if the feed is lost
   */
  public static FeedWriter takeOver(
      FeedSettings settings,
      Function<String, KeyShape> shapes,
      Function<String, Optional<Rule>> rules,
      InstantSource clock,
      FaultHandler faults)
      throws FeedStartException {
    KafkaProperties properties = new KafkaProperties(settings);
    Transactions transactions = Transactions.takeOver(settings, properties);
    try {
      Journal journal = new JournalReader(settings, properties).read();
      EarlierLives earlierLives = new EarlierLives(journal);
      FeedLoop loop =
          new FeedLoop(
              settings, transactions, earlierLives, clock, faults, UUID.randomUUID().toString());
      loop.start();
      return new FeedWriter(shapes, clock, journal, earlierLives, new Alerts(journal, rules), loop);
    } catch (FeedStartException | RuntimeException failed) {
      transactions.close();
      throw failed;
    }
  }

  /** What was durable at the takeover, less what was retired since. */
  public Journal journal() {
    return journal;
  }

  /**
   * Writes a cut. A judge may have one cut under way at a time.
   *
   * @param durable called when the cut, and everything handed in before it, can be read by every
   *     committed reader; never called if the feed is lost before
   */
  public void submit(Cut cut, Runnable durable) {
    JournalChange change = CutRecords.of(cut, shapes, earlierLives, alerts, clock.instant());
    Optional<JournalEntry> moved = moved(cut);
    if (moved.isPresent()) {
      List<JournalEntry> written = new ArrayList<>(change.written());
      written.add(moved.get());
      change = new JournalChange(change.events(), written, change.deleted());
    }
    loop.submit(change, durable);
  }

  /** The judge's positions, if they differ from what the journal has. */
  private Optional<JournalEntry> moved(Cut cut) {
    Map<String, Position> before = positions.getOrDefault(cut.judge(), Map.of());
    Map<String, Position> after = new HashMap<>(before);
    after.putAll(cut.positions());
    if (after.equals(before)) {
      return Optional.empty();
    }
    positions.put(cut.judge(), after);
    return Optional.of(new JournalEntry.Positions(cut.judge(), after));
  }

  /**
   * Remembers which server a database's positions belong to from now on. What a difference leads to
   * (blind rules, an audit) must be handed in before, as cuts: whoever reads this entry after a
   * crash sees no difference any more.
   *
   * @param durable as in {@link #submit}
   */
  public void identify(String database, SourceIdentity identity, Runnable durable) {
    loop.submit(
        new JournalChange(
            List.of(), List.of(new JournalEntry.Database(database, identity)), List.of()),
        durable);
  }

  /**
   * Takes out of the journal what the configured rules leave without a use, and returns when that
   * is durable. Rules that are gone or disabled, and those whose fingerprint differs: their open
   * violations and alerts are resolved, their suspicions go. Judges without a rule, and databases
   * of a judge that none of its rules reads: their positions go. Alerts that the others owe are
   * told. Call it before any judge starts.
   *
   * @param configured the enabled rules, bound or not; a judge has the name of their parent table
   * @return why each retired rule was retired, by rule name
   * @throws FeedFault if the feed is lost meanwhile; the fault handler knows it too
   */
  public synchronized Map<String, Resolution> reconcile(Collection<Rule> configured)
      throws InterruptedException {
    Map<String, Resolution> outdated = journal.outdated(configured);
    apply(Retirement.ofAllBut(journal, configured, clock.instant()));
    apply(alerts.catchUp(journal.rules(), clock.instant()));
    return outdated;
  }

  /**
   * Retires one rule, and returns when that is durable: resolves its open violations and alerts
   * with this resolution from what the journal knows of them, and drops everything else of it.
   * Their tombstones follow a day later. Call it before the rule's judge starts.
   *
   * @throws FeedFault if the feed is lost meanwhile; the fault handler knows it too
   */
  public synchronized void retire(String rule, Resolution resolution) throws InterruptedException {
    apply(Retirement.ofRules(journal, Map.of(rule, resolution), clock.instant()));
  }

  /**
   * Forgets, durably, the positions of judges that will not hear what a stream brings while only
   * these rules are judged: they would drag the stream back behind what its slot has forgotten. The
   * rules of such judges must be blind in the journal before, since only an audit finds what they
   * miss.
   *
   * @param judged the rules of this run
   * @throws FeedFault if the feed is lost meanwhile; the fault handler knows it too
   */
  public synchronized void leaveBehind(Collection<Rule> judged) throws InterruptedException {
    apply(Retirement.ofPositionsLeftBehind(journal, judged, clock.instant()));
  }

  private void apply(JournalChange change) throws InterruptedException {
    journal.apply(change);
    for (JournalEntry entry : change.written()) {
      if (entry instanceof JournalEntry.Positions kept) {
        positions.put(kept.judge(), kept.positions());
      } else if (entry instanceof JournalEntry.Retired retired) {
        earlierLives.owe(List.of(retired));
      }
    }
    change.deleted().forEach(alerts::forget);
    positions
        .keySet()
        .removeIf(judge -> change.deleted().contains(JournalEntry.Positions.key(judge)));
    loop.write(change);
  }

  /** Makes sure, by a transaction, that no other writer has taken over; if one has: the fault. */
  public void prove() {
    loop.prove();
  }

  public FeedTally tally() {
    return loop.tally();
  }

  /** Writes what was handed in, within {@link #CLOSING_TIME}, and ends. */
  @Override
  public void close() {
    close(CLOSING_TIME);
  }

  /**
   * Writes what was handed in, for at most this long, and ends.
   *
   * @return true if all of it is durable
   */
  public boolean close(Duration atMost) {
    return loop.close(atMost);
  }
}
