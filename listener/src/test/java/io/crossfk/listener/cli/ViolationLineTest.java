package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.feed.FeedRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ViolationLineTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @Test
  void aTransitionIsOneLineThatStandsAlone() {
    assertThat(lines("opened", value("open", "{\"user_id\":42}", 1, false)))
        .containsExactly(
            "2026-11-22T12:00:01.500Z  OPEN      orders-user  (user_id)=(42)  1 orphan"
                + "  child-insert  It is broken.");
  }

  @Test
  void theWordIsTheTransitionsOwn() {
    assertThat(lines("updated", value("open", "{\"user_id\":42}", 2, false)).getFirst())
        .contains("  UPDATED   ", "  2 orphans  ");
    assertThat(lines("resolved", value("resolved", "{\"user_id\":42}", 2, false)).getFirst())
        .contains("  RESOLVED  ");
  }

  @Test
  void keysReadAsInPostgresOwnMessageAndCountsSayWhenTheyStopped() {
    assertThat(
            lines("opened", value("open", "{\"order_id\":\"7\",\"line_no\":null}", 100, true))
                .getFirst())
        .contains("(order_id, line_no)=(7, null)", "at least 100 orphans");
  }

  @Test
  void aKeyCannotGiveOrdersToTheTerminal() {
    String line =
        lines("opened", value("open", "{\"user_id\":\"\\u001b[2J\\u0007\\r\\n42\"}", 1, false))
            .getFirst();

    assertThat(line).contains("42").doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void aTombstoneIsNoNews() {
    FeedRecord tombstone =
        new FeedRecord(
            "orders-user|[42]",
            Optional.empty(),
            Map.of("ce_type", "io.crossfk.violation.forgotten"),
            0,
            0,
            NOW);

    assertThat(ViolationLine.of(tombstone)).isEmpty();
  }

  @Test
  void theTableHasTheOldestFirstAndCounts() {
    List<ViolationLine> open =
        Stream.of("{\"user_id\":1}", "{\"user_id\":22222}")
            .flatMap(key -> ViolationLine.of(record("opened", value("open", key, 1, false))))
            .toList();

    assertThat(OpenTable.lines(open))
        .containsExactly(
            "OPEN SINCE                RULE         KEY                ORPHANS   CAUSE        "
                + " SEVERITY",
            "2026-11-22T12:00:00.000Z  orders-user  (user_id)=(1)      1 orphan  child-insert "
                + " critical",
            "2026-11-22T12:00:00.000Z  orders-user  (user_id)=(22222)  1 orphan  child-insert "
                + " critical",
            "2 open violations");
    assertThat(OpenTable.lines(List.of())).containsExactly("No open violations.");
  }

  private static List<String> lines(String type, String value) {
    return ViolationLine.of(record(type, value)).map(line -> line.text(false)).toList();
  }

  private static FeedRecord record(String type, String value) {
    return new FeedRecord(
        "id", Optional.of(value), Map.of("ce_type", "io.crossfk.violation." + type), 0, 0, NOW);
  }

  private static String value(String status, String key, int orphans, boolean atLeast) {
    return """
    {"id":"id","status":"%s","rule":"orders-user","cause":"child-insert","summary":"It is broken.",
     "severity":"critical","key":%s,"orphans":{"count":%d,"atLeast":%b,"sample":[]},
     "openedAt":"2026-11-22T12:00:00.000000Z","updatedAt":"2026-11-22T12:00:01.500000Z"}
    """
        .formatted(status, key, orphans, atLeast);
  }
}
