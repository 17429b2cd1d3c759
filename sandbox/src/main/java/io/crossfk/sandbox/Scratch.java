package io.crossfk.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;

/**
 * The folder under {@code java.io.tmpdir} in which the sandbox keeps everything: the unpacked
 * binaries, which stay and are used again, and one run folder per server, which its {@link Janitor}
 * removes.
 */
final class Scratch {
  private Scratch() {}

  /** The sandbox's folder of this user, created if it is not there. */
  static Path folder() throws IOException {
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9_.-]", "_");
    Path folder =
        Path.of(System.getProperty("java.io.tmpdir"))
            .toAbsolutePath()
            .resolve("crossfk-sandbox-" + user);
    // Readable for all: where root has to step down to another user, that user runs the binaries in
    // here.
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    // The temp folder is everybody's: a folder of this name that somebody else made could hold
    // anything.
    Object owner = Files.getAttribute(folder, "unix:uid");
    if (!owner.equals(Unprivileged.userId())) {
      throw new IOException(
          "%s belongs to user id %s and not to %s: remove it, or set java.io.tmpdir to another folder"
              .formatted(folder, owner, Unprivileged.userId()));
    }
    return folder;
  }

  /** A new, empty folder for one run of one server. */
  static Path runFolder(String name) throws IOException {
    String prefix = "run-" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-") + "-";
    return Files.createTempDirectory(
        folder(),
        prefix,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  /** The last lines of a server's log, for an error message. */
  static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return "(its log cannot be read: " + e + ")";
    }
  }
}
