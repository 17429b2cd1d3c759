package io.crossfk.listener.randomwork;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.randomwork.Committed.Answer;
import io.crossfk.listener.randomwork.FeedChecker.Kind;
import io.crossfk.listener.randomwork.FeedChecker.Problem;
import io.crossfk.listener.randomwork.KeyHistory.Doubt;
import io.crossfk.listener.randomwork.KeyHistory.Version;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checker finds what a feed can be wrong in, and accuses nobody who may be right. */
class FeedCheckerTest {
  private static final String ID = "orders-user|[1]";

  // Each is sent at 10 times its number, and known to be committed 4 later; so is its xid.
  private static final Committed AT_100 = commit(10);
  private static final Committed AT_200 = commit(20);
  private static final Committed AT_300 = commit(30);
  private static final Committed AT_400 = commit(40);

  private static Committed commit(long number) {
    long sent = number * 10;
    return new Committed(
        number, "client", "users", number, sent, sent + 4, Answer.DURABLE, List.of(), List.of());
  }

  private static List<Version> from(Committed birth) {
    return List.of(new Version(birth, null));
  }

  private static List<Version> between(Committed birth, Committed death) {
    return List.of(new Version(birth, death));
  }

  private static KeyHistory key(List<Version> children, List<Version> parents) {
    return new KeyHistory(children, parents, List.of());
  }

  private static Told told(String type, int number, long at) {
    return told(type, number, at, Optional.empty());
  }

  private static Told told(String type, int number, long at, Optional<Told.Proof> proof) {
    return new Told(ID, type, ID + "@0/1#" + number, number, at, at + 1000, proof, type);
  }

  private static Optional<Told.Proof> proof(String before, String parent, String after) {
    return Optional.of(
        new Told.Proof(SeenBy.parse(before), SeenBy.parse(parent), SeenBy.parse(after)));
  }

  private static FeedChecker checkerOf(KeyHistory history) {
    return new FeedChecker(id -> id.equals(ID) ? history : KeyHistory.NOTHING, Duration.ZERO);
  }

  private static List<Kind> found(KeyHistory history, Told... feed) {
    FeedChecker checker = checkerOf(history);
    for (Told each : feed) {
      checker.hear(each);
    }
    return checker.problems().stream().map(Problem::kind).toList();
  }

  @Test
  void anHonestFeedIsNotAccused() {
    KeyHistory history = key(between(AT_100, AT_400), from(AT_300));
    assertThat(found(history, told("opened", 1, 250), told("resolved", 2, 350))).isEmpty();
  }

  @Test
  void anOpeningOfAKeyThatAlwaysHadItsParentIsFalse() {
    KeyHistory history = key(from(AT_200), from(AT_100));
    assertThat(found(history, told("opened", 1, 350))).containsExactly(Kind.FALSE_OPENING);
  }

  @Test
  void anOpeningOfAKeyWithoutAChildIsFalse() {
    assertThat(found(KeyHistory.NOTHING, told("opened", 1, 350)))
        .containsExactly(Kind.FALSE_OPENING);
    KeyHistory history = key(from(AT_300), List.of());
    assertThat(found(history, told("opened", 1, 299))).containsExactly(Kind.FALSE_OPENING);
  }

  @Test
  void anOpeningThatWasTrueOnlyBeforeTheLastResolutionIsFalse() {
    KeyHistory history = key(from(AT_100), from(AT_300));
    assertThat(
            found(
                history, told("opened", 1, 250), told("resolved", 2, 350), told("opened", 3, 390)))
        .containsExactly(Kind.FALSE_OPENING);
  }

  @Test
  void anOpeningMayBeTrueWhileACommitIsOnItsWay() {
    KeyHistory arriving = key(from(AT_100), from(AT_100));
    assertThat(found(arriving, told("opened", 1, 102))).isEmpty();
    KeyHistory leaving = key(from(AT_100), between(AT_100, AT_300));
    assertThat(
            found(
                leaving, told("opened", 1, 102), told("resolved", 2, 200), told("opened", 3, 301)))
        .isEmpty();
    assertThat(
            found(
                leaving, told("opened", 1, 102), told("resolved", 2, 200), told("opened", 3, 299)))
        .containsExactly(Kind.FALSE_OPENING);
  }

  @Test
  void aParentThatGoesAndComesBackInOneTransactionWasNeverAway() {
    KeyHistory history =
        key(from(AT_200), List.of(new Version(AT_100, AT_300), new Version(AT_300, null)));
    assertThat(found(history, told("opened", 1, 303))).containsExactly(Kind.FALSE_OPENING);
    KeyHistory inTwo =
        key(from(AT_200), List.of(new Version(AT_100, AT_300), new Version(AT_400, null)));
    assertThat(found(inTwo, told("opened", 1, 303))).isEmpty();
  }

  @Test
  void twoChildrenOfOneTransactionAreBothThere() {
    KeyHistory history =
        key(
            List.of(
                new Version(AT_100, AT_200),
                new Version(AT_100, AT_200),
                new Version(AT_200, null),
                new Version(AT_200, AT_300)),
            List.of());
    assertThat(found(history, told("opened", 1, 150), told("resolved", 2, 390)))
        .as("a child was there all the time")
        .containsExactly(Kind.UNTRUE_RESOLUTION);
  }

  @Test
  void aResolutionWhileTheOrphanStaysIsUntrue() {
    KeyHistory history = key(from(AT_100), List.of());
    assertThat(found(history, told("opened", 1, 250), told("resolved", 2, 350)))
        .containsExactly(Kind.UNTRUE_RESOLUTION);
  }

  @Test
  void aResolutionByAParentThatHadGoneBeforeTheOpeningIsUntrue() {
    KeyHistory history = key(from(AT_100), between(AT_200, AT_300));
    assertThat(found(history, told("opened", 1, 350), told("resolved", 2, 390)))
        .containsExactly(Kind.UNTRUE_RESOLUTION);
  }

  @Test
  void anOpeningWhoseOwnProofSawTheParentIsFalseWhateverTheClockSays() {
    KeyHistory history = key(from(AT_100), from(AT_300));
    assertThat(found(history, told("opened", 1, 350, proof("25:25:", "25:25:", "26:26:"))))
        .isEmpty();
    assertThat(found(history, told("opened", 1, 350, proof("25:25:", "31:31:", "26:26:"))))
        .containsExactly(Kind.FALSE_OPENING);
    assertThat(found(history, told("opened", 1, 350, proof("25:25:", "30:33:30", "26:26:"))))
        .as("30 was still running")
        .isEmpty();
  }

  @Test
  void anOpeningWhoseOwnProofDidNotSeeOneChildTwiceIsFalse() {
    KeyHistory history =
        key(List.of(new Version(AT_100, AT_200), new Version(AT_300, null)), List.of());
    assertThat(found(history, told("opened", 1, 350, proof("15:15:", "25:25:", "35:35:"))))
        .containsExactly(Kind.FALSE_OPENING);
    assertThat(found(history, told("opened", 1, 350, proof("31:31:", "25:25:", "35:35:"))))
        .isEmpty();
  }

  @Test
  void theSameRecordTwiceIsADuplicate() {
    KeyHistory history = key(from(AT_100), List.of());
    assertThat(found(history, told("opened", 1, 250), told("opened", 1, 250)))
        .containsExactly(Kind.DUPLICATE);
  }

  @Test
  void aSecondOpeningAndAMissingNumberAreOutOfOrder() {
    KeyHistory history = key(from(AT_100), List.of());
    assertThat(found(history, told("opened", 1, 250), told("opened", 2, 260)))
        .containsExactly(Kind.OUT_OF_ORDER);
    assertThat(found(history, told("opened", 1, 250), told("updated", 3, 260)))
        .containsExactly(Kind.OUT_OF_ORDER);
    assertThat(found(history, told("opened", 2, 250))).containsExactly(Kind.OUT_OF_ORDER);
    assertThat(found(key(from(AT_100), from(AT_200)), told("resolved", 1, 250)))
        .containsExactly(Kind.OUT_OF_ORDER);
  }

  @Test
  void whatIsBrokenInTheEndAndNotOpenIsMissedAndTheOtherWayRoundIsLeftOpen() {
    KeyHistory history = key(from(AT_100), List.of());
    FeedChecker checker = checkerOf(history);
    checker.hear(told("opened", 1, 250));
    checker.end(Set.of(ID));
    assertThat(checker.problems()).isEmpty();
    checker.end(Set.of(ID, "orders-user|[2]"));
    assertThat(checker.problems()).extracting(Problem::kind).containsExactly(Kind.MISSED);
    checker.end(Set.of("orders-user|[2]"));
    assertThat(checker.count(Kind.LEFT_OPEN)).isEqualTo(1);
  }

  @Test
  void aKeyThatACrashTookCommitsBackFromIsInDoubtForThatTimeOnly() {
    KeyHistory history = new KeyHistory(from(AT_200), from(AT_100), List.of(new Doubt(300, 320)));
    assertThat(found(history, told("opened", 1, 290))).containsExactly(Kind.FALSE_OPENING);
    FeedChecker checker = checkerOf(history);
    checker.hear(told("opened", 1, 310));
    assertThat(checker.problems()).isEmpty();
    assertThat(checker.doubtful()).isEqualTo(1);
  }

  @Test
  void aKeyThatIsPartlyNullIsBrokenWheneverAChildHasIt() {
    KeyHistory history = key(between(AT_100, AT_300), List.of());
    assertThat(found(history, told("opened", 1, 250), told("resolved", 2, 350))).isEmpty();
    assertThat(history.isBrokenInTheEnd()).isFalse();
  }
}
