package io.crossfk.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, one unpacked folder per version, kept in the temp folder from run to run.
 * The folder's name carries the hash of its archive, so a newer patch version never meets the files
 * of an older one.
 */
final class PostgresBinaries {
  /**
   * Named after the number of files beside it: temp folders are swept by age, which removes single
   * files.
   */
  private static final String COMPLETE = "complete-";

  private static final Map<Integer, Path> UNPACKED = new HashMap<>();

  private PostgresBinaries() {}

  /**
   * The folder with {@code bin/postgres} and {@code bin/initdb} of a major version; unpacked on
   * first use (1 to 3 s).
   */
  static Path of(int version) throws IOException {
    synchronized (UNPACKED) {
      Path known = UNPACKED.get(version);
      if (known == null) {
        known = find(version);
        UNPACKED.put(version, known);
      }
      return known;
    }
  }

  private static Path find(int version) throws IOException {
    String resource = "postgres/" + version + "/postgres-linux-" + architecture() + ".txz";
    Path folder =
        Scratch.folder().resolve("postgres-" + version + "-" + hash(open(resource, version)));
    if (isComplete(folder)) {
      return folder;
    }
    // The janitor removes what an interrupted run leaves half unpacked.
    try (Janitor janitor =
        Janitor.of(Scratch.runFolder("unpack-" + version), Janitor.Ending.KILL)) {
      Path unpacked = Files.createDirectory(janitor.folder().resolve("postgres"));
      try (InputStream archive = open(resource, version)) {
        unpack(archive, unpacked);
      }
      try {
        if (Files.exists(folder)) {
          Files.move(folder, janitor.folder().resolve("swept"), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        // Another JVM may have been faster; then its folder is as good as ours.
        if (!isComplete(folder)) {
          throw e;
        }
      }
    }
    return folder;
  }

  private static String architecture() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "amd64", "x86_64" -> "x86_64";
      case "aarch64", "arm64" -> "arm_64";
      default ->
          throw new SandboxException("the sandbox has no PostgreSQL for the processor " + name);
    };
  }

  private static InputStream open(String resource, int version) {
    InputStream archive = PostgresBinaries.class.getResourceAsStream(resource);
    if (archive == null) {
      throw new SandboxException(
          "%s is not on the class path: 18 is in crossfk-sandbox itself; older versions (x86_64 only) are in its test jar, so add the dependency crossfk-sandbox with type test-jar (PostgreSQL %d was asked for)"
              .formatted(resource, version));
    }
    return archive;
  }

  private static String hash(InputStream archive) throws IOException {
    try (archive) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = archive.read(buffer); read >= 0; read = archive.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static void unpack(InputStream archive, Path target) throws IOException {
    int files = 0;
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException(
              "the archive of PostgreSQL has a path that leads out of it: " + entry.getName());
        }
        if (entry.isDirectory() || isForCompiling(entry.getName())) {
          continue;
        }
        Files.createDirectories(path.getParent() == null ? target : path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          Files.setPosixFilePermissions(path, permissions((entry.getMode() & 0100) != 0));
        }
        files++;
      }
    }
    // Where root steps down to another user, that user must be able to enter.
    try (Stream<Path> all = Files.walk(target)) {
      for (Path folder : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(folder, permissions(true));
      }
    }
    Files.createFile(target.resolve(COMPLETE + files));
  }

  private static boolean isForCompiling(String name) {
    return name.endsWith(".a") || name.contains("include/") || name.contains("/pgxs/");
  }

  private static Set<PosixFilePermission> permissions(boolean executable) {
    return PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
  }

  private static boolean isComplete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      long others = all.filter(path -> !Files.isDirectory(path)).count() - 1;
      return Files.exists(folder.resolve(COMPLETE + others));
    }
  }
}
