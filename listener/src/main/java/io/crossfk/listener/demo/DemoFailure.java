package io.crossfk.listener.demo;

import java.util.List;

/** The story did not go as it must. */
final class DemoFailure extends Exception {
  private final List<String> problems;
  private final int exitCode;

  DemoFailure(List<String> problems, int exitCode) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
    this.exitCode = exitCode;
  }

  /** crossfk said something wrong, or said nothing where it had to speak. */
  static DemoFailure of(String problem) {
    return new DemoFailure(List.of(problem), Demo.ERROR_OF_CROSSFK);
  }

  List<String> problems() {
    return problems;
  }

  int exitCode() {
    return exitCode;
  }
}
