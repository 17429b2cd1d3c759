package io.crossfk.listener.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Who sits at the other end.
 *
 * @param out whether standard output is a terminal
 * @param err whether standard error is a terminal
 * @param colour whether people there see colours, and want them
 */
record Terminal(boolean out, boolean err, boolean colour) {

  /** Nobody: a pipe, a file or a test. */
  static final Terminal NONE = new Terminal(false, false, false);

  /**
   * Java cannot tell whether a stream is a terminal before release 22, and then only for all of
   * them together. So the start script tells; without it the operating system is asked.
   */
  static Terminal ofThisProcess() {
    return of(
        isTerminal("crossfk.terminal.out", 1),
        isTerminal("crossfk.terminal.err", 2),
        System.getenv());
  }

  static Terminal of(boolean out, boolean err, Map<String, String> environment) {
    boolean wanted =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new Terminal(out, err, wanted && (out || err));
  }

  /** Whether the locale says that people see more than ASCII. */
  static boolean isUnicode() {
    return "UTF-8".equals(System.getProperty("native.encoding"));
  }

  private static boolean isTerminal(String property, int descriptor) {
    String told = System.getProperty(property);
    if (told != null) {
      return Boolean.parseBoolean(told);
    }
    try {
      String target =
          Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor))).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException notLinux) {
      return false;
    }
  }
}
