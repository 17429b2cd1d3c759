package io.crossfk.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what the sandbox could have left behind. */
final class Leftovers {
  private Leftovers() {}

  /** The run folders that there are, of all JVMs of this user. */
  static List<Path> runFolders() {
    try (Stream<Path> all = Files.list(Scratch.folder())) {
      return all.filter(path -> String.valueOf(path.getFileName()).startsWith("run-")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processes that work in a folder or name it on their command line. */
  static List<Long> processesOf(Path folder) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(process -> concerns(process, folder))
        .toList();
  }

  /** The ids of the System V shared memory segments of this machine. */
  static List<String> sharedMemory() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/sysvipc/shm"))) {
      return lines.skip(1).map(line -> line.strip().split("\\s+")[1]).toList();
    }
  }

  /**
   * The id of the segment by which a running server guards its data folder: last word of line 7 of
   * its pid file.
   */
  static String sharedMemoryOf(PostgresServer server) throws IOException {
    Path status = server.log().resolveSibling("data").resolve("postmaster.pid");
    return Files.readAllLines(status).get(6).strip().split("\\s+")[1];
  }

  private static boolean concerns(long process, Path folder) {
    Path entry = Path.of("/proc", Long.toString(process));
    try {
      // PostgreSQL's children overwrite their command line, but work in the data folder.
      return Files.readSymbolicLink(entry.resolve("cwd")).startsWith(folder)
          || Files.readString(entry.resolve("cmdline")).contains(folder.toString());
    } catch (IOException endedOrNotOurs) {
      return false;
    }
  }
}
