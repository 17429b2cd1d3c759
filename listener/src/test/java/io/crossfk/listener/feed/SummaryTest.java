package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.judge.Orphans;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final Violation OPEN = Samples.opened(Samples.ORDERS_USER, Key.of(42));

  @Test
  void itReadsLikePostgresOwnMessage() {
    assertThat(summary(OPEN))
        .isEqualTo(
            "orders-user: Key (user_id)=(42) of orders:public.orders is not present in"
                + " users:public.users(id): 3 orphans");
  }

  @Test
  void itCountsAsPeopleDo() {
    assertThat(summary(withOrphans(1, false))).endsWith(": 1 orphan");
    assertThat(summary(withOrphans(2, false))).endsWith(": 2 orphans");
    assertThat(summary(withOrphans(1000, true))).endsWith(": at least 1000 orphans");
  }

  @Test
  void aPartlyNullKeyIsNoMatterOfParents() {
    assertThat(summary(Samples.halfNull()))
        .isEqualTo(
            "shipments-line: Key (order_no, line_no)=(A-7, null) of shipping:public.shipments mixes"
                + " null and nonnull values, which MATCH FULL does not allow: at least 1000"
                + " orphans");
  }

  @Test
  void aResolutionSaysSoAndWhy() {
    assertThat(summary(ended(Resolution.PARENT_ARRIVED)))
        .isEqualTo(
            "orders-user: resolved: Key (user_id)=(42) of orders:public.orders is now present in"
                + " users:public.users(id)");
    assertThat(summary(ended(Resolution.NO_ORPHANS)))
        .isEqualTo(
            "orders-user: resolved: no row of orders:public.orders holds Key (user_id)=(42) any"
                + " more");
    assertThat(summary(ended(Resolution.RULE_CHANGED)))
        .isEqualTo(
            "orders-user: resolved: the rule was changed, Key (user_id)=(42) of"
                + " orders:public.orders is checked anew");
  }

  @Test
  void aLongKeyDoesNotPushTheNewsBeyondWhatAPagerShows() {
    Violation longKey =
        Samples.opened(
            Samples.SHIPMENTS_LINE,
            Key.of(
                new KeyValue.Text("x".repeat(30) + "\uD83D\uDE00".repeat(200)),
                new KeyValue.Decimal(new BigDecimal("9".repeat(100)))));

    assertThat(summary(longKey))
        .contains("=(" + "x".repeat(30) + "…, " + "9".repeat(30) + "…)")
        .hasSizeLessThan(250);
    Violation oneLongText =
        Samples.opened(
            Samples.SHIPMENTS_LINE,
            Key.of(new KeyValue.Text("y".repeat(500)), new KeyValue.Decimal(BigDecimal.ONE)));
    assertThat(summary(oneLongText).indexOf("of shipping:public.shipments is not present"))
        .isBetween(0, 130 - "of shipping:public.shipments is not present".length());
  }

  @Test
  void aLineBreakInAKeyDoesNotBreakTheSentence() {
    assertThat(
            summary(
                Samples.opened(
                    Samples.SHIPMENTS_LINE,
                    Key.of(new KeyValue.Text("a\r\nb"), new KeyValue.Decimal(BigDecimal.ONE)))))
        .contains("=(a  b, 1)");
  }

  private static Violation ended(Resolution resolution) {
    return Samples.resolved(OPEN, resolution, Samples.NOON);
  }

  private static Violation withOrphans(int count, boolean atLeast) {
    return new Violation(
        OPEN.rule(),
        OPEN.key(),
        OPEN.cause(),
        new Orphans(count, atLeast, List.of()),
        OPEN.brokenAt(),
        OPEN.openedAt(),
        OPEN.updatedAt(),
        OPEN.ended(),
        OPEN.evidence(),
        OPEN.openedAtParent(),
        OPEN.transition());
  }

  private static String summary(Violation violation) {
    BoundRule rule = Samples.rule(violation.rule().name()).orElseThrow();
    return Summary.of(ViolationDocument.of(violation, rule.shape().canonical(violation.key())));
  }
}
