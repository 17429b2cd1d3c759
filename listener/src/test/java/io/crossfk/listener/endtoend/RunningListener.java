package io.crossfk.listener.endtoend;

import static org.awaitility.Awaitility.await;

import io.crossfk.listener.Listener;
import io.crossfk.listener.ListenerStatus;
import io.crossfk.listener.StartFailure;
import io.crossfk.listener.config.Configuration;
import io.crossfk.rules.change.Position;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A listener in this JVM, on a thread of its own. */
public final class RunningListener implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final Listener listener;
  private final Thread thread;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  private RunningListener(Configuration configuration) {
    this.listener = new Listener(configuration);
    this.thread = Thread.ofPlatform().name("listener-" + configuration.name()).start(this::run);
  }

  private void run() {
    try {
      listener.run();
    } catch (StartFailure | InterruptedException | RuntimeException failed) {
      failure.set(failed);
    }
  }

  public static RunningListener start(Configuration configuration) {
    return new RunningListener(configuration);
  }

  public ListenerStatus status() {
    requireAlive();
    return listener.status();
  }

  /** Whether it leads, and every rule vouches for its databases. */
  public boolean watching() {
    requireAlive();
    return listener.watching();
  }

  public void awaitWatching() {
    await("every rule is watching")
        .atMost(START)
        .pollInterval(Duration.ofMillis(20))
        .until(this::watching);
  }

  /** Waits until all up to these positions is judged, and nothing is in flight or suspected. */
  public void awaitDrained(Map<String, Position> positions) {
    await("drained to " + positions)
        .atMost(START)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              requireAlive();
              return listener.drainedTo(positions);
            });
  }

  /** Waits until every catalogue was read once more, from its beginning. */
  public void awaitCataloguesRead() {
    Map<String, Long> before = listener.catalogueReadings();
    await("every catalogue is read")
        .atMost(START)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              requireAlive();
              Map<String, Long> now = listener.catalogueReadings();
              return !now.isEmpty()
                  && now.entrySet().stream()
                      .allMatch(
                          each -> each.getValue() >= before.getOrDefault(each.getKey(), 0L) + 2);
            });
  }

  private void requireAlive() {
    Exception failed = failure.get();
    if (failed != null) {
      throw new AssertionError("the listener has ended: " + failed.getMessage(), failed);
    }
  }

  @Nullable Exception failure() {
    return failure.get();
  }

  @Override
  public void close() {
    try {
      if (!listener.stop(STOP)) {
        throw new AssertionError("the listener did not stop within " + STOP);
      }
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    requireAlive();
  }
}
