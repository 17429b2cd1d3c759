package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line understands, and how it ends. */
class MainTest {
  record Run(int exitCode, String out, String err) {
    static Run of(String... arguments) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int exitCode = Main.run(Terminal.NONE, new PrintWriter(out), new PrintWriter(err), arguments);
      return new Run(exitCode, out.toString(), err.toString());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                | say which command: doctor, run, tail, check, setup, demo
          runn -c crossfk.yaml              | Did you mean: crossfk run
          run                               | Missing required option: '--config=FILE'
          tail                              | Missing required option: '--config=FILE'
          run -c                            | Missing required parameter for option '--config'
          run -c a.yaml b.yaml              | Unmatched argument at index 3: 'b.yaml'
          run -c a.yaml --log-format xml    | expected one of
          run -c a.yaml --verbose           | Unknown option: '--verbose'
          tail -c a.yaml --rule             | Missing required parameter for option '--rule'
          setup                             | Missing required option: '--config=FILE'
          setup -c a.yaml --flavor aiven    | expected one of
          setup -c a.yaml --apply --show-password | --show-password is for the printed script
          demo --for 60                     | "60" is not a duration from 25s to 24h
          demo --for 24s                    | "24s" is not a duration from 25s to 24h
          demo --for 25h                    | "25h" is not a duration from 25s to 24h
          demo --for soon                   | "soon" is not a duration from 25s to 24h
          demo --for                        | Missing required parameter for option '--for'
          """)
  void whatCannotBeUnderstoodIsUsage(String arguments, String message) {
    Run run = Run.of(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(run.exitCode()).isEqualTo(64);
    assertThat(run.err()).startsWith("crossfk: ").contains(message).contains("--help");
    assertThat(run.err().lines()).hasSizeLessThan(6);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "tail", "demo", "setup"})
  void everyCommandHelpsWithExamplesAndExitCodes(String command) {
    Run run = Run.of(command, "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("Usage: crossfk " + command)
        .contains("Examples:")
        .contains("  crossfk " + command + " ")
        .contains("Exit codes:")
        .containsPattern("(?m)^ +64 ")
        .containsPattern("(?m)^ +78 ");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void itHelpsAndTellsItsVersion() {
    assertThat(Run.of("--help").out()).contains("run", "tail", "demo", "Examples:");
    assertThat(Run.of("--version"))
        .satisfies(
            run -> {
              assertThat(run.exitCode()).isZero();
              assertThat(run.out()).startsWith("crossfk ").contains("Java ");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "tail"})
  void everyMistakeOfEveryFileIsToldAtOnceWithItsPlace(String command, @TempDir Path folder)
      throws IOException {
    Path config = folder.resolve("crossfk.yaml");
    Files.writeString(
        config,
        """
        databases:
          users: { url: "jdbc:postgresql://127.0.0.1:1/users", pasword: x }
        kafka: { bootstrap.servers: "127.0.0.1:1" }
        rules: [ rules.yaml ]
        """);
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        rules:
          - name: orders-user
            child: order:public.orders(user_id)
            parent: users:public.users(id)
            grace: fast
        """);

    Run run = Run.of(command, "-c", config.toString());

    assertThat(run.exitCode()).isEqualTo(78);
    assertThat(run.err())
        .contains("crossfk.yaml:2:", "pasword", "password")
        .contains("rules.yaml:3:", "order")
        .contains("rules.yaml:5:", "fast")
        .doesNotContain("Exception", "\tat ");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "tail"})
  void aFileThatIsNotThereIsAMistakeOfConfiguration(String command, @TempDir Path folder) {
    Run run = Run.of(command, "-c", folder.resolve("nowhere.yaml").toString());

    assertThat(run.exitCode()).isEqualTo(78);
    assertThat(run.err()).contains("nowhere.yaml").doesNotContain("Exception");
  }

  @Test
  void tailKnowsTheRulesOfItsConfiguration(@TempDir Path folder) throws IOException {
    Run run = Run.of("tail", "-c", sound(folder).toString(), "--rule", "order-user");

    assertThat(run.exitCode()).isEqualTo(64);
    assertThat(run.err()).contains("unknown rule \"order-user\"", "orders-user");
  }

  /** A configuration without a mistake, of servers that are not there. */
  static Path sound(Path folder) throws IOException {
    Path config = folder.resolve("crossfk.yaml");
    Files.writeString(
        config,
        """
        databases:
          users:  { url: "jdbc:postgresql://127.0.0.1:1/users" }
          orders: { url: "jdbc:postgresql://127.0.0.1:1/orders" }
        kafka: { bootstrap.servers: "127.0.0.1:1" }
        rules: [ rules.yaml ]
        """);
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        rules:
          - name: orders-user
            child: orders:public.orders(user_id)
            parent: users:public.users(id)
        """);
    return config;
  }
}
