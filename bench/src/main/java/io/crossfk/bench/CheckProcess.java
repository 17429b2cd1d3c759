package io.crossfk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code crossfk check} as a person runs it: the distribution's launcher, in a process of its own.
 */
final class CheckProcess {
  static final String HEAP = "-Xmx512m";

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int VIOLATIONS = 1;

  private final Path launcher;
  private final Path configuration;
  private final Path folder;
  private final List<String> jvmOptions;

  /**
   * @param launcher {@code bin/crossfk} of the distribution
   * @param folder for what it prints, and for keys that do not fit into memory
   */
  CheckProcess(Path launcher, Path configuration, Path folder, List<String> jvmOptions) {
    this.launcher = launcher;
    this.configuration = configuration;
    this.folder = folder;
    this.jvmOptions = List.copyOf(jvmOptions);
  }

  /**
   * @param seconds of the process, from before its start to after its end
   * @param inside seconds of the check alone, as it tells them
   * @param residentBytes at most, as seen while it ran
   * @param candidates keys that had no parent in what was read of both tables
   * @param keys that it told as broken
   */
  record Result(
      double seconds, double inside, long residentBytes, long candidates, List<String> keys) {}

  /**
   * @throws IOException if it did not end as a check that found violations
   */
  Result run() throws IOException, InterruptedException {
    Path out = folder.resolve("check.json");
    Path err = folder.resolve("check.err");
    ProcessBuilder builder =
        new ProcessBuilder(
                launcher.toString(),
                "check",
                "-c",
                configuration.toString(),
                "--format",
                "json",
                "--temp",
                folder.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    List<String> options = new ArrayList<>(List.of(HEAP));
    options.addAll(jvmOptions);
    builder.environment().put("CROSSFK_OPTS", String.join(" ", options));
    long start = System.nanoTime();
    Process process = builder.start();
    long resident = 0;
    do {
      resident = Math.max(resident, resident(process.pid()));
    } while (!process.waitFor(100, TimeUnit.MILLISECONDS));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (process.exitValue() != VIOLATIONS) {
      throw new IOException(
          "crossfk check ended with exit code %d: %s"
              .formatted(process.exitValue(), Files.readString(err)));
    }
    JsonNode rule = MAPPER.readTree(Files.readString(out)).required("rules").get(0);
    List<String> keys = new ArrayList<>();
    rule.required("violations")
        .forEach(violation -> keys.add(violation.required("key").toString()));
    return new Result(
        seconds,
        rule.required("seconds").doubleValue(),
        resident,
        rule.required("candidates").longValue(),
        keys);
  }

  /** The largest resident set so far; 0 where the system does not tell. */
  private static long resident(long pid) {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // It has just ended, or this is no Linux.
    }
  }
}
