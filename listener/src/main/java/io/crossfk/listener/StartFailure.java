package io.crossfk.listener;

import java.util.List;

/** What stops a start: all problems at once, each one message for people with its cure. */
public final class StartFailure extends Exception {

  /** Exit code for a configuration that cannot work (sysexits: EX_CONFIG). */
  public static final int CONFIGURATION = 78;

  /** Exit code for a database or a Kafka that could not be reached (EX_UNAVAILABLE). */
  public static final int UNAVAILABLE = 69;

  private final List<String> problems;
  private final int exitCode;

  StartFailure(List<String> problems, int exitCode) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
    this.exitCode = exitCode;
  }

  /** At least one; in the order of the configuration. */
  public List<String> problems() {
    return problems;
  }

  public int exitCode() {
    return exitCode;
  }
}
