package io.crossfk.listener.config;

import io.crossfk.rules.text.Mistakes;
import io.crossfk.rules.text.Place;
import io.crossfk.rules.text.SourceText;
import io.crossfk.rules.text.YamlMapping;
import io.crossfk.rules.text.YamlScalar;
import io.crossfk.rules.text.YamlSequence;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds and reads the rule files that a configuration names. A file that is named twice, or reached
 * by two links, is read once. Hidden files and folders are left out: a mounted ConfigMap keeps its
 * versions in them.
 */
final class RuleFiles {
  /** Bytes; the reader has the limit in characters. */
  static final int LONGEST_FILE = 1 << 22;

  private final Path configuration;
  private final Path folder;
  private final Mistakes mistakes;
  private final Set<Path> seen = new HashSet<>();
  private final List<SourceText> texts = new ArrayList<>();

  private RuleFiles(Path configuration, Path folder, Mistakes mistakes) {
    this.configuration = configuration;
    this.folder = folder;
    this.mistakes = mistakes;
  }

  /**
   * @param configuration the configuration's own file, which is no rule file
   * @param folder what relative paths are relative to
   */
  static List<SourceText> read(
      YamlMapping root, Path configuration, Path folder, Mistakes mistakes) {
    RuleFiles files = new RuleFiles(configuration, folder, mistakes);
    root.sequence("rules").map(YamlSequence::items).orElse(List.of()).stream()
        .filter(YamlScalar.class::isInstance)
        .map(YamlScalar.class::cast)
        .filter(item -> item.known() && item.kind() == YamlScalar.Kind.TEXT)
        .filter(item -> !item.text().isEmpty())
        .forEach(files::add);
    return files.texts;
  }

  private void add(YamlScalar item) {
    try {
      Path path = folder.resolve(item.text()).normalize();
      if (Files.isDirectory(path)) {
        List<Path> found = inFolder(path);
        if (found.isEmpty()) {
          mistakes.add(item, "no *.yaml and no *.yml in the folder " + path);
        }
        for (Path file : found) {
          add(file);
        }
      } else if (Files.exists(path)) {
        add(path);
      } else {
        mistakes.add(item, "no such file or folder: " + path);
      }
    } catch (InvalidPathException noPath) {
      mistakes.add(item, "not a path: " + noPath.getReason());
    } catch (IOException failure) {
      mistakes.add(item, "it cannot be read: " + failure);
    }
  }

  private List<Path> inFolder(Path start) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        start,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
            boolean hidden = !inner.equals(start) && isHidden(inner);
            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (isYaml(file)
                && !isHidden(file)
                && !Files.isDirectory(file)
                && !(Files.exists(file) && Files.isSameFile(file, configuration))) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found.stream().sorted().toList();
  }

  private static boolean isHidden(Path path) {
    return name(path).startsWith(".");
  }

  private static boolean isYaml(Path path) {
    String name = name(path).toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private void add(Path file) throws IOException {
    if (Files.exists(file) && !seen.add(file.toRealPath())) {
      return;
    }
    mistakes.open(file.toString());
    switch (TextFiles.read(file, LONGEST_FILE)) {
      case TextFiles.Content.Text text -> texts.add(new SourceText(file.toString(), text.text()));
      case TextFiles.Content.Unreadable unreadable ->
          mistakes.add(new Place(file.toString(), unreadable.line(), 1), "", unreadable.reason());
    }
  }
}
