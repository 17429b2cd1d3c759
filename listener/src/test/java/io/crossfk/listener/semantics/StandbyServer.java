package io.crossfk.listener.semantics;

import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** A server whose data are replaced by a copy of another's, which it follows from there. */
final class StandbyServer {
  private StandbyServer() {}

  /** Starts it; the other is started anew for that. */
  static PostgresServer of(PostgresServer server) throws IOException {
    PostgresServer standby = PostgresServer.builder().name("standby").start();
    standby.stop();
    server.stop();
    Path target = standby.log().resolveSibling("data");
    Path source = server.log().resolveSibling("data");
    String settings = Files.readString(target.resolve("postgresql.conf"));
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(target)) {
          Files.delete(file);
        }
      }
    }
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file));
        // Without the slots themselves.
        Path relative = source.relativize(file);
        boolean slot = relative.startsWith("pg_replslot") && relative.getNameCount() > 1;
        if (!file.equals(source) && !slot) {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    Path configuration = target.resolve("postgresql.conf");
    Files.writeString(configuration, settings);
    Files.writeString(
        configuration,
        "primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'%n"
            .formatted(server.port(), server.user(), server.password()),
        StandardOpenOption.APPEND);
    Files.createFile(target.resolve("standby.signal"));
    server.startAgain();
    standby.startAgain();
    return standby;
  }
}
