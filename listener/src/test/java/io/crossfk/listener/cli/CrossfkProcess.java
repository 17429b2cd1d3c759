package io.crossfk.listener.cli;

import io.crossfk.listener.endtoend.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** {@code crossfk …} as people start it: a process of its own, on this JVM's class path. */
public final class CrossfkProcess implements AutoCloseable {
  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  private CrossfkProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(
            read(process.inputReader(StandardCharsets.UTF_8), out),
            read(process.errorReader(StandardCharsets.UTF_8), err));
  }

  /**
   * @param temporary the process's folder for temporary files
   */
  public static CrossfkProcess start(Path temporary, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(ChildJvm.quickCommand());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new CrossfkProcess(ChildJvm.process(command).start());
  }

  private static Thread read(BufferedReader reader, List<String> lines) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try (reader) {
                reader.lines().forEach(lines::add);
              } catch (IOException | UncheckedIOException closed) {
                lines.add("(reading ended: " + closed.getMessage() + ")");
              }
            });
  }

  /** The lines of standard output so far. */
  public List<String> out() {
    return List.copyOf(out);
  }

  /** The lines of standard error so far. */
  public List<String> err() {
    return List.copyOf(err);
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** SIGINT, as by Ctrl-C. */
  public void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("/bin/sh", "-c", "kill -INT " + process.pid()).start().waitFor();
  }

  /** The exit code; all that the process wrote can then be read. */
  public int exitCode(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + atMost + ": " + err);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
