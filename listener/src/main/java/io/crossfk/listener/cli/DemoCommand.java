package io.crossfk.listener.cli;

import io.crossfk.listener.demo.Demo;
import io.crossfk.rules.text.DurationText;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Everything embedded: nothing to set up. */
@Command(
    name = "demo",
    header =
        "Two PostgreSQL servers, Kafka and crossfk on this machine, and a story of six chapters.",
    description = {
      "",
      "Starts it all on free ports of 127.0.0.1, breaks and mends a foreign key between the two"
          + " databases under a healthy load, shows what crossfk makes of it, and compares the open"
          + " violations with an anti-join over both databases. Nothing is left behind."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk demo",
      "  crossfk demo --for 60s",
      "  crossfk demo --json 2>/dev/null | jq .summary"
    })
final class DemoCommand implements Callable<Integer> {
  /** Servers end in two or three seconds; whatever is left then, the sandbox itself ends. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "40s",
      converter = Total.class,
      description =
          "How long all of it takes: 25s to 24h, ${DEFAULT-VALUE} if not given. The story takes the"
              + " first half minute of it, or less; the load goes on until the end. A machine that"
              + " is too slow takes longer.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Duration total;

  @Option(
      names = "--json",
      description =
          "Prints the values of the records that a consumer receives on standard output, one a"
              + " line, and nothing else there; the story goes to standard error.")
  private boolean json;

  private final Terminal terminal;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    Path log = Files.createTempFile("crossfk-demo-", ".log");
    LogSetup.toFile(log);
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter story = json ? err : out;
    boolean colour = terminal.colour() && (json ? terminal.err() : terminal.out());
    Consumer<String> records = json ? out::println : record -> {};
    Demo demo = new Demo(total, story, colour, records);
    return OrderlyEnd.of(() -> run(demo, log, err), demo::stop, PATIENCE);
  }

  private static int run(Demo demo, Path log, PrintWriter err) throws Exception {
    Demo.Outcome outcome = demo.run();
    return switch (outcome) {
      case Demo.Outcome.Agreed agreed -> {
        Files.deleteIfExists(log);
        yield ExitCodes.CLEAN;
      }
      case Demo.Outcome.Stopped stopped -> {
        Files.deleteIfExists(log);
        yield ExitCodes.CLEAN;
      }
      case Demo.Outcome.Failed failed -> {
        Problems.print(err, failed.problems());
        Problems.print(err, List.of("the demo's log is " + log));
        yield failed.exitCode();
      }
    };
  }

  /** {@code 60s}, {@code 2m}. */
  static final class Total implements ITypeConverter<Duration> {
    private static final Duration LONGEST = Duration.ofHours(24);

    @Override
    public Duration convert(String text) {
      return DurationText.parse(text)
          .filter(duration -> duration.compareTo(Demo.SHORTEST) >= 0)
          .filter(duration -> duration.compareTo(LONGEST) <= 0)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"%s\" is not a duration from %s to %s, as in 60s or 2m"
                          .formatted(
                              text,
                              DurationText.print(Demo.SHORTEST),
                              DurationText.print(LONGEST))));
    }
  }
}
