package io.crossfk.sandbox;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker in a JVM of its own, on the class path of this one. */
final class BrokerProcess implements BrokerHost {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 20;

  private final Janitor janitor;
  private final Path settingsFile;
  private final Path ready;
  private final Path log;
  private @Nullable Process process;

  BrokerProcess(Properties settings, Janitor janitor, Path log) throws IOException {
    this.janitor = janitor;
    this.settingsFile = janitor.folder().resolve("broker-process.properties");
    this.ready = janitor.folder().resolve("ready");
    this.log = log;
    try (Writer writer = Files.newBufferedWriter(settingsFile)) {
      settings.store(writer, null);
    }
  }

  @Override
  public void start() throws IOException, InterruptedException {
    Files.deleteIfExists(ready);
    List<String> command = new ArrayList<>(Janitor.ownSession());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It lives for a minute at most: a quick start is worth more than the fastest code.
    command.addAll(
        List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of(BrokerMain.class.getName(), settingsFile.toString(), ready.toString()));
    // In our own working folder, for the class path may have relative entries.
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process started = builder.start();
    process = started;
    janitor.watch(started);
    long start = System.nanoTime();
    while (!Files.exists(ready)) {
      if (started.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new SandboxException(
            "the broker's process ended while it started, with exit code %d. The end of its log:%n%s"
                .formatted(started.exitValue(), Scratch.tail(log)));
      }
      if (System.nanoTime() - start > START_LIMIT.toNanos()) {
        throw new SandboxException(
            "the broker was not ready within %s. The end of its log:%n%s"
                .formatted(START_LIMIT, Scratch.tail(log)));
      }
    }
  }

  @Override
  public void stop() throws IOException, InterruptedException {
    Process running = process;
    if (running == null) {
      return;
    }
    running.getOutputStream().write('\n');
    running.getOutputStream().flush();
    if (!running.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new SandboxException(
          "the broker did not shut down within %s. The end of its log:%n%s"
              .formatted(STOP_LIMIT, Scratch.tail(log)));
    }
    forget();
  }

  @Override
  public void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().waitFor();
      forget();
    }
  }

  @Override
  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  private void forget() {
    janitor.watchNothing();
    process = null;
  }
}
