package io.crossfk.listener.cli;

import io.crossfk.listener.Listener;
import io.crossfk.listener.ListenerFault;
import io.crossfk.listener.StartFailure;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.config.OnGap;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The service. */
@Command(
    name = "run",
    header = "Watches databases and publishes violations to Kafka, until it is told to stop.",
    description = {
      "",
      "Creates what is missing: topics on Kafka, and in each database a publication and a"
          + " replication slot. Where it may not, it says which SQL or command a person has to"
          + " run.",
      "",
      "SIGTERM or Ctrl-C: what is settled is flushed, and it ends within 5 seconds. A second"
          + " instance of the same name waits, and takes over when the first is gone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk run -c crossfk.yaml",
      "  crossfk run -c crossfk.yaml --log-format json 2>> crossfk.log"
    })
final class RunCommand implements Callable<Integer> {
  /** From the signal to the end of the process; five seconds are promised. */
  private static final Duration PATIENCE = Duration.ofMillis(4700);

  private static final Duration FLUSH_TIME = Duration.ofSeconds(4);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "crossfk.yaml: databases, Kafka, and where the rules are.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path config;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description =
          "human or json. By default human where standard error is a terminal, and json elsewhere.")
  private LogSetup.@Nullable Format format;

  @Option(
      names = "--on-gap",
      paramLabel = "WHAT",
      description =
          "audit or stop: for this run, in place of every database's on-gap. audit makes a stream"
              + " that has lost a part anew, and audits its rules.")
  private @Nullable OnGap onGap;

  private final Terminal terminal;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    LogSetup.Format chosen =
        format != null ? format : terminal.err() ? LogSetup.Format.HUMAN : LogSetup.Format.JSON;
    LogSetup.toStandardError(chosen);
    PrintWriter err = spec.commandLine().getErr();
    Configuration configuration;
    try {
      Configuration read = ConfigurationReader.read(config);
      configuration = onGap == null ? read : read.onGap(onGap);
    } catch (ConfigurationMistakes mistakes) {
      err.println(mistakes.report());
      err.flush();
      return ExitCodes.CONFIGURATION;
    }
    StartSummary summary = new StartSummary(configuration);
    if (chosen == LogSetup.Format.HUMAN) {
      summary.lines().forEach(err::println);
      err.flush();
    } else {
      summary.log(LoggerFactory.getLogger(RunCommand.class));
    }
    try (Listener listener = new Listener(configuration)) {
      return OrderlyEnd.of(() -> run(listener, err), () -> listener.stop(FLUSH_TIME), PATIENCE);
    }
  }

  private static int run(Listener listener, PrintWriter err) throws InterruptedException {
    try {
      listener.run();
      return ExitCodes.CLEAN;
    } catch (StartFailure failure) {
      Problems.print(err, failure.problems());
      return failure.exitCode();
    } catch (ListenerFault fault) {
      LoggerFactory.getLogger(RunCommand.class).atError().setCause(fault).log("crossfk must end");
      Problems.print(err, List.of(String.valueOf(fault.getMessage())));
      return fault.exitCode();
    }
  }
}
