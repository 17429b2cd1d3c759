package io.crossfk.listener.demo;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.feed.FeedSettings;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.text.DurationText;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts two PostgreSQL servers, Kafka and crossfk in this process, plays a story on them and
 * compares crossfk's word with the databases'. Runs once.
 */
public final class Demo {
  /** Below this, grace leaves no time for the story. */
  public static final Duration SHORTEST = Duration.ofSeconds(25);

  static final int ERROR_OF_CROSSFK = 70;

  /** The story is told by then, if there is time. */
  private static final Duration STORY_END = Duration.ofSeconds(30);

  /** For the count at the end and for the servers to end. */
  private static final Duration LAST_ACT = Duration.ofSeconds(4);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(2500);

  /** Whoever sees it for the first time wants to see a record soon. */
  private static final Duration SHORT_PAUSE = Duration.ofMillis(300);

  private static final int FIRST_WITH_A_RECORD = 3;
  private static final Duration BETWEEN_WORDS = Duration.ofSeconds(10);
  private static final Duration START_TIME = Duration.ofSeconds(60);

  /** How it ended. */
  public sealed interface Outcome {
    /** crossfk told what it had to, nothing else, and its count is the databases' own. */
    record Agreed() implements Outcome {}

    /** Somebody called {@link Demo#stop}. */
    record Stopped() implements Outcome {}

    /**
     * @param problems for people, at least one
     */
    record Failed(List<String> problems, int exitCode) implements Outcome {
      public Failed {
        problems = List.copyOf(problems);
      }
    }
  }

  private final Duration total;
  private final Narrator narrator;
  private final Consumer<String> records;
  private volatile boolean stopped;
  private volatile @Nullable Thread runner;

  /**
   * @param total how long all of it is to take, {@link #SHORTEST} or more
   * @param story where it is told
   * @param records given the value of each record that a consumer receives, by a thread of the
   *     demo's
   */
  public Demo(Duration total, PrintWriter story, boolean colour, Consumer<String> records) {
    this.total = total;
    this.narrator = new Narrator(story, colour);
    this.records = records;
  }

  /** Plays it all on the calling thread; when it returns, nothing is left. */
  public Outcome run() throws InterruptedException {
    runner = Thread.currentThread();
    try {
      if (!stopped) {
        play();
      }
      return stopped ? new Outcome.Stopped() : new Outcome.Agreed();
    } catch (DemoFailure failure) {
      return ended(failure.problems(), failure.exitCode());
    } catch (SQLException | IOException failure) {
      return ended(List.of("the demo failed: " + failure.getMessage()), ERROR_OF_CROSSFK);
    } catch (InterruptedException e) {
      if (stopped) {
        return new Outcome.Stopped();
      }
      throw e;
    } finally {
      runner = null;
    }
  }

  private Outcome ended(List<String> problems, int exitCode) {
    return stopped ? new Outcome.Stopped() : new Outcome.Failed(problems, exitCode);
  }

  /** Ends it early and in an orderly way; from any thread, does not wait. */
  public void stop() {
    stopped = true;
    Thread running = runner;
    if (running != null) {
      running.interrupt();
    }
  }

  private void play() throws DemoFailure, SQLException, IOException, InterruptedException {
    narrator.title("crossfk demo: a foreign key between two databases, from their logs to Kafka");
    narrator.blank();
    try (Servers servers = new Servers(narrator)) {
      Configuration configuration = DemoConfiguration.read(servers);
      try (ListenerHost crossfk = new ListenerHost(configuration)) {
        awaitWatching(crossfk);
        introduce(configuration);
        try (Witness witness = new Witness(feed(configuration), records)) {
          witness.start();
          play(servers, crossfk, witness, configuration);
        }
      }
      narrator.blank();
      narrator.plain("Everything is stopped and removed. Your own databases: see README.md.");
    }
  }

  private static void awaitWatching(ListenerHost crossfk) throws DemoFailure, InterruptedException {
    if (!Waiting.until(() -> crossfk.listener().watching(), START_TIME)) {
      throw DemoFailure.of(
          "crossfk did not come to watch its rules within %d s: %s"
              .formatted(START_TIME.toSeconds(), crossfk.listener().status()));
    }
  }

  private void introduce(Configuration configuration) {
    narrator.ready("crossfk is ready and watches");
    for (Rule rule : configuration.rules().enabled()) {
      narrator.more(
          "%s: %s -> %s, grace %s"
              .formatted(
                  rule.name(), rule.child(), rule.parent(), DurationText.print(rule.grace())));
    }
  }

  private void play(
      Servers servers, ListenerHost crossfk, Witness witness, Configuration configuration)
      throws DemoFailure, SQLException, InterruptedException {
    Duration grace = configuration.rules().rules().getFirst().grace();
    try (Stage stage = new Stage(servers, crossfk, witness, narrator, grace)) {
      Story story = new Story(stage, narrator);
      story.play(1);
      try (HealthyLoad load = new HealthyLoad(servers, grace)) {
        stage.beside(load);
        narrator.blank();
        narrator.plain(
            "From here on a healthy load runs beside the story: users, orders and shipments that"
                + " come in either order,");
        narrator.plain("change and go, some hundred transactions a second. It must never alarm.");
        for (int chapter = 2; chapter <= story.length(); chapter++) {
          stage.pause(pauseBefore(chapter, story));
          story.play(chapter);
        }
        goOn(stage, load);
        load.finish(Duration.ofSeconds(30));
        stage.checkForStrangers();
        new Ending(servers, crossfk, witness, load, narrator).tell(configuration);
      }
    }
  }

  /** Time to read, as much as there is. */
  private Duration pauseBefore(int chapter, Story story) {
    Duration end = total.minus(LAST_ACT);
    Duration left = (end.compareTo(STORY_END) < 0 ? end : STORY_END).minus(narrator.elapsed());
    for (int each = chapter; each <= story.length(); each++) {
      left = left.minus(story.least(each));
    }
    Duration pause = left.dividedBy(story.length() - chapter + 1L);
    if (pause.isNegative()) {
      return Duration.ZERO;
    }
    Duration longest = chapter <= FIRST_WITH_A_RECORD ? SHORT_PAUSE : LONGEST_PAUSE;
    return pause.compareTo(longest) < 0 ? pause : longest;
  }

  /** Only the load, until it is time for the count. */
  private void goOn(Stage stage, HealthyLoad load) throws DemoFailure, InterruptedException {
    Duration left = total.minus(LAST_ACT).minus(narrator.elapsed());
    if (!left.isNegative()) {
      narrator.blank();
    }
    while (!left.isNegative()) {
      narrator.ready(
          "the load goes on: %s transactions so far, %d a second, no alarm"
              .formatted(Narrator.number(load.transactions()), load.transactionsPerSecond()));
      stage.pause(left.compareTo(BETWEEN_WORDS) < 0 ? left : BETWEEN_WORDS);
      left = total.minus(LAST_ACT).minus(narrator.elapsed());
    }
  }

  private static FeedSettings feed(Configuration configuration) {
    return new FeedSettings(
        configuration.name(),
        configuration.feed().violations(),
        configuration.feed().alerts(),
        configuration.feed().state(),
        configuration.feed().partitions(),
        configuration.kafka().properties());
  }
}
