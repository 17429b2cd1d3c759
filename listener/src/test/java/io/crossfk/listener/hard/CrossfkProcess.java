package io.crossfk.listener.hard;

import static org.awaitility.Awaitility.await;

import io.crossfk.listener.endtoend.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The command line {@code crossfk …} in a JVM of its own, in another country, with what it wrote.
 */
final class CrossfkProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Process process;
  private final Path out;
  private final Path err;

  /** How it ended, and what it said. */
  record Ending(int exitCode, String out, String err) {
    List<String> lines() {
      return err.lines().toList();
    }
  }

  private CrossfkProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * @param folder where its output goes
   * @param jvm options of the JVM
   * @param arguments of {@code crossfk}
   */
  static CrossfkProcess start(Path folder, List<String> jvm, String... arguments) {
    List<String> command = new ArrayList<>(ChildJvm.quickCommand());
    command.addAll(jvm);
    command.addAll(
        List.of(
            "-Duser.language=tr",
            "-Duser.country=TR",
            "-Duser.timezone=Asia/Kathmandu",
            CrossfkMain.class.getName()));
    command.addAll(List.of(arguments));
    try {
      Path out = Files.createTempFile(folder, "crossfk", ".out");
      Path err = Files.createTempFile(folder, "crossfk", ".err");
      ProcessBuilder builder =
          ChildJvm.process(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      return new CrossfkProcess(builder.start(), out, err);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** {@code crossfk run -c crossfk.yaml}, in a JVM that starts quickly. */
  static CrossfkProcess run(Path configuration) {
    Path folder = configuration.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(configuration + " is in no folder");
    }
    return start(
        folder,
        List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        "run",
        "-c",
        configuration.toString());
  }

  /** Waits until it says so on standard error. */
  void awaitSaying(String text) {
    try {
      await().atMost(PATIENCE).until(() -> err().contains(text) || !process.isAlive());
    } catch (ConditionTimeoutException silent) {
      throw new AssertionError("it has not said \"" + text + "\":\n" + err(), silent);
    }
    if (!err().contains(text)) {
      throw new AssertionError("it ended with " + process.exitValue() + ":\n" + err());
    }
  }

  /** Waits for it to end by itself. */
  Ending awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still there after " + PATIENCE + ":\n" + err());
    }
    return new Ending(process.exitValue(), read(out), err());
  }

  /** SIGTERM. */
  Ending terminate() throws InterruptedException {
    // Not Process.destroy, which would close its standard input too.
    process.toHandle().destroy();
    return awaitEnd();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** The most memory that it ever had, as the kernel counts it, in bytes; 0 where nobody counts. */
  long peakResidentBytes() throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  /** What it has said on standard error so far. */
  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
