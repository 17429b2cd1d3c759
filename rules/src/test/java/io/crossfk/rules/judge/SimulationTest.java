package io.crossfk.rules.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * The protocol under orders of events that nobody thought of: small worlds drawn from seeds, with
 * the real judge. A run that fails tells its history; {@code -Dsimulation.small.seed=…} plays that
 * one alone, {@code -Dsimulation.small.worlds=…} plays more of them.
 */
final class SimulationTest {
  private static final int WORLDS = Integer.getInteger("simulation.small.worlds", 20_000);

  @Test
  void noOrderOfEventsBreaksTheProtocol(TestReporter reporter) {
    Long one = Long.getLong("simulation.small.seed");
    long opened = 0;
    long resolved = 0;
    long first = one == null ? 1 : one;
    long last = one == null ? WORLDS : one;
    for (long seed = first; seed <= last; seed++) {
      World world = walk(seed, new History(one != null));
      if (!world.witness.flaws().isEmpty()) {
        History history = new History(true);
        walk(seed, history);
        fail(
            "seed %d: %s %s%n%s"
                .formatted(
                    seed,
                    world.witness.flaws(),
                    world.witness.remarks(),
                    String.join("\n", history.lines())));
      }
      opened += world.witness.opened();
      resolved += world.witness.resolved();
    }
    reporter.publishEntry(
        "worlds %d to %d".formatted(first, last),
        "%d violations opened, %d resolved".formatted(opened, resolved));
    if (one == null) {
      assertThat(opened).as("violations in %d worlds", WORLDS).isGreaterThan(WORLDS / 3);
      assertThat(resolved).as("resolutions in %d worlds", WORLDS).isGreaterThan(WORLDS / 20);
    }
  }

  /** Every third world has a standby beside its primary. */
  private static World walk(long seed, History history) {
    Supplier<Doubles> doubles =
        seed % 3 == 0 ? () -> new RandomWalk.WithStandby(seed) : Doubles::new;
    return RandomWalk.walk(seed, doubles, history);
  }
}
