package io.crossfk.listener.randomwork;

import io.crossfk.listener.endtoend.ListenerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What systemd or Kubernetes does for crossfk: one process is to run, and one that ends is started
 * again. It notes with which code each ended, and which of them nobody may end with.
 */
final class Supervisor implements AutoCloseable {
  private static final String HEAP = "128m";
  private static final Duration LOOKS_EVERY = Duration.ofMillis(200);
  private static final int UNAVAILABLE = 69;
  private static final int NEEDS_A_CHANGE = 78;

  /** How long after a fault that somebody must cure a process may still say so. */
  private static final Duration LATE = Duration.ofSeconds(20);

  private final Path configuration;
  private final History history;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledFuture<?> looking;

  // Guarded by this.
  private final List<ListenerProcess> processes = new ArrayList<>();
  private final List<String> defects = new ArrayList<>();
  private long refusedUntil = Long.MIN_VALUE;
  private boolean closed;

  Supervisor(Path configuration, History history) {
    this.configuration = configuration;
    this.history = history;
    start();
    this.looking =
        thread.scheduleWithFixedDelay(this::look, 0, LOOKS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void start() {
    processes.add(ListenerProcess.start(configuration, HEAP));
    history.told("a listener is started");
  }

  private synchronized void look() {
    for (ListenerProcess each : List.copyOf(processes)) {
      if (!each.isAlive()) {
        processes.remove(each);
        ended(each);
      }
    }
    if (processes.isEmpty() && !closed) {
      start();
    }
  }

  private void ended(ListenerProcess process) {
    int code = process.exitCode();
    boolean excused =
        code == UNAVAILABLE || (code == NEEDS_A_CHANGE && history.clock().now() < refusedUntil);
    history.told("a listener has ended by itself with " + code);
    if (!excused) {
      defects.add("ended by itself with " + code + ":\n" + process.tail());
    }
  }

  /** SIGKILL for the one that is there longest. */
  synchronized void kill() throws InterruptedException {
    ListenerProcess eldest = eldest();
    if (eldest.isAlive()) {
      eldest.kill();
    }
    processes.remove(eldest);
    look();
  }

  /** One more, which waits. */
  synchronized void startStandby() {
    if (processes.size() == 1) {
      start();
    }
  }

  /** SIGTERM for the one that is there longest. */
  synchronized String terminate() throws InterruptedException {
    ListenerProcess eldest = eldest();
    processes.remove(eldest);
    String how = "it had ended before";
    if (eldest.isAlive()) {
      ListenerProcess.Ending ending = eldest.terminate();
      how = "ended with %d in %d ms".formatted(ending.exitCode(), ending.time().toMillis());
      if (ending.exitCode() != 0 && ending.exitCode() != UNAVAILABLE) {
        defects.add("after SIGTERM it " + how + ":\n" + eldest.tail());
      }
    }
    look();
    return how;
  }

  /** SIGSTOP for the one that is there longest, so that its standby takes over. */
  synchronized ListenerProcess hang() throws IOException, InterruptedException {
    ListenerProcess eldest = eldest();
    eldest.hang();
    return eldest;
  }

  private ListenerProcess eldest() {
    look();
    return processes.getFirst();
  }

  /** From now on, for a while, it may end with "a database needs a change". */
  synchronized void refusalsAreExpected() {
    refusedUntil = history.clock().now() + LATE.toNanos();
  }

  /** What no process of crossfk may do. */
  synchronized List<String> defects() {
    return List.copyOf(defects);
  }

  /** Ends all in order. */
  void stop() throws InterruptedException {
    looking.cancel(false);
    synchronized (this) {
      closed = true;
      while (!processes.isEmpty()) {
        history.told(terminate());
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    synchronized (this) {
      closed = true;
      processes.forEach(ListenerProcess::close);
    }
  }
}
