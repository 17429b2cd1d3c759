package io.crossfk.listener.demo;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what nobody announces, and for threads that must come to their end. */
final class Waiting {
  private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();

  /** A condition that may find out that it can never hold. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws DemoFailure;
  }

  private Waiting() {}

  /** Whether the condition came to hold in time. */
  static boolean until(Condition condition, Duration atMost)
      throws DemoFailure, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    return true;
  }

  /**
   * Waits until a thread has ended, however impatient somebody is: what it tidies up would be left
   * behind otherwise. An interruption is kept for later.
   */
  static void untilEnded(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
