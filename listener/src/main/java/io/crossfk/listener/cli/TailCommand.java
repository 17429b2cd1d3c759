package io.crossfk.listener.cli;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.feed.FeedReader;
import io.crossfk.listener.feed.FeedRecord;
import io.crossfk.listener.feed.FeedSettings;
import io.crossfk.listener.feed.FeedStartException;
import io.crossfk.rules.model.Rule;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The feed, for people. */
@Command(
    name = "tail",
    header = "Shows what crossfk publishes: first what is there, then what comes, until Ctrl-C.",
    description = {
      "",
      "Reads the topics of violations and of alerts as any consumer would, committed records only,"
          + " in no consumer group. With --json, violations only. It needs Kafka, and no database."
          + " Times are UTC."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk tail -c crossfk.yaml",
      "  crossfk tail -c crossfk.yaml --open",
      "  crossfk tail -c crossfk.yaml --rule orders-user --json | jq .summary"
    })
final class TailCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration POLL_TIME = Duration.ofSeconds(1);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "crossfk.yaml; only Kafka, the topics' names and the rules' names matter here.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path config;

  @Option(
      names = "--open",
      description = "Shows which alerts fire and a table of what is open now, and exits.")
  private boolean open;

  @Option(
      names = "--json",
      description = "Prints exactly the values of violations' records, one a line; for scripts.")
  private boolean json;

  @Option(names = "--rule", paramLabel = "RULE", description = "Only this rule.")
  private @Nullable String rule;

  private final Terminal terminal;
  private final AtomicReference<@Nullable FeedReader> reading = new AtomicReference<>();
  private volatile boolean stopped;

  TailCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    LogSetup.onlyWarnings();
    PrintWriter err = spec.commandLine().getErr();
    Configuration configuration;
    try {
      configuration = ConfigurationReader.read(config);
    } catch (ConfigurationMistakes mistakes) {
      err.println(mistakes.report());
      err.flush();
      return ExitCodes.CONFIGURATION;
    }
    checkRule(configuration);
    Thread worker = Thread.currentThread();
    return OrderlyEnd.of(() -> tail(configuration, err), () -> stop(worker), PATIENCE);
  }

  /** A name that no rule has would show nothing for ever. */
  private void checkRule(Configuration configuration) {
    if (rule != null && configuration.rules().named(rule).isEmpty()) {
      String known =
          configuration.rules().rules().stream()
              .map(Rule::name)
              .limit(20)
              .collect(Collectors.joining(", "));
      throw new ParameterException(
          spec.commandLine(), "unknown rule \"" + rule + "\"; there are: " + known);
    }
  }

  private void stop(Thread worker) {
    stopped = true;
    FeedReader reader = reading.get();
    if (reader != null) {
      reader.wakeUp();
    } else {
      worker.interrupt();
    }
  }

  private int tail(Configuration configuration, PrintWriter err) {
    // A script that reads violations must not meet anything else.
    try (FeedReader reader =
        json
            ? FeedReader.open(settings(configuration))
            : FeedReader.openWithAlerts(settings(configuration))) {
      reading.set(reader);
      PrintWriter out = spec.commandLine().getOut();
      if (open) {
        showOpen(reader, out);
      } else {
        follow(reader, out);
      }
      return ExitCodes.CLEAN;
    } catch (FeedStartException failure) {
      if (stopped) {
        return ExitCodes.CLEAN;
      }
      Problems.print(err, failure.problems());
      return switch (failure.reason()) {
        case UNREACHABLE -> ExitCodes.UNAVAILABLE;
        case REFUSED -> ExitCodes.CONFIGURATION;
      };
    } catch (WakeupException | InterruptException told) {
      return ExitCodes.CLEAN;
    } catch (KafkaException lost) {
      Problems.print(
          err,
          List.of(
              "reading topic %s on Kafka %s failed: %s; try again later"
                  .formatted(
                      configuration.feed().violations(),
                      configuration.kafka().bootstrapServers(),
                      lost.getMessage())));
      return ExitCodes.UNAVAILABLE;
    }
  }

  private void showOpen(FeedReader reader, PrintWriter out) {
    List<FeedRecord> records = reader.open().stream().filter(this::wanted).toList();
    if (json) {
      records.forEach(record -> record.json().ifPresent(out::println));
    } else {
      // First: while a rule is blind, the table is not all that is broken.
      records.stream()
          .filter(FeedRecord::isAlert)
          .flatMap(AlertLine::of)
          .forEach(line -> out.println(line.text(terminal.colour() && terminal.out())));
      OpenTable.lines(
              records.stream()
                  .filter(record -> !record.isAlert())
                  .flatMap(ViolationLine::of)
                  .toList())
          .forEach(out::println);
    }
    out.flush();
  }

  /** Ends with the wake-up, or when nobody reads on (as behind {@code | head}). */
  private void follow(FeedReader reader, PrintWriter out) {
    boolean colour = terminal.colour() && terminal.out();
    while (!stopped && !out.checkError()) {
      List<FeedRecord> records = reader.poll(POLL_TIME).stream().filter(this::wanted).toList();
      if (json) {
        records.forEach(record -> record.json().ifPresent(out::println));
      } else {
        // The partitions of the topic come one after the other; people want time's order.
        records.stream()
            .sorted(Comparator.comparing(FeedRecord::timestamp))
            .flatMap(record -> line(record, colour))
            .forEach(out::println);
      }
    }
  }

  private static Stream<String> line(FeedRecord record, boolean colour) {
    return record.isAlert()
        ? AlertLine.of(record).map(line -> line.text(colour))
        : ViolationLine.of(record).map(line -> line.text(colour));
  }

  private boolean wanted(FeedRecord record) {
    return rule == null || record.id().startsWith(rule + "|");
  }

  private static FeedSettings settings(Configuration configuration) {
    return new FeedSettings(
        configuration.name(),
        configuration.feed().violations(),
        configuration.feed().alerts(),
        configuration.feed().state(),
        configuration.feed().partitions(),
        configuration.kafka().properties());
  }
}
