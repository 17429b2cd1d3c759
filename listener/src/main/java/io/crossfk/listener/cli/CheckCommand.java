package io.crossfk.listener.cli;

import io.crossfk.listener.OneShotCheck;
import io.crossfk.listener.StartFailure;
import io.crossfk.listener.audit.CheckOutcome;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.rules.model.Rule;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whole tables, once. */
@Command(
    name = "check",
    header = "Checks whole tables once and tells what is broken; for CI, a clone or a first look.",
    description = {
      "",
      "Reads the key columns of both sides, looks for children without a parent, and proves each"
          + " one before it is told: what is being written meanwhile raises no alarm. It needs"
          + " SELECT on the key columns; no slot, no publication, no Kafka. It changes nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk check -c crossfk.yaml",
      "  crossfk check -c crossfk.yaml --database users=jdbc:postgresql://clone:5432/users",
      "  crossfk check -c crossfk.yaml --rule orders-user --format junit > check.xml"
    })
final class CheckCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "crossfk.yaml; Kafka does not matter here.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path config;

  @Option(names = "--rule", paramLabel = "RULE", description = "Only this rule; may be repeated.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, json or junit; by default table.")
  private CheckReport.Format format = CheckReport.Format.TABLE;

  @Option(
      names = "--database",
      paramLabel = "NAME=URL",
      description = "Another address for a database, a clone's for instance; may be repeated.")
  private Map<String, String> addresses = new LinkedHashMap<>();

  @Option(
      names = "--sample",
      paramLabel = "ROWS",
      description = "Checks about so many child rows of each rule, chosen by chance.")
  private @Nullable Integer sample;

  @Option(
      names = "--max-rate",
      paramLabel = "ROWS",
      description = "Reads at most so many rows a second of each table.")
  private @Nullable Long maxRate;

  @Option(
      names = "--statement-timeout",
      paramLabel = "SECONDS",
      description = "The server ends the reading of a table after so long; by default never.")
  private long statementTimeout;

  @Option(
      names = "--temp",
      paramLabel = "FOLDER",
      description = "Where keys go that do not fit into memory; by default the temp folder.")
  private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

  private final Terminal terminal;

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    LogSetup.onlyWarnings();
    requireSense();
    // What is loaded meanwhile need not be loaded when it is used: time won, and nothing else.
    Thread.ofPlatform().daemon().name("crossfk-prepare").start(OneShotCheck::prepare);
    PrintWriter err = spec.commandLine().getErr();
    Configuration configuration;
    try {
      configuration = ConfigurationReader.read(config);
    } catch (ConfigurationMistakes mistakes) {
      err.println(mistakes.report());
      err.flush();
      return ExitCodes.CONFIGURATION;
    }
    Configuration addressed = addressed(configuration);
    List<Rule> rules = rules(configuration);
    Thread worker = Thread.currentThread();
    return OrderlyEnd.of(() -> check(addressed, rules, err), worker::interrupt, PATIENCE);
  }

  private void requireSense() {
    if ((sample != null && sample < 1) || (maxRate != null && maxRate < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--sample and --max-rate want a number of rows, at least 1");
    }
    if (statementTimeout < 0) {
      throw new ParameterException(
          spec.commandLine(), "--statement-timeout wants seconds, at least 0 (for never)");
    }
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new ParameterException(
          spec.commandLine(), "--temp " + folder + " is no folder that can be written to");
    }
  }

  private Configuration addressed(Configuration configuration) {
    for (String name : addresses.keySet()) {
      if (!configuration.databases().containsKey(name)) {
        throw new ParameterException(
            spec.commandLine(),
            "--database names \"%s\"; there are: %s"
                .formatted(name, String.join(", ", configuration.databases().keySet())));
      }
    }
    return configuration.withAddresses(addresses);
  }

  private List<Rule> rules(Configuration configuration) {
    List<Rule> enabled = configuration.rules().enabled();
    for (String name : names) {
      if (enabled.stream().noneMatch(rule -> rule.name().equals(name))) {
        throw new ParameterException(
            spec.commandLine(),
            "unknown rule \"%s\"; there are: %s"
                .formatted(
                    name,
                    enabled.stream().map(Rule::name).limit(20).collect(Collectors.joining(", "))));
      }
    }
    return enabled.stream().filter(rule -> names.isEmpty() || names.contains(rule.name())).toList();
  }

  private int check(Configuration configuration, List<Rule> rules, PrintWriter err)
      throws InterruptedException {
    OneShotCheck.Options options =
        new OneShotCheck.Options(
            sample == null ? OptionalInt.empty() : OptionalInt.of(sample),
            maxRate == null ? OptionalLong.empty() : OptionalLong.of(maxRate),
            Duration.ofSeconds(statementTimeout),
            folder);
    List<CheckOutcome> outcomes;
    try (ProgressBar progress = new ProgressBar(err, terminal.err(), System::nanoTime)) {
      outcomes = OneShotCheck.run(configuration, rules, options, progress);
    } catch (StartFailure failure) {
      Problems.print(err, failure.problems());
      return failure.exitCode();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(format.text(outcomes));
    out.flush();
    List<String> failures =
        outcomes.stream()
            .filter(CheckOutcome.Failed.class::isInstance)
            .map(CheckOutcome.Failed.class::cast)
            .map(
                failed ->
                    "rule %s could not be checked: database %s: %s"
                        .formatted(failed.rule().rule().name(), failed.database(), failed.reason()))
            .toList();
    Problems.print(err, failures);
    if (!failures.isEmpty()) {
      return ExitCodes.UNAVAILABLE;
    }
    return outcomes.stream().anyMatch(CheckCommand::hasViolations)
        ? ExitCodes.VIOLATIONS
        : ExitCodes.CLEAN;
  }

  private static boolean hasViolations(CheckOutcome outcome) {
    // With more than it could look at, nobody can call the rule sound.
    return outcome instanceof CheckOutcome.Checked checked
        && (checked.more() || !checked.violations().isEmpty());
  }
}
