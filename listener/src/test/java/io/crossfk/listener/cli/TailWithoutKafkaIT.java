package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.cli.MainTest.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Needs no server, but some patience: among the others, which have work meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
class TailWithoutKafkaIT {
  @ParameterizedTest
  @ValueSource(strings = {"tail", "tail --open"})
  void aKafkaThatDoesNotAnswerIsToldInOneLine(String command, @TempDir Path folder)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("-c", MainTest.sound(folder).toString()));

    Run run = Run.of(arguments.toArray(String[]::new));

    assertThat(run.exitCode()).isEqualTo(69);
    assertThat(run.err()).contains("127.0.0.1:1").doesNotContain("Exception");
    assertThat(run.err().lines()).hasSize(1);
  }
}
