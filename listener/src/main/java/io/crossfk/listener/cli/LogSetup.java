package io.crossfk.listener.cli;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Decides where the log goes. Works through properties that {@code logback.xml} reads, and so only
 * before anybody logs: no command may hold a logger in a static field.
 */
final class LogSetup {
  /** The forms of a service's log. */
  enum Format {
    /** Lines for people. */
    HUMAN,
    /** One JSON object a line, for machines. */
    JSON
  }

  private LogSetup() {}

  /** A service's log, on standard error. */
  static void toStandardError(Format format) {
    System.setProperty("crossfk.log.format", format.name().toLowerCase(Locale.ROOT));
  }

  /** For commands that talk to people themselves: only what is bad. */
  static void onlyWarnings() {
    System.setProperty("crossfk.log.format", "human");
    System.setProperty("crossfk.log.level", "WARN");
  }

  static void toFile(Path file) {
    System.setProperty("crossfk.log.format", "file");
    System.setProperty("crossfk.log.file", file.toString());
  }
}
