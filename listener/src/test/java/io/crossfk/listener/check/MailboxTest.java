package io.crossfk.listener.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private static final long NOW = 0;
  private final Mailbox mailbox = new Mailbox(100);

  private static Event change(int number) {
    return new Event.Progress("users", new Position(number));
  }

  private boolean offer(String lane, Event event, long bytes) throws InterruptedException {
    return mailbox.offer(lane, List.of(event), bytes, Duration.ZERO);
  }

  @Test
  void aFullLaneRefusesAndTakingMakesRoom() throws InterruptedException {
    assertThat(offer("users", change(1), 60)).isTrue();
    assertThat(offer("users", change(2), 60)).isFalse();
    assertThat(mailbox.take(true, NOW)).containsExactly(change(1));
    assertThat(offer("users", change(2), 60)).isTrue();
  }

  @Test
  void oneFullLaneDoesNotHoldUpAnother() throws InterruptedException {
    offer("users", change(1), 100);
    assertThat(offer("users", change(2), 1)).isFalse();
    assertThat(offer("orders", change(3), 100)).isTrue();
    assertThat(mailbox.take(true, NOW)).containsExactly(change(1), change(3));
  }

  @Test
  void aBatchLargerThanTheLaneIsTakenWhenTheLaneIsEmpty() throws InterruptedException {
    assertThat(offer("users", change(1), 5000)).isTrue();
    assertThat(offer("users", change(2), 1)).isFalse();
  }

  @Test
  void answersComeThoughChangesAreNotWanted() throws InterruptedException {
    offer("users", change(1), 10);
    mailbox.answer(List.of(new Event.CutDurable(7)));
    assertThat(mailbox.take(false, NOW)).containsExactly(new Event.CutDurable(7));
    assertThat(mailbox.take(false, NOW)).isEmpty();
    assertThat(mailbox.take(true, NOW)).containsExactly(change(1));
  }

  @Test
  void whatIsForcedStaysInOrderWithTheLanesChanges() throws InterruptedException {
    offer("users", change(1), 100);
    mailbox.force("users", change(2));
    assertThat(mailbox.take(true, NOW)).containsExactly(change(1));
    assertThat(mailbox.take(true, NOW)).containsExactly(change(2));
  }

  @Test
  void theBytesThatWaitAreCounted() throws InterruptedException {
    offer("users", change(1), 40);
    offer("orders", change(2), 30);
    assertThat(mailbox.bytes()).isEqualTo(70);
    mailbox.take(true, NOW);
    assertThat(mailbox.bytes()).isZero();
  }
}
