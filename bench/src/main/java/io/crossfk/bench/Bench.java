package io.crossfk.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bench/run …}: one command for each question. */
@Command(
    name = "bench/run",
    subcommands = AuditCommand.class,
    description = "Measures crossfk beside its limit and its peers, in one run.",
    mixinStandardHelpOptions = true)
public final class Bench {
  private Bench() {}

  /** The exit code is 1 if an answer was wrong, 0 if all were right, however long they took. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }
}
