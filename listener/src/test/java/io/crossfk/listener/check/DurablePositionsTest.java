package io.crossfk.listener.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.change.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DurablePositionsTest {
  private final DurablePositions positions = new DurablePositions(Set.of("one", "two"));
  private final List<Position> acknowledged = new ArrayList<>();

  DurablePositionsTest() {
    positions.sourceStarts(acknowledged::add);
  }

  @Test
  void theSlotMovesToTheSmallestPositionOfAllJudges() {
    positions.durable("one", new Position(50), 0);
    positions.durable("two", new Position(30), 0);
    positions.durable("two", new Position(60), 0);
    assertThat(acknowledged).containsExactly(new Position(30), new Position(50));
  }

  @Test
  void aJudgeWithoutADurableCutHoldsTheSlot() {
    positions.durable("one", new Position(50), 0);
    assertThat(acknowledged).isEmpty();
  }

  @Test
  void positionsAreComparedUnsignedAndNeverGoBack() {
    positions.durable("one", new Position(-2), 0);
    positions.durable("two", new Position(-1), 0);
    positions.durable("one", new Position(7), 0);
    assertThat(acknowledged).containsExactly(new Position(-2));
  }

  @Test
  void aCutFromBeforeAGapMovesNoSlotAfterIt() {
    positions.durable("one", new Position(900), 0);
    positions.durable("two", new Position(900), 0);
    positions.gap();
    positions.durable("one", new Position(1000), 0);
    positions.durable("two", new Position(1000), 0);
    positions.durable("one", new Position(10), 1);
    positions.durable("two", new Position(12), 1);
    assertThat(acknowledged).containsExactly(new Position(900), new Position(10));
  }
}
