package io.crossfk.rules.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * The protocol in a whole installation, in worlds drawn from seeds, with the real judges. A run
 * that fails is made as short as it can be and tells its history; {@code -Dsimulation.seed=…} plays
 * that one alone, {@code -Dsimulation.worlds=…} plays that many.
 */
final class LargeSimulationTest {
  private static final int WORLDS = 20_000;
  private static final long SECONDS = 60;

  @Test
  void noOrderOfEventsBreaksTheProtocol(TestReporter reporter) throws Exception {
    Long one = Long.getLong("simulation.seed");
    if (one != null) {
      Tally tally = new Tally();
      if (!isRight(one, tally)) {
        fail(Shrunk.of(one, Parts::new).report());
      }
      reporter.publishEntry("world " + one, tally.toString());
      return;
    }
    Long wanted = Long.getLong("simulation.worlds");
    int threads =
        Integer.getInteger("simulation.threads", Runtime.getRuntime().availableProcessors());
    long began = System.nanoTime();
    AtomicLong next = new AtomicLong(1);
    AtomicLong wrong = new AtomicLong();
    Tally all = new Tally();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Tally>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        parts.add(
            pool.submit(
                () -> {
                  Tally tally = new Tally();
                  while (wrong.get() == 0) {
                    long seed = next.getAndIncrement();
                    boolean enough =
                        wanted != null
                            ? seed > wanted
                            : seed > WORLDS && System.nanoTime() - began > SECONDS * 1_000_000_000L;
                    if (enough) {
                      break;
                    }
                    if (!isRight(seed, tally)) {
                      wrong.compareAndSet(0, seed);
                    }
                  }
                  return tally;
                }));
      }
      for (Future<Tally> part : parts) {
        all.add(part.get());
      }
    }
    if (wrong.get() != 0) {
      fail(Shrunk.of(wrong.get(), Parts::new).report());
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    String figures =
        String.format(
            Locale.ROOT,
            "%s; %.1f s, %,.0f worlds/s, %,.0f events/s",
            all,
            seconds,
            all.worlds / seconds,
            all.events / seconds);
    reporter.publishEntry("simulation", figures);
    Files.writeString(Path.of("target", "simulation.txt"), figures + "\n" + all.spread());
    if (wanted == null || wanted >= WORLDS) {
      assertThat(all.missing()).as("what must happen somewhere\n%s", all.spread()).isEmpty();
    }
  }

  private static boolean isRight(long seed, Tally tally) {
    try {
      return Walk.play(Walk.Plan.of(seed), new Parts(), tally, new History(false))
          .world()
          .flaws
          .isEmpty();
    } catch (RuntimeException fault) {
      throw new AssertionError("seed " + seed, fault);
    }
  }
}
