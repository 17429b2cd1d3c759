package io.crossfk.rules.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.judge.Clause;
import io.crossfk.rules.judge.Event;
import io.crossfk.rules.judge.SmallWorlds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each clause of the protocol is left out of the parts around the judge, and in some world that is
 * seen. Seeds are deterministic, and so are the numbers of the worlds: docs/protocol.md tells them.
 */
final class MutationTableTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "protocol.md");
  private static final String HEADER = "| clause left out | | found in world (small) | (large) |";
  private static final int MOST_SMALL = 5_000;
  private static final int MOST_LARGE = 1_000;

  private static Supplier<Parts> without(Clause clause) {
    return switch (clause) {
      case I0_ANSWERS_DECIDE -> LeftOut.EventsDecide::new;
      case I0_NOBODY_REFERS -> () -> new LeftOut.Unguarded(Event.ChildWritten.class);
      case I0_PROOF -> () -> new LeftOut.Unguarded(Event.ParentArrived.class);
      case I0_CHILD_LEFT -> () -> new LeftOut.Unguarded(Event.ChildLeft.class);
      case I0_WAKE_UP -> LeftOut.OpenIsBelieved::new;
      case I1_PARENT -> () -> new LeftOut.Forged(true);
      case I1_CHILD -> () -> new LeftOut.Forged(false);
      case I1_CEILING -> LeftOutOfTheFeed.NoCeiling::new;
      case I1_BEGUN -> LeftOut.BeginIsLate::new;
      case I1_XMAX -> LeftOut.ListedOnly::new;
      case I2_GUARD -> () -> new LeftOut.Unguarded(Event.ParentRemoved.class);
      case I3_ASK -> LeftOut.OnlyEvicts::new;
      case I3_ORDER -> LeftOut.EvictsLate::new;
      case I4_AGAIN -> LeftOut.ChildThenParent::new;
      case I4_ORDER -> LeftOut.ParentThenChild::new;
      case I4_VERSION -> LeftOut.SameKey::new;
      case I5_ACKNOWLEDGE -> LeftOutOfTheFeed.AcknowledgesFirst::new;
      case I5_ONE_WRITE -> LeftOutOfTheFeed.TwoWrites::new;
      case I5_SUSPICIONS -> LeftOutOfTheFeed.NoSuspicions::new;
      case I5_FENCE -> LeftOutOfTheFeed.ReadsFirst::new;
      case I5_POSITION -> LeftOutOfTheFeed.LargestPosition::new;
      case STANDBY_ABSENCE -> LeftOut.StandbyForPrimary::new;
      case STANDBY_PRESENCE -> LeftOut.StandbyWakes::new;
    };
  }

  @Test
  void everyClauseLeftOutIsFoundWhereTheDocumentSays() throws Exception {
    List<String> found = new ArrayList<>(List.of(HEADER, "|---|---|---|---|"));
    Stream.of(Clause.values())
        .parallel()
        .map(
            clause ->
                "| %s | %s | %s | %s |"
                    .formatted(
                        clause.name(),
                        clause.leftOut,
                        number(SmallWorlds.findsWithout(clause, MOST_SMALL)),
                        number(large(clause))))
        .toList()
        .forEach(found::add);

    assertThat(found)
        .as("a clause that is found nowhere")
        .noneMatch(row -> row.endsWith("– | – |"));
    List<String> told =
        Files.readAllLines(DOCUMENT).stream().dropWhile(line -> !line.equals(HEADER)).toList();
    assertThat(told.stream().takeWhile(line -> line.startsWith("|")).toList())
        .as("the table of docs/protocol.md is to be\n%s", String.join("\n", found))
        .isEqualTo(found);
  }

  private static String number(int world) {
    return world == 0 ? "–" : Integer.toString(world);
  }

  private static int large(Clause clause) {
    for (int seed = 1; seed <= MOST_LARGE; seed++) {
      World world =
          Walk.play(Walk.Plan.of(seed), without(clause).get(), new Tally(), new History(false))
              .world();
      if (!world.flaws.isEmpty()) {
        return seed;
      }
    }
    return 0;
  }
}
