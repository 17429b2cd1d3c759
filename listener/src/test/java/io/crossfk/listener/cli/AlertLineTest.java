package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.feed.FeedRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertLineTest {
  @Test
  void anAlertIsOneLineThatStandsAlone() {
    assertThat(lines("blind", "firing", "orders-user is blind: slot lost.", false))
        .containsExactly("2026-11-22T12:00:01.500Z  BLIND     orders-user is blind: slot lost.");
    assertThat(lines("overflow", "resolved", "orders-user: resolved", false).getFirst())
        .contains("  RESOLVED  orders-user: resolved");
  }

  @Test
  void aReasonCannotGiveOrdersToTheTerminal() {
    assertThat(lines("blind", "firing", "a\\u001b[2J\\r\\nb", false).getFirst())
        .endsWith("a [2J  b")
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void colourSaysWhetherItFires() {
    assertThat(lines("blind", "firing", "x", true).getFirst()).contains("\u001b[31mBLIND");
    assertThat(lines("blind", "resolved", "x", true).getFirst()).contains("\u001b[32mRESOLVED");
  }

  private static List<String> lines(String kind, String status, String summary, boolean colour) {
    String value =
        """
        {"id":"orders-user|%1$s","rule":"orders-user","kind":"%1$s","status":"%2$s",
         "summary":"%3$s","updatedAt":"2026-11-22T12:00:01.500000Z"}
        """
            .formatted(kind, status, summary);
    FeedRecord record =
        new FeedRecord(
            "orders-user|" + kind,
            Optional.of(value),
            Map.of("ce_type", "io.crossfk.alert.fired"),
            0,
            0,
            Instant.EPOCH);
    assertThat(record.isAlert()).isTrue();
    assertThat(record.isOpen()).isEqualTo(status.equals("firing"));
    return AlertLine.of(record).map(line -> line.text(colour)).toList();
  }
}
