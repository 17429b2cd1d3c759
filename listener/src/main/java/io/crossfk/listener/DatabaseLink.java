package io.crossfk.listener;

import io.crossfk.listener.check.CheckService;
import io.crossfk.listener.check.SourceEvents;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.config.OnGap;
import io.crossfk.listener.feed.FeedWriter;
import io.crossfk.listener.source.ChangeSource;
import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.PostgresAddress;
import io.crossfk.listener.source.postgres.PostgresSource;
import io.crossfk.listener.source.postgres.PostgresSourceSettings;
import io.crossfk.listener.source.postgres.SetupResult;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import io.crossfk.listener.source.postgres.SlotState;
import io.crossfk.listener.source.postgres.StreamLimits;
import io.crossfk.listener.source.postgres.TablePrints;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database's stream over its whole life: where it begins, which server it is, and what follows
 * a gap (a new slot or a new source; the judges are blind until they have audited).
 */
final class DatabaseLink implements SourceEvents, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabaseLink.class);
  private static final Duration RENEWAL_PATIENCE = Duration.ofSeconds(5);
  private static final Duration RECOVERY_PAUSE = Duration.ofSeconds(2);

  private final PostgresAddress address;
  private final String slot;
  private final String publication;
  private final OnGap onGap;
  private final List<WatchedTable> tables;
  private final CatalogueWatch catalogue;
  private final CheckService check;
  private final FeedWriter feed;
  private final Consumer<RuntimeException> faults;
  private final CountDownLatch closing = new CountDownLatch(1);

  private @Nullable SourceIdentity identity;
  private boolean identityIsJournaled;
  private @Nullable ChangeSource source;
  private volatile boolean connected;

  DatabaseLink(
      DatabaseSettings database,
      List<WatchedTable> tables,
      CatalogueWatch catalogue,
      CheckService check,
      FeedWriter feed,
      Consumer<RuntimeException> faults) {
    this.address = Parts.source(database);
    this.slot = database.slot();
    this.publication = database.publication();
    this.onGap = database.onGap();
    this.catalogue = catalogue;
    this.tables = List.copyOf(tables);
    this.check = check;
    this.feed = feed;
    this.faults = faults;
  }

  /**
   * Starts the stream where the journal says (I5), or where the slot begins.
   *
   * @param ready publication and slot as set-up left them
   * @param prints of the tables, read after that
   * @param watched tables of rules that the journal knows: their changes must have been published
   */
  synchronized void start(
      SetupResult.Ready ready, TablePrints prints, Set<TableReference> watched) {
    String database = address.database();
    Optional<SourceIdentity> journaled = feed.journal().identity(database).map(Parts::fromJournal);
    Optional<Position> remembered = check.rememberedPosition(database);
    identity = ready.identity();
    identityIsJournaled = journaled.isPresent() && sameAs(journaled.get(), ready.identity());
    Position startAt = startOf(ready.slot());
    if (remembered.isPresent()) {
      Optional<String> gap = gapSince(journaled, ready, watched);
      if (gap.isPresent()) {
        log.atError()
            .addKeyValue("database", database)
            .addKeyValue("reason", gap.get())
            .log("change stream has a gap: its rules are blind until an audit");
        check.gap(database, withWhatFollows(gap.get()), this);
        if (onGap == OnGap.STOP) {
          return;
        }
      } else {
        startAt = remembered.get();
        if (journaled.isPresent() && ready.identity().mayHaveLostCommits(journaled.get())) {
          check.gap(database, "the server crashed: commits may have vanished", this);
        }
      }
    }
    open(ready.identity(), startAt, prints);
    catalogue.start(prints, this::renew);
  }

  /** There is no slot any more, and none may be made: the rules are blind, and stay so. */
  void stayBlind(String reason) {
    check.gap(address.database(), withWhatFollows(reason), this);
  }

  private String withWhatFollows(String reason) {
    return onGap == OnGap.AUDIT
        ? reason
        : reason
            + ". on-gap is stop: have a look, then start with --on-gap audit, which makes the"
            + " stream anew and audits its rules";
  }

  @Override
  public String reasonOf(Gap gap) {
    return withWhatFollows(gap.message());
  }

  /** Identities are compared before the slots are opened (I5, section 5, fact 9). */
  private static Optional<String> gapSince(
      Optional<SourceIdentity> journaled, SetupResult.Ready ready, Set<TableReference> watched) {
    if (journaled.isEmpty()) {
      // A cut became durable, and the process died before it told whose positions those are.
      return Optional.of("the journal has positions and does not say of which server");
    }
    if (!journaled.get().sameHistoryAs(ready.identity())) {
      return Optional.of(new Gap.IdentityChanged(journaled.get(), ready.identity()).message());
    }
    if (ready.slot() instanceof SlotState.Created created) {
      return Optional.of(new Gap.SlotMissing(created.name()).message());
    }
    // PostgreSQL 18 skips in silence what happened before a publication was made again.
    return ready.added().stream()
        .filter(watched::contains)
        .findFirst()
        .map(table -> table + " was not published any more: its changes are missing");
  }

  private static boolean sameAs(SourceIdentity one, SourceIdentity other) {
    return one.sameHistoryAs(other) && one.life().equals(other.life());
  }

  private static Position startOf(SlotState slot) {
    return switch (slot) {
      case SlotState.Created created -> created.consistentPoint();
      case SlotState.Existing existing -> existing.confirmedFlush();
    };
  }

  private void open(SourceIdentity expected, Position startAt, TablePrints prints) {
    check.catalogueRead(CatalogueWatch.firstReading(address.database(), prints));
    ChangeSource opened =
        new PostgresSource(
            new PostgresSourceSettings(
                address,
                slot,
                publication,
                startAt,
                Optional.of(expected),
                tables,
                prints.oids(),
                StreamLimits.DEFAULT),
            check.sinkFor(address.database(), this));
    source = opened;
    check.sourceStarts(address.database(), position -> acknowledge(opened, position));
    opened.start();
  }

  /**
   * Every judge's cut up to here is durable. If the server is another one than the journal says,
   * the judges know (they were told before any position of it), and so the journal may know too.
   */
  private void acknowledge(ChangeSource to, Position position) {
    SourceIdentity toJournal = null;
    synchronized (this) {
      if (!identityIsJournaled && identity != null) {
        identityIsJournaled = true;
        toJournal = identity;
      }
    }
    if (toJournal != null) {
      feed.identify(address.database(), Parts.toJournal(toJournal), () -> {});
    }
    to.acknowledge(position);
  }

  @Override
  public synchronized boolean started(String database, SourceIdentity found) {
    connected = true;
    SourceIdentity before = identity;
    identity = found;
    if (before == null || sameAs(before, found)) {
      return false;
    }
    identityIsJournaled = false;
    return found.mayHaveLostCommits(before);
  }

  @Override
  public void lost(String database, String reason) {
    connected = false;
  }

  @Override
  public void gap(String database, Gap gap) {
    connected = false;
    if (onGap == OnGap.STOP) {
      return;
    }
    Thread.ofVirtual().name("crossfk-recovery-" + database).start(() -> recover(gap));
  }

  @Override
  public void unfit(String database) {
    catalogue.streamFoundUnfit();
  }

  @Override
  public void failed(String database, RuntimeException fault) {
    faults.accept(fault);
  }

  /** Makes slot and source anew, for as long as it takes; the judges are blind meanwhile. */
  private void recover(Gap gap) {
    boolean dropSlot = gap instanceof Gap.SlotInvalidated || gap instanceof Gap.PublicationMissing;
    try {
      while (closing.getCount() > 0) {
        if (reopen(dropSlot)) {
          return;
        }
        if (closing.await(RECOVERY_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException fault) {
      faults.accept(fault);
    }
  }

  private boolean reopen(boolean dropSlot) {
    try {
      SlotAndPublication setup = new SlotAndPublication(address, slot, publication);
      if (dropSlot) {
        setup.dropSlot();
      }
      return switch (setup.prepare(tables)) {
        case SetupResult.Ready ready -> {
          openAfterGap(ready, setup.prints(tables));
          yield true;
        }
        case SetupResult.Refused refused -> {
          log.atError()
              .addKeyValue("database", address.database())
              .addKeyValue("refusals", refused.refusals())
              .log("the stream cannot be made anew; its rules stay blind");
          yield false;
        }
      };
    } catch (SQLException unreachable) {
      log.atWarn()
          .addKeyValue("database", address.database())
          .addKeyValue("reason", unreachable.getMessage())
          .log("the stream cannot be made anew yet; trying again");
      return false;
    }
  }

  private synchronized void openAfterGap(SetupResult.Ready ready, TablePrints prints) {
    if (closing.getCount() == 0) {
      return;
    }
    if (source != null) {
      source.close();
    }
    identity = ready.identity();
    identityIsJournaled = false;
    open(ready.identity(), startOf(ready.slot()), prints);
    log.atInfo()
        .addKeyValue("database", address.database())
        .addKeyValue("position", startOf(ready.slot()))
        .log("change stream made anew after a gap; its rules are audited");
  }

  /** Lets the stream begin anew where it stands, and waits for that, for some seconds. */
  private void renew(TablePrints prints) throws InterruptedException {
    ChangeSource open;
    synchronized (this) {
      open = source;
    }
    if (open != null && !open.renew(prints.oids(), RENEWAL_PATIENCE)) {
      log.atDebug()
          .addKeyValue("database", address.database())
          .log("the stream has no connection now; its next one will be new");
    }
  }

  /** How often its catalogue was read since its stream began. */
  long catalogueReadings() {
    return catalogue.readings();
  }

  boolean isConnected() {
    return connected;
  }

  /** Sends a last acknowledgement and ends the stream. */
  @Override
  public void close() {
    closing.countDown();
    catalogue.close();
    ChangeSource open;
    synchronized (this) {
      open = source;
    }
    if (open != null) {
      open.close();
    }
  }
}
