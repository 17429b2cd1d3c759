package io.crossfk.listener.endtoend;

import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** A stopped server's data, to which a server goes back; the poor man's restore. */
final class ColdCopy {
  private final Path copy;

  private ColdCopy(Path copy) {
    this.copy = copy;
  }

  /**
   * @param stopped a server that is not running
   * @param folder of the copy; not there yet
   */
  static ColdCopy of(PostgresServer stopped, Path folder) throws IOException {
    copy(data(stopped), folder);
    return new ColdCopy(folder);
  }

  /** The server, which is stopped, goes on with these data and its own settings. */
  void restore(PostgresServer stopped) throws IOException {
    Path data = data(stopped);
    Path settings = data.resolve("postgresql.conf");
    byte[] own = Files.readAllBytes(settings);
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(data)) {
          Files.delete(file);
        }
      }
    }
    copy(copy, data);
    Files.write(settings, own);
  }

  private static Path data(PostgresServer server) {
    return server.log().resolveSibling("data");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file));
        if (!Files.isDirectory(target)) {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
