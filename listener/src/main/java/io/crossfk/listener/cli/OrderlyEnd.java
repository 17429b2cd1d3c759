package io.crossfk.listener.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a command on SIGTERM and SIGINT in an orderly way, and with the command's own exit code. The
 * JVM alone would answer 143 or 130, which a supervisor takes for a failure.
 */
final class OrderlyEnd {
  /** Asks a command, from any thread, to end soon. */
  @FunctionalInterface
  interface Stop {
    void ask() throws InterruptedException;
  }

  private OrderlyEnd() {}

  /**
   * Runs a command. If a signal comes, {@code stop} is called and the process ends with the code
   * that the body returns, or with 70 if it does not return in time.
   *
   * @param patience from the signal to the end of the process
   */
  static int of(Callable<Integer> body, Stop stop, Duration patience) throws Exception {
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    Thread hook =
        new Thread(
            () -> {
              long deadline = System.nanoTime() + patience.toNanos();
              int exitCode = ExitCodes.SOFTWARE;
              try {
                stop.ask();
                exitCode = within(deadline, ended);
              } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
              } finally {
                Runtime.getRuntime().halt(exitCode);
              }
            },
            "crossfk-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      int exitCode = body.call();
      ended.complete(exitCode);
      return exitCode;
    } finally {
      // After a failure that is still to be told: the hook must not wait for a body that is gone.
      ended.complete(ExitCodes.SOFTWARE);
      forget(hook);
    }
  }

  private static int within(long deadline, CompletableFuture<Integer> ended) {
    try {
      return ended.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException notInTime) {
      return ExitCodes.SOFTWARE;
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      // The hook runs, and ends the process with the code that it was just given.
    }
  }
}
