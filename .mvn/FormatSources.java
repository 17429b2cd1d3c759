import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Formats, in place, the Java sources that changed since the last run of the same formatter.
 *
 * <p>The build runs it in a JVM of the toolchain, because Maven's own JVM may be too old to parse
 * the sources. Arguments: the root of the sources, the stamp that says when the last run was, the
 * formatter's version.
 */
class FormatSources {
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    Path stamp = Path.of(arguments[1]);
    String version = arguments[2];

    // Taken before the first file is looked at: what is edited while this runs is looked at again.
    FileTime started = FileTime.from(Instant.now());
    Optional<FileTime> lastRun = lastRun(stamp, version);
    var formatter = new Lazy();
    for (Path source : sources(root)) {
      if (lastRun.isEmpty() || Files.getLastModifiedTime(source).compareTo(lastRun.get()) >= 0) {
        formatter.format(source, root);
      }
    }
    Files.createDirectories(stamp.getParent());
    Files.writeString(stamp, version);
    Files.setLastModifiedTime(stamp, started);
  }

  private static Optional<FileTime> lastRun(Path stamp, String version) throws IOException {
    boolean sameFormatter = Files.exists(stamp) && Files.readString(stamp).equals(version);
    return sameFormatter ? Optional.of(Files.getLastModifiedTime(stamp)) : Optional.empty();
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    try (var entries = Files.list(root)) {
      for (Path module : entries.filter(entry -> Files.exists(entry.resolve("pom.xml"))).toList()) {
        Path folder = module.resolve("src");
        if (Files.isDirectory(folder)) {
          try (var files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
          }
        }
      }
    }
    return sources;
  }

  /** The formatter, loaded only if there is something to format. */
  private static final class Lazy {
    private Formatter formatter;

    void format(Path source, Path root) throws IOException {
      if (formatter == null) {
        var options = JavaFormatterOptions.builder().reorderModifiers(true).build();
        formatter = new Formatter(options);
      }
      String before = Files.readString(source);
      try {
        String after = formatter.formatSourceAndFixImports(before);
        if (!after.equals(before)) {
          // The file keeps the time of the last edit: who compares times sees no edit in this.
          FileTime edited = Files.getLastModifiedTime(source);
          Files.writeString(source, after);
          Files.setLastModifiedTime(source, edited);
          System.out.println("formatted " + root.relativize(source));
        }
      } catch (FormatterException unparsable) {
        // Not this program's to refuse: the compiler reads the same file next and says it better.
        System.out.println("not formatted " + root.relativize(source) + ": " + unparsable.getMessage());
      }
    }
  }
}
