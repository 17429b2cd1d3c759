package io.crossfk.rules.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PositionTest {

  @ParameterizedTest
  @ValueSource(strings = {"0/0", "0/1", "16/B374D848", "7FFFFFFF/FFFFFFFF", "FFFFFFFF/FFFFFFFF"})
  void aPositionIsWrittenAsPostgresWritesIt(String text) {
    assertThat(Position.parse(text)).hasToString(text);
  }

  @Test
  void bothHalvesAreRead() {
    assertThat(Position.parse("16/b374d848")).isEqualTo(new Position(0x16_B374_D848L));
    assertThat(Position.parse("0/0")).isEqualTo(Position.ZERO);
  }

  @Test
  void positionsCompareUnsigned() {
    Position largest = Position.parse("FFFFFFFF/FFFFFFFF");
    Position beforeTheSign = Position.parse("7FFFFFFF/FFFFFFFF");
    Position afterTheSign = Position.parse("80000000/0");

    assertThat(largest).isGreaterThan(Position.ZERO);
    assertThat(afterTheSign.isAfter(beforeTheSign)).isTrue();
    assertThat(beforeTheSign.isBefore(afterTheSign)).isTrue();
    assertThat(largest.isAfter(largest)).isFalse();
    assertThat(largest.isBefore(largest)).isFalse();
    assertThat(Position.smaller(largest, beforeTheSign)).isEqualTo(beforeTheSign);
    assertThat(Position.larger(largest, beforeTheSign)).isEqualTo(largest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "0",
        "0/",
        "/0",
        "0/0/0",
        "-1/0",
        "0/-1",
        "+1/0",
        "0/+1",
        "0x1/0",
        "G/0",
        " 0/0",
        "0/0 ",
        "123456789/0",
        "0/123456789",
        "\u0661/0"
      })
  void whatPostgresDoesNotWriteIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Position.parse(text))
        .withMessageContaining("not a log position");
  }
}
