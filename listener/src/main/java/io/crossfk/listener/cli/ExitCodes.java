package io.crossfk.listener.cli;

import io.crossfk.listener.ListenerFault;
import io.crossfk.listener.StartFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/** How crossfk ends, in numbers of sysexits.h where it has one. */
final class ExitCodes {
  /** Done, or stopped by a signal after everything settled was flushed. */
  static final int CLEAN = 0;

  /** A check found violations. */
  static final int VIOLATIONS = 1;

  /** The command line cannot be understood. */
  static final int USAGE = 64;

  /** A database or Kafka could not be reached: try again later. */
  static final int UNAVAILABLE = StartFailure.UNAVAILABLE;

  /** An error of crossfk itself. */
  static final int SOFTWARE = ListenerFault.SOFTWARE;

  /** Somebody has to change something in a file, in a database or in Kafka. */
  static final int CONFIGURATION = StartFailure.CONFIGURATION;

  /** For {@code --help}: code and meaning. */
  static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    meanings.put("0", "done, or ended by SIGTERM or Ctrl-C in an orderly way");
    meanings.put("1", "check: violations were found");
    meanings.put("64", "the command line cannot be understood");
    meanings.put("69", "a database or Kafka could not be reached; try again later");
    meanings.put("70", "an error of crossfk itself");
    meanings.put("78", "a file, a database or Kafka needs a change; the message says which");
    return meanings;
  }

  private ExitCodes() {}
}
