package io.crossfk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** What a figure was measured on. */
record Machine(int cores, long gigabytes, String postgres, String java) {

  static Machine here(Servers servers) throws SQLException {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        gigabytesHere(),
        servers.version(),
        Runtime.version().toString());
  }

  private static long gigabytesHere() {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 20)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // No Linux.
    }
  }

  @Override
  public String toString() {
    return "%d cores, %d GB, PostgreSQL %s, Java %s".formatted(cores, gigabytes, postgres, java);
  }
}
