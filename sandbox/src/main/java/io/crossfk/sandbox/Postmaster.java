package io.crossfk.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The running parent process of one PostgreSQL server, and its children. */
final class Postmaster {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 10;

  /** The line of postmaster.pid, counted from 0, that says how far the start is. */
  private static final int STATUS_LINE = 7;

  private final String name;
  private final Process process;

  private Postmaster(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /**
   * Starts a server on its data folder; returns before it is ready, so that the janitor can be told
   * at once.
   */
  static Postmaster launch(
      String name, Path binaries, Path data, Path log, Unprivileged unprivileged)
      throws IOException {
    List<String> command = new ArrayList<>(Janitor.ownSession());
    command.addAll(
        unprivileged.command(
            List.of(binaries.resolve("bin/postgres").toString(), "-D", data.toString())));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(data.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    quietEnvironment(builder);
    return new Postmaster(name, builder.start());
  }

  /**
   * The surroundings must not change what the server does: no PG* variables, no locale, no time
   * zone.
   */
  static void quietEnvironment(ProcessBuilder builder) {
    builder.environment().keySet().removeIf(variable -> !variable.equals("PATH"));
    builder.environment().put("LC_ALL", "C");
  }

  Process process() {
    return process;
  }

  /** Returns when the server accepts connections, crash recovery included. */
  void awaitReady(Path data, Path log) throws IOException, InterruptedException {
    Path status = data.resolve("postmaster.pid");
    long start = System.nanoTime();
    while (System.nanoTime() - start < START_LIMIT.toNanos()) {
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new SandboxException(
            "%s ended while it started, with exit code %d. The end of its log:%n%s"
                .formatted(name, process.exitValue(), Scratch.tail(log)));
      }
      if (isReady(status)) {
        return;
      }
    }
    throw new SandboxException(
        "%s was not ready within %s. The end of its log:%n%s"
            .formatted(name, START_LIMIT, Scratch.tail(log)));
  }

  private boolean isReady(Path status) throws IOException {
    try {
      List<String> lines = Files.readAllLines(status);
      // A server that was killed leaves its file behind: only the one with our process id speaks of
      // us.
      return lines.size() > STATUS_LINE
          && lines.getFirst().equals(Long.toString(process.pid()))
          && lines.get(STATUS_LINE).startsWith("ready");
    } catch (NoSuchFileException notYet) {
      return false;
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** PostgreSQL's shutdown modes are signals to the postmaster. */
  void shutDown(String signal, Path log) throws IOException, InterruptedException {
    signal(signal, List.of(process.pid()));
    if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new SandboxException(
          "%s did not shut down within %s; a replication client that does not read holds it. The end of its log:%n%s"
              .formatted(name, STOP_LIMIT, Scratch.tail(log)));
    }
  }

  void kill() throws IOException, InterruptedException {
    // Stopped first, so that it forks no child that we do not know of.
    signal("STOP", List.of(process.pid()));
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
    // The next start refuses while one of the children is still attached.
    long start = System.nanoTime();
    while (!children.stream().allMatch(Postmaster::isGone)) {
      if (System.nanoTime() - start > STOP_LIMIT.toNanos()) {
        throw new SandboxException(
            "%s was killed, and its children are still there after %s".formatted(name, STOP_LIMIT));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /**
   * Gone, or a zombie: where process 1 is no real init, as in many containers, orphans are never
   * reaped.
   */
  private static boolean isGone(ProcessHandle child) {
    if (!child.isAlive()) {
      return true;
    }
    try {
      String status = Files.readString(Path.of("/proc", Long.toString(child.pid()), "stat"));
      char state = status.charAt(status.lastIndexOf(')') + 2);
      return state == 'Z' || state == 'X';
    } catch (IOException goneMeanwhile) {
      return true;
    }
  }

  void pause() throws IOException, InterruptedException {
    // The postmaster first: it must not fork another child behind our back.
    signal("STOP", List.of(process.pid()));
    signal("STOP", process.descendants().map(ProcessHandle::pid).toList());
  }

  void resume() throws IOException, InterruptedException {
    signal(
        "CONT",
        Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .map(ProcessHandle::pid)
            .toList());
  }

  private static void signal(String signal, List<Long> processes)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", "kill -s \"$@\" 2>/dev/null", "kill", signal));
    processes.forEach(process -> command.add(Long.toString(process)));
    // The exit code says nothing of use: a child may just have ended by itself.
    new ProcessBuilder(command).start().waitFor();
  }
}
