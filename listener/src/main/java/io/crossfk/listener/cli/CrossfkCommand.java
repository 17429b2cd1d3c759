package io.crossfk.listener.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of all commands; alone it is a mistake. */
@Command(
    name = "crossfk",
    description =
        "Foreign keys across databases: listens to each PostgreSQL's log, checks what changes"
            + " against the other database and publishes what is broken to Kafka.",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk demo                       see all of it, with nothing set up",
      "  crossfk setup -c crossfk.yaml      the SQL that lets it listen, and the way back",
      "  crossfk doctor -c crossfk.yaml     can this work here, and what cures it if not",
      "  crossfk run -c crossfk.yaml        the service",
      "  crossfk check -c crossfk.yaml      whole tables once, for CI or a clone",
      "  crossfk tail -c crossfk.yaml       what it publishes, for people",
      "  crossfk run --help                 more about one command"
    })
final class CrossfkCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows this help and exits.")
  @SuppressWarnings("UnusedVariable") // picocli reads the annotation
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      scope = ScopeType.INHERIT,
      description = "Shows the version and exits.")
  @SuppressWarnings("UnusedVariable") // picocli reads the annotation
  private boolean version;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say which command: " + String.join(", ", spec.subcommands().keySet()));
  }
}
