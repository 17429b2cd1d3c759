package io.crossfk.listener.cli;

import io.crossfk.listener.Checkup;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.doctor.Diagnosis;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Can this work here? */
@Command(
    name = "doctor",
    header = "Looks at every database and at Kafka: can this work here, and what cures it if not?",
    description = {
      "",
      "Each finding comes with its cure, as SQL or as a command where there is one; what is fine is"
          + " listed too. It changes nothing. Warnings alone end with exit code 0."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk doctor -c crossfk.yaml",
      "  crossfk doctor -c crossfk.yaml --format json > findings.json"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

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
      names = "--format",
      paramLabel = "FORMAT",
      description = "table or json; by default table.")
  private DoctorReport.Format format = DoctorReport.Format.TABLE;

  private final Terminal terminal;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    LogSetup.onlyWarnings();
    Configuration configuration;
    try {
      configuration = ConfigurationReader.read(config);
    } catch (ConfigurationMistakes mistakes) {
      PrintWriter err = spec.commandLine().getErr();
      err.println(mistakes.report());
      err.flush();
      return ExitCodes.CONFIGURATION;
    }
    Thread worker = Thread.currentThread();
    return OrderlyEnd.of(() -> examine(configuration), worker::interrupt, PATIENCE);
  }

  private int examine(Configuration configuration) throws InterruptedException {
    Diagnosis diagnosis = Checkup.of(configuration);
    PrintWriter out = spec.commandLine().getOut();
    out.print(format.text(diagnosis, terminal.out() && Terminal.isUnicode()));
    out.flush();
    return exitCode(diagnosis);
  }

  static int exitCode(Diagnosis diagnosis) {
    if (diagnosis.needsCure()) {
      return ExitCodes.CONFIGURATION;
    }
    return diagnosis.isIncomplete() ? ExitCodes.UNAVAILABLE : ExitCodes.CLEAN;
  }
}
