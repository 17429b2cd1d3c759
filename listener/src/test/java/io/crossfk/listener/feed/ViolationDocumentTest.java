package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ViolationDocumentTest {

  @Test
  void anOpenViolationReadsLikeThis() {
    assertThat(json(Samples.ORDERS_USER, Samples.opened(Samples.ORDERS_USER, Key.of(42))))
        .isEqualTo(
            oneLine(
                """
                {"id":"orders-user|[42]",
                "status":"open",
                "rule":"orders-user",
                "cause":"child-insert",
                "summary":"orders-user: Key (user_id)=(42) of orders:public.orders is not present\
                 in users:public.users(id): 3 orphans",
                "severity":"critical",
                "owner":"team-orders",
                "runbook":"https://runbooks.example.com/orders-user",
                "key":{"user_id":42},
                "child":{"database":"orders","table":"public.orders","columns":["user_id"]},
                "parent":{"database":"users","table":"public.users","columns":["id"]},
                "orphans":{"count":3,"atLeast":false,"sample":[{"id":"1001"},{"id":"1002"}]},
                "brokenAt":"2026-11-22T11:59:50.000001Z",
                "openedAt":"2026-11-22T12:00:00.000001Z",
                "updatedAt":"2026-11-22T12:00:00.000001Z",
                "evidence":{"childPosition":"0/16B3748",
                "parentPosition":"1/AB",
                "xid":4294967295,
                "childSnapshotBefore":"730:732:730",
                "parentSnapshot":"900:900:",
                "childSnapshotAfter":"730:733:730"}}
                """));
  }

  @Test
  void aResolvedViolationSaysWhenAndWhy() {
    Violation resolved =
        Samples.resolved(
            Samples.opened(Samples.ORDERS_USER, Key.of(42)),
            Resolution.PARENT_ARRIVED,
            Instant.parse("2026-11-22T12:01:00Z"));

    assertThat(json(Samples.ORDERS_USER, resolved))
        .contains("\"status\":\"resolved\"")
        .contains(
            "\"updatedAt\":\"2026-11-22T12:01:00.000000Z\","
                + "\"resolvedAt\":\"2026-11-22T12:01:00.000000Z\","
                + "\"resolution\":\"parent-arrived\",\"evidence\"");
  }

  @Test
  void whatHasNoValueIsAbsent() {
    assertThat(json(Samples.SHIPMENTS_LINE, Samples.halfNull()))
        .contains("\"key\":{\"order_no\":\"A-7\",\"line_no\":null}")
        .contains("\"orphans\":{\"count\":1000,\"atLeast\":true,\"sample\":[]}")
        .doesNotContain("owner", "runbook", "brokenAt", "resolvedAt", "resolution", "xid")
        .doesNotContain("parentSnapshot");
  }

  @Test
  void noReaderLosesDigitsOfAnIntegerOrANumeric() {
    assertThat(Cell.of("c", new KeyValue.Whole(1L << 53)).quoted()).isFalse();
    assertThat(Cell.of("c", new KeyValue.Whole(-(1L << 53))).quoted()).isFalse();
    assertThat(Cell.of("c", new KeyValue.Whole((1L << 53) + 1)).quoted()).isTrue();
    assertThat(Cell.of("c", new KeyValue.Whole(Long.MIN_VALUE)).quoted()).isTrue();

    Violation composite =
        Samples.opened(
            Samples.SHIPMENTS_LINE,
            Key.of(new KeyValue.Text("7"), new KeyValue.Decimal(new BigDecimal("1E+3"))));
    assertThat(json(Samples.SHIPMENTS_LINE, composite))
        .contains("\"key\":{\"order_no\":\"7\",\"line_no\":\"1000\"}");
  }

  @ParameterizedTest
  @EnumSource
  void everyKindOfRecordIsDescribedByTheSchema(Resolution resolution) {
    for (BoundRule rule : List.of(Samples.ORDERS_USER, Samples.CARDS_USER)) {
      for (long value : new long[] {42, 0, -1, Long.MAX_VALUE}) {
        Violation open = Samples.opened(rule, Key.of(value));
        PublishedSchema.VIOLATION.assertDescribes(json(rule, open));
        PublishedSchema.VIOLATION.assertDescribes(
            json(rule, Samples.resolved(open, resolution, Samples.NOON)));
      }
    }
    PublishedSchema.VIOLATION.assertDescribes(json(Samples.SHIPMENTS_LINE, Samples.halfNull()));
  }

  @Test
  void theSchemaRefusesWhatIsHalfResolved() {
    String open = json(Samples.ORDERS_USER, Samples.opened(Samples.ORDERS_USER, Key.of(42)));

    assertThat(PublishedSchema.VIOLATION.accepts(open)).isTrue();
    assertThat(PublishedSchema.VIOLATION.accepts(open.replace("\"open\"", "\"resolved\"")))
        .isFalse();
    assertThat(
            PublishedSchema.VIOLATION.accepts(
                open.replace("\"evidence\"", "\"resolution\":\"no-orphans\",\"evidence\"")))
        .isFalse();
    assertThat(PublishedSchema.VIOLATION.accepts(open.replace("50.000001Z", "50.001Z"))).isFalse();
  }

  @Test
  void nothingIsLostOnTheWayThroughJson() {
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    Violation ended = Samples.resolved(open, Resolution.NO_ORPHANS, Samples.NOON.plusSeconds(1));
    for (Violation violation : List.of(open, ended, Samples.halfNull())) {
      BoundRule rule = Samples.rule(violation.rule().name()).orElseThrow();
      ViolationDocument read = ViolationDocument.read(Json.read(json(rule, violation)));

      assertThat(read).isEqualTo(document(rule, violation));
      assertThat(
              read.toViolation(
                  rule.rule(), violation.key(), violation.openedAtParent(), violation.transition()))
          .isEqualTo(violation);
    }
  }

  @Test
  void aRuleThatIsGoneCanBeToldOfFromTheRecordAlone() {
    Violation open = Samples.opened(Samples.ORDERS_USER, Key.of(42));
    Instant later = Samples.NOON.plusSeconds(60);

    ViolationDocument ended =
        document(Samples.ORDERS_USER, open).endedBy(Resolution.RULE_REMOVED, later);

    String json = new String(ended.toJson(), StandardCharsets.UTF_8);
    PublishedSchema.VIOLATION.assertDescribes(json);
    assertThat(json)
        .contains("\"status\":\"resolved\"")
        .contains("\"resolution\":\"rule-removed\"")
        .contains(
            "\"summary\":\"orders-user: resolved: the rule was removed, Key (user_id)=(42) of"
                + " orders:public.orders is not checked any more\"")
        .contains("\"resolvedAt\":\"2026-11-22T12:01:00.000001Z\"");
  }

  @Test
  void anEventsIdNamesOpeningAndTransition() {
    ViolationDocument violation =
        document(Samples.ORDERS_USER, Samples.opened(Samples.ORDERS_USER, Key.of(42)));
    Position opening = Position.parse("1/AB");

    assertThat(ViolationEvent.of(ViolationEvent.Type.OPENED, violation, opening, 1).eventId())
        .isEqualTo("orders-user|[42]@1/AB#1");
    assertThat(ViolationEvent.of(ViolationEvent.Type.RESOLVED, violation, opening, 2).eventId())
        .isEqualTo("orders-user|[42]@1/AB#2");
    assertThat(ViolationEvent.forgotten(violation.id(), opening, 2, Samples.NOON).eventId())
        .isEqualTo("orders-user|[42]@1/AB#2-forgotten");
  }

  private static ViolationDocument document(BoundRule rule, Violation violation) {
    return ViolationDocument.of(violation, rule.shape().canonical(violation.key()));
  }

  private static String json(BoundRule rule, Violation violation) {
    return new String(document(rule, violation).toJson(), StandardCharsets.UTF_8);
  }

  private static String oneLine(String text) {
    return text.replace("\n", "");
  }
}
