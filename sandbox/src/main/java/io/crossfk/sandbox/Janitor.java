package io.crossfk.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Ends a server and removes its run folder when this JVM is done with it, however this JVM ends.
 *
 * <p>It is a shell that reads a pipe whose other end only this JVM holds. The pipe breaks when the
 * JVM ends, by {@code System.exit} or by SIGKILL, and only after all its shutdown hooks have run:
 * so the servers outlive whoever still wants to flush something to them, which a shutdown hook of
 * our own could not promise. The shell has a session of its own, for Ctrl-C and signals to our
 * process group are not meant for it.
 */
final class Janitor implements AutoCloseable {
  /** How the janitor ends a process that is still there. */
  enum Ending {
    /** PostgreSQL's immediate shutdown: the postmaster takes its children with it. */
    QUIT,
    KILL
  }

  // $1 is the signal, $2 the folder. The lines read are process ids; the last one counts, an empty
  // one is no process. CONT, because a stopped process would keep QUIT for later. ipcrm, because a
  // postmaster that was killed leaves the System V segment which line 7 of its postmaster.pid
  // names. rm twice, in case the last child wrote meanwhile. A zombie is not alive: where process 1
  // is no real init, as in many containers, orphans are never reaped.
  private static final String SCRIPT =
      """
      alive() {
        kill -0 "$process" 2>/dev/null || return 1
        { read -r id name state rest < "/proc/$process/stat"; } 2>/dev/null && [ "$state" != Z ]
      }
      trap '' HUP INT TERM
      process=
      while read -r line; do process=$line; done
      if [ -n "$process" ] && kill -s "$1" "$process" 2>/dev/null; then
        kill -s CONT "$process" 2>/dev/null
        turns=0
        while alive && [ "$turns" -lt 400 ]; do
          sleep 0.02
          turns=$((turns + 1))
        done
        kill -s KILL "$process" 2>/dev/null
      fi
      identity="$2/data/postmaster.pid"
      if [ -f "$identity" ]; then
        segment=$(sed -n '7s/.* //p' "$identity")
        [ -n "$segment" ] && ipcrm -m "$segment" 2>/dev/null
      fi
      rm -rf "$2" 2>/dev/null || rm -rf "$2"
      """;

  private final Path folder;
  private final Process shell;
  private final OutputStream pipe;

  private Janitor(Path folder, Process shell) {
    this.folder = folder;
    this.shell = shell;
    this.pipe = shell.getOutputStream();
  }

  static Janitor of(Path folder, Ending ending) throws IOException {
    List<String> command = new ArrayList<>(ownSession());
    command.addAll(List.of("/bin/sh", "-c", SCRIPT, "crossfk-sandbox-janitor"));
    command.addAll(List.of(ending.name(), folder.toString()));
    Process shell =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Janitor(folder, shell);
  }

  /**
   * What to write before a command so that the terminal's signals do not reach it; keeps the
   * process id.
   */
  static List<String> ownSession() {
    return Stream.of("/usr/bin/setsid", "/bin/setsid")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .limit(1)
        .toList();
  }

  /** The run folder that it will remove. */
  Path folder() {
    return folder;
  }

  /** From now on it is this process that has to end with the JVM. */
  void watch(Process process) {
    tell(Long.toString(process.pid()));
  }

  /** There is no process at the moment. */
  void watchNothing() {
    tell("");
  }

  private void tell(String line) {
    try {
      pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      pipe.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the janitor of " + folder + " is gone", e);
    }
  }

  /** Cleans up now, and returns when process and folder are gone. */
  @Override
  public void close() {
    try {
      pipe.close();
      if (!shell.waitFor(30, TimeUnit.SECONDS)) {
        throw new SandboxException("the janitor of " + folder + " did not finish within 30 s");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the janitor of " + folder + " is gone", e);
    } catch (InterruptedException e) {
      // It goes on cleaning without us.
      Thread.currentThread().interrupt();
    }
  }
}
