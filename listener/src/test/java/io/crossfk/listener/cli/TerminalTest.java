package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
  @ParameterizedTest
  @CsvSource({
    "true,  false, xterm, '',  true",
    "false, true,  xterm, '',  true",
    "false, false, xterm, '',  false",
    "true,  true,  dumb,  '',  false",
    "true,  true,  xterm, '1', false",
  })
  void coloursAreForTerminalsWhoseOwnersWantThem(
      boolean out, boolean err, String term, String noColor, boolean colour) {
    Terminal terminal = Terminal.of(out, err, Map.of("TERM", term, "NO_COLOR", noColor));

    assertThat(terminal.colour()).isEqualTo(colour);
  }
}
