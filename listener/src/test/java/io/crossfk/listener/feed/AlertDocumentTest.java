package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RuleLife;
import io.crossfk.rules.model.Rule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertDocumentTest {
  private static final Rule RULE = Samples.ORDERS_USER.rule();
  private static final AlertDocument BLIND =
      AlertDocument.blind(RULE, "replication slot \"crossfk\" does not exist", Samples.NOON);
  private static final AlertDocument OVERFLOW = AlertDocument.overflow(RULE, Samples.NOON);

  @Test
  void aRuleThatIsBlindReadsLikeThis() {
    assertThat(json(BLIND))
        .isEqualTo(
            """
            {"id":"orders-user|blind",
            "dedupKey":"orders-user|blind",
            "rule":"orders-user",
            "kind":"blind",
            "status":"firing",
            "summary":"orders-user is blind: replication slot \\"crossfk\\" does not exist.\
             It cannot vouch for orders:public.orders and users:public.users until it has audited.",
            "severity":"critical",
            "owner":"team-orders",
            "runbook":"https://runbooks.example.com/orders-user",
            "reason":"replication slot \\"crossfk\\" does not exist",
            "firedAt":"2026-11-22T12:00:00.000001Z",
            "updatedAt":"2026-11-22T12:00:00.000001Z"}
            """
                .replace("\n", ""));
  }

  @Test
  void aRuleThatOverflowsSaysItsLimit() {
    assertThat(OVERFLOW.summary())
        .isEqualTo(
            "orders-user overflows: over 10000 keys of orders:public.orders are missing in"
                + " users:public.users, or look so. No more of them are told of until it has"
                + " audited.");
  }

  @Test
  void whatIsNotKnownOfARuleIsAbsent() {
    assertThat(json(AlertDocument.overflow(Samples.CARDS_USER.rule(), Samples.NOON)))
        .contains("\"severity\":\"error\"")
        .doesNotContain("owner", "runbook", "reason", "resolvedAt", "null");
  }

  @Test
  void itsBeginningStandsAloneHoweverLongTheReasonIs() {
    AlertDocument wordy =
        AlertDocument.blind(RULE, "lost:\n" + "x".repeat(5000) + "\ud83d\ude00", Samples.NOON);

    assertThat(wordy.summary())
        .startsWith("orders-user is blind: lost: x")
        .contains("…. It cannot vouch for")
        .doesNotContain("\n")
        .hasSizeLessThan(1024);
    assertThat(json(wordy)).contains("lost:\\nxxx").contains("x\ud83d\ude00\",\"firedAt\"");
    PublishedSchema.ALERT.assertDescribes(json(wordy));
  }

  @Test
  void aReasonThatIsASentenceKeepsItsOneStop() {
    assertThat(AlertDocument.blind(RULE, "it is gone.\n", Samples.NOON).summary())
        .startsWith("orders-user is blind: it is gone. It cannot");
  }

  @Test
  void everyKindOfRecordIsDescribedByTheSchema() {
    for (AlertDocument firing :
        List.of(BLIND, OVERFLOW, AlertDocument.overflow(Samples.CARDS_USER.rule(), Samples.NOON))) {
      PublishedSchema.ALERT.assertDescribes(json(firing));
      for (RuleLife life : List.of(new RuleLife.Watching(), new RuleLife.Baseline())) {
        PublishedSchema.ALERT.assertDescribes(
            json(firing.resolved(AlertSummary.resolved(firing.rule(), life), Samples.NOON)));
      }
      for (Resolution why : List.of(Resolution.RULE_CHANGED, Resolution.RULE_REMOVED)) {
        PublishedSchema.ALERT.assertDescribes(
            json(firing.resolved(AlertSummary.retired(firing.rule(), why), Samples.NOON)));
      }
    }
  }

  @Test
  void theSchemaRefusesWhatIsHalfSaid() {
    assertThat(PublishedSchema.ALERT.accepts(json(BLIND))).isTrue();
    assertThat(PublishedSchema.ALERT.accepts(json(BLIND).replace("firing", "resolved"))).isFalse();
    assertThat(PublishedSchema.ALERT.accepts(json(BLIND).replace("\"reason\"", "\"because\"")))
        .isFalse();
    assertThat(
            PublishedSchema.ALERT.accepts(
                json(BLIND).replace("\"firedAt\"", "\"resolvedAt\":\"soon\",\"firedAt\"")))
        .isFalse();
    assertThat(PublishedSchema.ALERT.accepts(json(BLIND).replace("00.000001Z", "00Z"))).isFalse();
  }

  @Test
  void nothingIsLostOnTheWayThroughJson() {
    Instant nanos = Instant.parse("2026-11-22T12:00:00.123456789Z");
    AlertDocument fine = AlertDocument.blind(RULE, "r", nanos);
    for (AlertDocument each :
        List.of(BLIND, OVERFLOW, fine, fine.resolved("over", nanos.plusNanos(1)))) {
      assertThat(AlertDocument.read(Json.read(json(each)))).isEqualTo(each);
    }
  }

  private static String json(AlertDocument document) {
    return new String(document.toJson(), StandardCharsets.UTF_8);
  }
}
