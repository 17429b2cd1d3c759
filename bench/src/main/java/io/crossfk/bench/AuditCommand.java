package io.crossfk.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How long whole tables take, and whether what is found is the truth. */
@Command(
    name = "audit",
    description = {
      "crossfk check on two large tables of two servers, beside the plain COPY of both (the limit)"
          + " and the anti-join of postgres_fdw (the peer).",
      "Exit code 1 if it finds anything but the orphans there are."
    },
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  private static final PrintStream OUT = System.out;
  private static final String ALL = "all";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(names = "--rows", description = "Of each table; by default ${DEFAULT-VALUE}.")
  private long rows = 10_000_000;

  @Option(names = "--rounds", description = "By default ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(
      names = "--keys",
      paramLabel = "KIND",
      description = "bigint, uuid, two-columns or all; by default all.")
  private String keys = ALL;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures there, too.")
  private @Nullable Path json;

  @Option(
      names = "--under-load",
      description = "Instead: the truth of checks while pairs of rows come and go.")
  private boolean underLoad;

  @Option(names = "--runs", description = "Checks under load; by default ${DEFAULT-VALUE}.")
  private int runs = 20;

  @Option(
      names = "--writers",
      description = "Under load, each with two connections; by default ${DEFAULT-VALUE}.")
  private int writers = 4;

  @Option(
      names = "--rate",
      description = "Under load, commits a second wished for in all; by default ${DEFAULT-VALUE}.")
  private int rate = 2000;

  @Option(
      names = "--launcher",
      required = true,
      hidden = true,
      description = "bin/crossfk of the distribution that is measured; bench/run says which.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path launcher;

  @Option(
      names = "--jvm-option",
      description = "For the JVM of crossfk check, a profiler for instance; may be repeated.")
  private List<String> jvmOptions = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (rows < KeyKind.ORPHANS || rounds < 1 || runs < 1 || writers < 1 || rate < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--rows wants at least %d, all other numbers at least 1".formatted(KeyKind.ORPHANS));
    }
    List<KeyKind> kinds =
        Arrays.stream(KeyKind.values())
            .filter(kind -> keys.equals(ALL) || keys.equals(kind.label()))
            .toList();
    if (kinds.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--keys wants bigint, uuid, two-columns or all");
    }
    Map<String, Object> report = new LinkedHashMap<>();
    boolean right = true;
    Path folder = Files.createTempDirectory("crossfk-bench");
    try (Servers servers = Servers.start()) {
      Machine machine = Machine.here(servers);
      OUT.println(machine);
      report.put("machine", machine);
      report.put("rows", rows);
      for (KeyKind kind : kinds) {
        OUT.printf("%n%s keys: filling %,d users and %,d orders ...%n", kind.label(), rows, rows);
        servers.fill(kind, rows);
        if (underLoad) {
          var measurement = new AuditUnderLoad(servers, kind, rows, check(servers, kind, folder));
          AuditUnderLoad.Outcome outcome = measurement.run(runs, writers, rate, OUT);
          report.put(kind.label(), outcome);
          right &= outcome.right();
        } else {
          var measurement = new AuditSideBySide(servers, kind, rows, check(servers, kind, folder));
          AuditSideBySide.Outcome outcome = measurement.run(rounds, OUT);
          report.put(kind.label(), outcome.figures());
          right &= outcome.right();
        }
      }
    } finally {
      remove(folder);
    }
    if (json != null) {
      JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      Files.writeString(json, mapper.writeValueAsString(report) + "\n");
    }
    return right ? 0 : 1;
  }

  private CheckProcess check(Servers servers, KeyKind kind, Path folder) throws IOException {
    // Waiting for a grace is no work; under load it is what the writers' pairs need.
    String grace = underLoad ? AuditUnderLoad.GRACE : "0s";
    return new CheckProcess(
        launcher, servers.configuration(folder, kind, grace), folder, jvmOptions);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
