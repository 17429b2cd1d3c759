package io.crossfk.listener.source.postgres;

import static org.awaitility.Awaitility.await;

import io.crossfk.listener.source.ChangeSink;
import io.crossfk.listener.source.Gap;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.ChangeBatch;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.Row;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Remembers what a source said, in words that a test can compare. */
class RecordingSink implements ChangeSink {
  final List<SourceIdentity> started = new CopyOnWriteArrayList<>();
  final List<Position> startedFrom = new CopyOnWriteArrayList<>();
  final List<String> lost = new CopyOnWriteArrayList<>();
  final List<Gap> gaps = new CopyOnWriteArrayList<>();
  final List<String> unfit = new CopyOnWriteArrayList<>();
  final List<RuntimeException> faults = new CopyOnWriteArrayList<>();

  private final List<Change> changes = new ArrayList<>(); // guarded by itself
  private final Semaphore room = new Semaphore(Integer.MAX_VALUE / 2);

  @Override
  public void streamStarted(SourceIdentity identity, Position from) {
    startedFrom.add(from);
    started.add(identity);
  }

  @Override
  public boolean offer(ChangeBatch batch, Duration patience) throws InterruptedException {
    if (!room.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    synchronized (changes) {
      changes.addAll(batch.changes());
    }
    return true;
  }

  @Override
  public void streamLost(String reason) {
    lost.add(reason);
  }

  @Override
  public void gap(Gap gap) {
    gaps.add(gap);
  }

  @Override
  public void unfit(TableReference table, String message) {
    unfit.add(table + ": " + message);
  }

  @Override
  public void failed(RuntimeException fault) {
    faults.add(fault);
  }

  /** From now on nothing fits. */
  void fill() {
    room.drainPermits();
  }

  void makeRoom() {
    room.release(Integer.MAX_VALUE / 2);
  }

  List<Change> changes() {
    synchronized (changes) {
      return List.copyOf(changes);
    }
  }

  /** The last position that may be acknowledged. */
  Position end() {
    Position end = Position.ZERO;
    for (Change change : changes()) {
      if (change instanceof Change.Commit commit) {
        end = commit.end();
      } else if (change instanceof Change.Progress progress) {
        end = progress.position();
      }
    }
    return end;
  }

  /** What came, without positions, once that many transactions have ended. */
  List<String> storyOf(int transactions) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> commits() >= transactions);
    return story();
  }

  long commits() {
    return changes().stream().filter(Change.Commit.class::isInstance).count();
  }

  List<String> story() {
    return changes().stream()
        .filter(change -> !(change instanceof Change.Progress))
        .map(RecordingSink::words)
        .toList();
  }

  private static String words(Change change) {
    return switch (change) {
      case Change.Begin begin -> "begin";
      case Change.Commit commit -> "commit";
      case Change.Progress progress -> "progress";
      case Change.Insert insert -> "insert " + words(insert.table(), insert.row());
      case Change.Update update ->
          "update "
              + update.before().map(row -> words(update.table(), row) + " -> ").orElse("")
              + words(update.table(), update.after());
      case Change.Delete delete ->
          "delete "
              + words(delete.table(), delete.before())
              + (delete.beforeIsWhole() ? " whole" : "");
      case Change.Truncate truncate ->
          "truncate "
              + truncate.tables().stream()
                  .map(table -> table.reference().table())
                  .collect(Collectors.joining(", "));
    };
  }

  private static String words(Table table, Row row) {
    StringBuilder words = new StringBuilder(table.reference().table()).append('(');
    for (int i = 0; i < row.size(); i++) {
      words
          .append(i == 0 ? "" : ", ")
          .append(table.columns().get(i).name())
          .append('=')
          .append(row.isUnchanged(i) ? "<unchanged>" : row.value(i));
    }
    return words.append(')').toString();
  }
}
