package io.crossfk.listener.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One call of {@code crossfk setup}: what it said, and how it ended. */
record SetupRun(int exitCode, String out, String err) {

  static SetupRun of(Path configuration, String... options) {
    List<String> arguments = new ArrayList<>(List.of("setup", "-c", configuration.toString()));
    arguments.addAll(List.of(options));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            Terminal.NONE,
            new PrintWriter(out),
            new PrintWriter(err),
            arguments.toArray(String[]::new));
    return new SetupRun(exitCode, out.toString(), err.toString());
  }

  /** What psql would send: neither comments nor psql's own commands. */
  List<String> statements() {
    return out.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("--") && !line.startsWith("\\"))
        .toList();
  }
}
