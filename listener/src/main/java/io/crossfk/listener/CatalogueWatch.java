package io.crossfk.listener;

import io.crossfk.listener.check.CheckService;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.config.OnGap;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.SetupResult;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import io.crossfk.listener.source.postgres.TablePrints;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one database's catalogue, now and then, for what its log does not tell (design, section 5,
 * facts 6 and 11), and tells the judges. Tables that are no longer published are published again,
 * if that is allowed.
 */
final class CatalogueWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatalogueWatch.class);

  private final Configuration configuration;
  private final DatabaseSettings database;
  private final List<WatchedTable> tables;
  private final CheckService check;
  private final Map<String, KeyShape> shapes;
  private final Runnable outdated;
  private final Consumer<RuntimeException> faults;
  private final SlotAndPublication setup;
  private final CountDownLatch closing = new CountDownLatch(1);

  private final AtomicLong readings = new AtomicLong();
  private final AtomicLong foundUnfit = new AtomicLong();

  // Of the watch's thread, once it is started.
  private long answeredUnfit;
  private Map<TableReference, String> lastPrints = Map.of();
  private Map<TableReference, String> unfit = Map.of();
  private Stream stream = prints -> {};

  /**
   * @param shapes how the rules' keys are read in this session, by rule
   * @param outdated told, by the watch's thread, that they are to be read in another way
   */
  CatalogueWatch(
      Configuration configuration,
      DatabaseSettings database,
      List<WatchedTable> tables,
      CheckService check,
      Map<String, KeyShape> shapes,
      Runnable outdated,
      Consumer<RuntimeException> faults) {
    this.configuration = configuration;
    this.database = database;
    this.tables = List.copyOf(tables);
    this.check = check;
    this.shapes = Map.copyOf(shapes);
    this.outdated = outdated;
    this.faults = faults;
    this.setup =
        new SlotAndPublication(Parts.source(database), database.slot(), database.publication());
  }

  /** The change stream of the database. */
  interface Stream {
    /** Lets it begin anew where it stands, knowing the tables by these prints. */
    void renew(TablePrints prints) throws InterruptedException;
  }

  /**
   * Goes on from the reading that was made before the stream began, with which nothing was amiss.
   */
  void start(TablePrints first, Stream ofDatabase) {
    lastPrints = first.prints();
    stream = ofDatabase;
    Thread.ofVirtual().name("crossfk-catalogue-" + database.name()).start(this::watch);
  }

  /**
   * The stream found a table unfit, and only a reading of the catalogue makes it fit again; also if
   * all is as it was, since it was another way in between. Any thread.
   */
  void streamFoundUnfit() {
    foundUnfit.incrementAndGet();
  }

  private void watch() {
    try {
      while (!closing.await(database.probe().toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          look();
          readings.incrementAndGet();
        } catch (SQLException unreachable) {
          log.atDebug()
              .addKeyValue("database", database.name())
              .addKeyValue("reason", unreachable.getMessage())
              .log("the catalogue cannot be read now; it will be tried again");
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException fault) {
      faults.accept(fault);
    }
  }

  private void look() throws SQLException, InterruptedException {
    long found = foundUnfit.get(); // Before the reading, which must be newer (I2).
    TablePrints prints = setup.prints(tables);
    if (prints.prints().equals(lastPrints)) {
      if (unfit.isEmpty() && found == answeredUnfit) {
        return;
      }
    } else {
      // PostgreSQL's sender goes on to use the name that a partitioned table had when it first told
      // of one of its partitions, also after the table was renamed back. What it told wrongly until
      // now was visible before the audit that follows.
      stream.renew(prints);
      prints = setup.prints(tables);
    }
    Diagnosis diagnosis =
        found == answeredUnfit
            ? diagnose(prints)
            : Diagnosis.of(configuration, database, tables); // The stream said it of any of them.
    tell(prints, reasons(diagnosis));
    answeredUnfit = found;
    if (!diagnosis.readOtherwise(shapes).isEmpty()) {
      outdated.run();
    } else if (!diagnosis.unpublished().isEmpty()
        && diagnosis.unfit().isEmpty()
        && diagnosis.mayPublish()
        && database.onGap() == OnGap.AUDIT) {
      publish();
    }
  }

  /** Not without a slot: it is about to be made anew, and the publication with it. */
  private void publish() throws SQLException, InterruptedException {
    if (setup.prepareWithSlot(tables).orElse(null) instanceof SetupResult.Ready ready) {
      log.atInfo()
          .addKeyValue("database", database.name())
          .addKeyValue("executed", ready.executed())
          .log("published again");
      TablePrints after = setup.prints(tables);
      tell(after, reasons(diagnose(after)));
    }
  }

  /** Of the tables that stand differently than before, or were unfit. */
  private Diagnosis diagnose(TablePrints prints) throws SQLException, InterruptedException {
    List<WatchedTable> concerned =
        tables.stream()
            .filter(
                table ->
                    unfit.containsKey(table.table())
                        || !Objects.equals(
                            prints.prints().get(table.table()), lastPrints.get(table.table())))
            .toList();
    return Diagnosis.of(configuration, database, concerned);
  }

  private Map<TableReference, String> reasons(Diagnosis diagnosis) {
    Map<TableReference, String> reasons = new HashMap<>(diagnosis.unfit());
    boolean byHand = database.onGap() == OnGap.STOP || !diagnosis.mayPublish();
    for (TableReference table : diagnosis.unpublished()) {
      reasons.putIfAbsent(
          table,
          table
              + " is not published as its rules need"
              + (database.onGap() == OnGap.STOP ? ", and on-gap is stop" : "")
              + (byHand ? ": run " + String.join(" ", diagnosis.statements()) : ""));
    }
    for (String name : diagnosis.readOtherwise(shapes)) {
      // What the judges were told of the columns holds no more; a new session tells others.
      Rule rule = configuration.rules().named(name).orElseThrow();
      for (TableKey side : List.of(rule.child(), rule.parent())) {
        if (side.database().equals(database.name())) {
          reasons.putIfAbsent(
              side.table(), side + " and what it compares with have other types than before");
        }
      }
    }
    return reasons;
  }

  private void tell(TablePrints prints, Map<TableReference, String> reasons) {
    Map<TableReference, Event.TableStanding> standings = new HashMap<>();
    prints
        .prints()
        .forEach(
            (table, print) -> {
              Optional<String> reason = Optional.ofNullable(reasons.get(table));
              standings.put(table, new Event.TableStanding(print, reason));
              if (!print.equals(lastPrints.get(table))
                  || !reason.equals(Optional.ofNullable(unfit.get(table)))) {
                log.atWarn()
                    .addKeyValue("database", database.name())
                    .addKeyValue("table", table)
                    .addKeyValue("reason", reason.orElse("nothing is in the way of its rules"))
                    .log("the catalogue tells of a change that the log does not");
              }
            });
    check.catalogueRead(new Event.CatalogueRead(database.name(), standings, prints.logEnd()));
    lastPrints = prints.prints();
    unfit = Map.copyOf(reasons);
  }

  /** How many readings are done. */
  long readings() {
    return readings.get();
  }

  /** What a stream begins with: told before anything of it. */
  static Event.CatalogueRead firstReading(String database, TablePrints prints) {
    Map<TableReference, Event.TableStanding> standings = new HashMap<>();
    prints
        .prints()
        .forEach(
            (table, print) ->
                standings.put(table, new Event.TableStanding(print, Optional.empty())));
    return new Event.CatalogueRead(database, standings, prints.logEnd());
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
