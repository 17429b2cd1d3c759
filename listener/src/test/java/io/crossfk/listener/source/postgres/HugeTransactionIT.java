package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.rules.change.Change;
import io.crossfk.rules.change.ChangeBatch;
import io.crossfk.rules.change.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Section 5, fact 4: nothing holds a whole transaction. */
@Isolated("it measures the heap")
final class HugeTransactionIT {
  private static final Logger LOGGER = LoggerFactory.getLogger(HugeTransactionIT.class);
  private static final int ROWS = 500_000;

  /** Counts, forgets, and looks at the heap in the middle of it. */
  private static final class CountingSink extends RecordingSink {
    final AtomicLong rows = new AtomicLong();
    final AtomicLong commits = new AtomicLong();
    volatile int largestBatch;
    volatile long largestBytes;
    volatile long heapInTheMiddle;
    volatile long begunAt;
    volatile long endedAt;

    @Override
    public boolean offer(ChangeBatch batch, Duration patience) {
      largestBatch = Math.max(largestBatch, batch.changes().size());
      largestBytes = Math.max(largestBytes, batch.bytes());
      for (Change change : batch.changes()) {
        switch (change) {
          case Change.Begin begin -> begunAt = System.nanoTime();
          case Change.Insert insert -> {
            if (rows.incrementAndGet() == ROWS / 2 && heapInTheMiddle == 0) {
              heapInTheMiddle = usedHeap();
            }
          }
          case Change.Commit commit -> {
            endedAt = System.nanoTime();
            commits.incrementAndGet();
          }
          default -> {}
        }
      }
      return true;
    }
  }

  @Test
  void aTransactionOfHalfAMillionRowsTakesTheMemoryOfABatch() throws SQLException {
    CountingSink sink = new CountingSink();
    try (TestDatabase database = TestDatabase.on(Servers.version(18))) {
      database.execute("create table orders (id bigint primary key, user_id bigint, note text)");
      Position from = database.publish("orders (id, user_id)");
      String insert =
          "insert into orders select n, n * 7, repeat('x', 50) from generate_series(%d, %d) n";
      long before = usedHeap();
      try (PostgresSource source =
          new PostgresSource(database.settings(from, watched("orders", "id", "user_id")), sink)) {
        source.start();
        database.execute(insert.formatted(1, ROWS));
        awaitCommits(sink, 1);
        assertThat(sink.rows).hasValue(ROWS);
        assertThat(sink.largestBatch).isLessThanOrEqualTo(StreamLimits.DEFAULT.batchChanges());
        assertThat(sink.largestBytes).isLessThanOrEqualTo(StreamLimits.DEFAULT.batchBytes() + 1000);
        assertThat(sink.heapInTheMiddle - before).isLessThan(16L << 20);
        LOGGER
            .atInfo()
            .addKeyValue("rowsPerSecond", rate(sink))
            .log("One huge transaction was read");
        sink.rows.set(1);
        database.execute(insert.formatted(ROWS + 1, 2 * ROWS));
        awaitCommits(sink, 2);
        LOGGER.atInfo().addKeyValue("rowsPerSecond", rate(sink)).log("And another one, warm");
        assertThat(sink.faults).isEmpty();
      }
    }
  }

  private static long rate(CountingSink sink) {
    return ROWS * 1_000_000_000L / (sink.endedAt - sink.begunAt);
  }

  private static void awaitCommits(CountingSink sink, long commits) {
    await().atMost(Duration.ofSeconds(60)).until(() -> sink.commits.get() == commits);
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
