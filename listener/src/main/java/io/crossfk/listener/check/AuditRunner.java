package io.crossfk.listener.check;

import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.AuditReader;
import io.crossfk.listener.lookup.AuditSink;
import io.crossfk.listener.lookup.LookupException;
import io.crossfk.rules.judge.AuditRequest;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the children of a rule for its judge, one rule at a time: an audit is a scan of a
 * production table, and two at once would hurt it twice.
 */
final class AuditRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuditRunner.class);
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration BARRIER_PATIENCE = Duration.ofSeconds(20);

  /** What a key in a mailbox is reckoned at; audits share the bound of changes. */
  private static final long KEY_BYTES = 64;

  private final AuditReader reader;
  private final Map<String, BoundRule> rules;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("crossfk-audit").factory());
  private final Map<String, AuditRequest> latest = new ConcurrentHashMap<>();
  private final Map<String, Long> barriers = new ConcurrentHashMap<>();
  private final Set<String> barred;
  private final InstantSource wall;
  private volatile boolean closed;

  /**
   * @param rules by name
   * @param barred databases of which a table was published since its rule was last audited: their
   *     audits wait until every transaction that runs now has ended (section 5, fact 12)
   */
  AuditRunner(
      AuditReader reader, Map<String, BoundRule> rules, Set<String> barred, InstantSource wall) {
    this.reader = reader;
    this.wall = wall;
    this.rules = Map.copyOf(rules);
    this.barred = ConcurrentHashMap.newKeySet();
    this.barred.addAll(barred);
  }

  /** Reads soon; a request for the same rule that is older is void. */
  void run(AuditRequest request, Mailbox mailbox) {
    latest.put(request.rule().name(), request);
    if (request.afterRunning()) {
      bar(request.rule().child().database());
      bar(request.rule().parent().database());
    }
    thread.execute(() -> read(request, mailbox));
  }

  /** Audits of this database wait until every transaction that runs from now on has ended. */
  private void bar(String database) {
    barriers.remove(database);
    barred.add(database);
  }

  private void read(AuditRequest request, Mailbox mailbox) {
    if (!isWanted(request)) {
      return;
    }
    Rule rule = request.rule();
    BoundRule bound = rules.get(rule.name());
    if (bound == null) {
      throw new IllegalArgumentException("no rule " + rule.name());
    }
    String lane = "audit:" + rule.name();
    if (isOver(request)) {
      put(mailbox, lane, new Event.AuditPaused(request));
      return;
    }
    try {
      if (!pastBarrier(rule.child().database()) || !pastBarrier(rule.parent().database())) {
        put(
            mailbox,
            lane,
            new Event.AuditFailed(request, "a transaction of before the publishing still runs"));
        return;
      }
      log.atInfo()
          .addKeyValue("rule", rule.name())
          .addKeyValue("from", request.from().orElse("the beginning"))
          .log("audit starts: reading the child table");
      AuditOutcome outcome =
          reader.audit(bound, request.from(), new ToMailbox(request, mailbox, lane));
      switch (outcome) {
        case AuditOutcome.Complete complete -> {
          put(mailbox, lane, new Event.AuditEnded(request));
          log.atInfo()
              .addKeyValue("rule", rule.name())
              .addKeyValue("rows", complete.rows())
              .log("audit has read the child table");
        }
        case AuditOutcome.Failed failed -> failed(request, mailbox, lane, failed.reason());
        case AuditOutcome.Aborted aborted -> {
          if (isWanted(request) && isOver(request)) {
            put(mailbox, lane, new Event.AuditPaused(request));
            log.atInfo()
                .addKeyValue("rule", rule.name())
                .log("audit stops here, its hours are over; it goes on in the next");
          } else {
            log.atDebug().addKeyValue("rule", rule.name()).log("audit aborted");
          }
        }
      }
    } catch (LookupException unreachable) {
      failed(request, mailbox, lane, String.valueOf(unreachable.getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void failed(AuditRequest request, Mailbox mailbox, String lane, String reason) {
    if (!closed) {
      log.atWarn()
          .addKeyValue("rule", request.rule().name())
          .addKeyValue("reason", reason)
          .log("audit failed; it will be tried again");
    }
    put(mailbox, lane, new Event.AuditFailed(request, reason));
  }

  private static void put(Mailbox mailbox, String lane, Event event) {
    mailbox.force(lane, event);
  }

  private boolean isWanted(AuditRequest request) {
    return !closed && request.equals(latest.get(request.rule().name()));
  }

  /** Whether its hours are over. */
  private boolean isOver(AuditRequest request) {
    return request.until().stream().anyMatch(until -> !wall.instant().isBefore(until));
  }

  private boolean pastBarrier(String database) throws InterruptedException {
    if (!barred.contains(database)) {
      return true;
    }
    long barrier = barriers.computeIfAbsent(database, reader::nextTransaction);
    if (!reader.waitUntilEnded(database, barrier, BARRIER_PATIENCE)) {
      log.atWarn()
          .addKeyValue("database", database)
          .addKeyValue("transaction", barrier)
          .log("a baseline waits for transactions that are older than the publication");
      return false;
    }
    barred.remove(database);
    return true;
  }

  /** Hands what is read to the judge; holds the reading back while the judge has no room. */
  private final class ToMailbox implements AuditSink {
    private final AuditRequest request;
    private final Mailbox mailbox;
    private final String lane;

    ToMailbox(AuditRequest request, Mailbox mailbox, String lane) {
      this.request = request;
      this.mailbox = mailbox;
      this.lane = lane;
    }

    @Override
    public boolean opened(Sight child) {
      put(mailbox, lane, new Event.AuditOpened(request, child));
      return isWanted(request);
    }

    @Override
    public boolean keys(List<Key> keys) {
      List<Event> event = List.of(new Event.AuditKeys(request, keys));
      try {
        while (isWanted(request)) {
          if (mailbox.offer(lane, event, keys.size() * KEY_BYTES, PATIENCE)) {
            return true;
          }
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      return false;
    }

    @Override
    public boolean passed(String place) {
      put(mailbox, lane, new Event.AuditPassed(request, place));
      return isWanted(request) && !isOver(request);
    }
  }

  /** Ends the audit that runs; its rule is still in the journal as not audited. */
  @Override
  public void close() {
    closed = true;
    thread.shutdownNow();
  }
}
