package io.crossfk.listener.endtoend;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts JVMs that live for seconds, on the class path of this one. Loading and linking some
 * thousand classes is most of what such a life costs; so an {@link ClassArchive archive} of them,
 * once it is made, is mapped into each.
 */
public final class ChildJvm {
  private static final String CLASS_PATH = withoutFolders(System.getProperty("java.class.path"));

  private ChildJvm() {}

  /** The command that runs a main class: what is common to all; more options may follow. */
  static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    return command;
  }

  /** The same with the archive of classes, if one has been made. */
  public static List<String> quickCommand() {
    List<String> command = command();
    command.addAll(ClassArchive.options());
    return command;
  }

  /** On the class path of this JVM. */
  public static ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", CLASS_PATH);
    return builder;
  }

  /** An archive of classes wants jars only: each folder becomes one, in its place. */
  private static String withoutFolders(String classPath) {
    return Stream.of(classPath.split(File.pathSeparator))
        .map(Path::of)
        .map(entry -> Files.isDirectory(entry) ? jar(entry) : entry)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path jar(Path folder) {
    try {
      Path jar = Files.createTempFile("crossfk-child-", ".jar");
      jar.toFile().deleteOnExit();
      try (OutputStream file = Files.newOutputStream(jar);
          JarOutputStream out = new JarOutputStream(file);
          Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          out.putNextEntry(
              new JarEntry(folder.relativize(each).toString().replace(File.separatorChar, '/')));
          Files.copy(each, out);
          out.closeEntry();
        }
      }
      return jar;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
