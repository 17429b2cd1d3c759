package io.crossfk.listener.check;

import io.crossfk.listener.source.ChangeSink;
import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.ChangeBatch;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one database's source delivers: to every judge that its rows matter to. A batch is done
 * when the last judge has room for it; until then the source reads nothing more.
 */
final class Router implements ChangeSink {
  private static final Logger log = LoggerFactory.getLogger(Router.class);

  private final String database;
  private final List<JudgeLane> lanes;
  private final DurablePositions positions;
  private final SourceEvents events;

  private @Nullable ChangeBatch taken;
  private int delivered;

  Router(String database, List<JudgeLane> lanes, DurablePositions positions, SourceEvents events) {
    this.database = database;
    this.lanes = List.copyOf(lanes);
    this.positions = positions;
    this.events = events;
  }

  @Override
  public void streamStarted(SourceIdentity identity, Position from) {
    boolean lossy = events.started(database, identity);
    taken = null;
    if (lossy) {
      tellGap(database + " recovered from a crash: commits may have vanished");
    }
    lanes.forEach(lane -> lane.restart(from));
    log.atInfo()
        .addKeyValue("database", database)
        .addKeyValue("position", from)
        .log("change stream started");
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the same batch is offered again
  public boolean offer(ChangeBatch batch, Duration patience) throws InterruptedException {
    if (batch != taken) {
      for (JudgeLane lane : lanes) {
        for (Change change : batch.changes()) {
          lane.take(change);
        }
      }
      taken = batch;
      delivered = 0;
    }
    while (delivered < lanes.size()) {
      if (!lanes.get(delivered).deliver(batch.bytes(), patience)) {
        return false;
      }
      delivered++;
    }
    taken = null;
    return true;
  }

  @Override
  public void streamLost(String reason) {
    log.atWarn()
        .addKeyValue("database", database)
        .addKeyValue("reason", reason)
        .log("change stream lost; trying again");
    events.lost(database, reason);
  }

  @Override
  public void gap(Gap gap) {
    log.atError()
        .addKeyValue("database", database)
        .addKeyValue("reason", gap.message())
        .log("change stream has a gap: its rules are blind until an audit");
    tellGap(events.reasonOf(gap));
    events.gap(database, gap);
  }

  /** Positions and judges hear of it together: a cut from before must move no slot after it. */
  void tellGap(String reason) {
    positions.gap();
    lanes.forEach(lane -> lane.gap(reason));
  }

  @Override
  public void unfit(TableReference table, String message) {
    log.atError()
        .addKeyValue("database", database)
        .addKeyValue("table", table)
        .addKeyValue("reason", message)
        .log("the log of a table does not tell what its rules need");
    lanes.forEach(lane -> lane.unfit(table, message));
    events.unfit(database);
  }

  @Override
  public void failed(RuntimeException fault) {
    events.failed(database, fault);
  }
}
