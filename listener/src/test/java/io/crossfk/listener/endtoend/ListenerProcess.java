package io.crossfk.listener.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code crossfk run} in a JVM of its own, which can be killed. */
public final class ListenerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;
  private final long logBefore;
  private final Instant started = Instant.now();

  /** How a process ended that was asked to. */
  public record Ending(int exitCode, Duration time) {}

  private ListenerProcess(Process process, Path log, long logBefore) {
    this.process = process;
    this.log = log;
    this.logBefore = logBefore;
  }

  /**
   * @param configuration crossfk.yaml; what the process says goes beside it
   * @param heap the JVM's largest heap, such as {@code 256m}
   */
  public static ListenerProcess start(Path configuration, String heap) {
    return start(configuration, heap, ChildJvm.quickCommand());
  }

  /** With a command of {@link ChildJvm} that may have options already. */
  static ListenerProcess start(Path configuration, String heap, List<String> jvm) {
    Path log = configuration.resolveSibling("listener.log");
    List<String> command = new ArrayList<>(jvm);
    command.add("-Xmx" + heap);
    // It lives for seconds: a quick start is worth more than the fastest code.
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            // Its own, and not that of tests, which is on the class path too.
            "-Dlogback.configurationFile=logback.xml"));
    String level = System.getProperty("crossfk.test.log");
    if (level != null) {
      command.add("-Dcrossfk.log.level=" + level);
    }
    command.addAll(List.of(ListenerMain.class.getName(), "run", "-c", configuration.toString()));
    ProcessBuilder builder =
        ChildJvm.process(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      long logBefore = Files.exists(log) ? Files.size(log) : 0;
      return new ListenerProcess(builder.start(), log, logBefore);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  Instant started() {
    return started;
  }

  /** Lets it run for so long; it must still be alive then. */
  void live(Duration time) throws InterruptedException {
    process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    requireAlive();
  }

  /** Whether it has said anything yet. */
  boolean hasSpoken() {
    try {
      return Files.size(log) > logBefore;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    requireAlive();
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, and waits for the end. */
  public Ending terminate() throws InterruptedException {
    return terminate(PATIENCE);
  }

  Ending terminate(Duration patience) throws InterruptedException {
    requireAlive();
    long before = System.nanoTime();
    // Not the process's own destroy: that would close the lifeline too.
    process.toHandle().destroy();
    if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still there " + patience + " after SIGTERM:\n" + tail());
    }
    return new Ending(process.exitValue(), Duration.ofNanos(System.nanoTime() - before));
  }

  /** A process that ends by itself has found a fault, and no test expects one. */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new AssertionError("it has ended with " + process.exitValue() + ":\n" + tail());
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGSTOP: it hangs, and its connections stay open. */
  public void hang() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on. */
  public void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " " + process.pid())
        .start()
        .waitFor();
  }

  /** With what it ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Resident memory as the kernel counts it: code, heap and buffers; in bytes. */
  long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      return 0;
    } catch (IOException gone) {
      return 0;
    }
  }

  /** What it said last. */
  public String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException unreadable) {
      return "(its log cannot be read: " + unreadable + ")";
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
