package io.crossfk.listener.semantics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.RunningListener;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.listener.endtoend.Transition;
import io.crossfk.listener.semantics.Player.Refusal;
import io.crossfk.rules.change.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays all cases at once, each on tables of its own, under one listener, and waits for them
 * together: in one database with the foreign keys, and in two without.
 */
final class OracleRun implements AutoCloseable {
  private static final String GRACE = "2s";

  /** Hundreds of rules start; on a busy machine that takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<OracleCase> cases;
  private final Arena arena;
  private final Stage stage;
  private final FeedLog feed;
  private final Player one;
  private final Player two;
  private final List<Map<OracleCase, Played>> played = new ArrayList<>();
  private final List<Set<String>> open = new ArrayList<>();

  /**
   * What came of a case in a phase.
   *
   * @param refusal by PostgreSQL with the foreign key
   * @param last the last transition of each of the case's violations
   * @param broken what the anti-join finds: a rule's name, and the key's columns as texts
   */
  record Played(
      Optional<Refusal> refusal, Map<String, Transition> last, Set<List<@Nullable String>> broken) {

    /** Ids of open violations. */
    List<String> open() {
      return last.values().stream()
          .filter(each -> each.text("status").equals("open"))
          .map(Transition::id)
          .toList();
    }
  }

  private interface Work {
    void run() throws SQLException;
  }

  private OracleRun(List<OracleCase> cases, Arena arena) throws Exception {
    this.cases = cases;
    this.arena = arena;
    this.stage = arena.stage();
    arena.server("users").createDatabase("one");
    this.one = Player.inOne(arena.server("users").connect("one"));
    this.two = Player.inTwo(stage.connect("orders"), stage.connect("users"), stage.name());
    this.feed = stage.follow();
  }

  static OracleRun of(List<OracleCase> cases, int phases) throws Exception {
    Arena arena = Arena.with(Map.of("users", 18, "orders", 18));
    boolean done = false;
    try {
      OracleRun run = new OracleRun(cases, arena);
      run.play(phases);
      done = true;
      return run;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  private void play(int phases) throws Exception {
    both(
        () -> {
          for (OracleCase each : cases) {
            assertThat(one.open(each)).as("set-up of %s in one database", each).isEmpty();
            one.constrain(each);
          }
        },
        () -> {
          for (OracleCase each : cases) {
            assertThat(two.open(each)).as("set-up of %s in two", each).isEmpty();
          }
        });
    RunningListener listener = started(cases, false);
    for (int phase = 0; phase < phases; phase++) {
      List<OracleCase> concerned = concerned(phase);
      if (phase > 0 && phase == phases - 1) {
        listener.close();
        for (String database : arena.servers().keySet()) {
          stage.row(database, "select pg_drop_replication_slot('" + stage.name() + "')");
        }
        listener = started(concerned, true);
      }
      play(phase, concerned, listener);
    }
  }

  private List<OracleCase> concerned(int phase) {
    return cases.stream().filter(each -> each.phases().size() > phase).toList();
  }

  private RunningListener started(List<OracleCase> watched, boolean all) throws Exception {
    String rules =
        watched.stream().map(each -> each.rules(GRACE, all)).collect(Collectors.joining());
    RunningListener started = stage.run(stage.configuration(rules));
    await("every rule is watching")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(started::watching);
    return started;
  }

  /** What one database does and what two do has nothing to do with each other. */
  private static void both(Work inOne, Work inTwo) throws SQLException {
    CompletableFuture<Void> meanwhile =
        CompletableFuture.runAsync(
            () -> {
              try {
                inOne.run();
              } catch (SQLException failed) {
                throw new AssertionError(failed);
              }
            });
    try {
      inTwo.run();
    } finally {
      meanwhile.join();
    }
  }

  private void play(int phase, List<OracleCase> concerned, RunningListener listener)
      throws SQLException {
    Map<OracleCase, Optional<Refusal>> refusals = new HashMap<>();
    both(
        () -> {
          for (OracleCase each : concerned) {
            refusals.put(each, one.play(each, each.steps(phase)));
          }
        },
        () -> {
          for (OracleCase each : concerned) {
            assertThat(two.play(each, each.steps(phase))).as("%s in two", each).isEmpty();
          }
        });
    settle(listener);
    Map<String, List<Transition>> told =
        feed.transitions().stream().collect(Collectors.groupingBy(Transition::rule));
    Map<OracleCase, Played> all = new HashMap<>();
    try (Connection place = arena.server("users").connect("one");
        Connection children = stage.connect("orders");
        Connection parents = stage.connect("users")) {
      KeyAntiJoin antiJoin = new KeyAntiJoin(children, parents, place);
      for (OracleCase each : concerned) {
        Set<List<@Nullable String>> broken = new LinkedHashSet<>();
        Map<String, Transition> last = new HashMap<>();
        for (int rule = 1; rule <= each.constraints().size(); rule++) {
          String name = each.rule(rule);
          broken.addAll(antiJoin.broken(name, each.schema(), each.constraints().get(rule - 1)));
          told.getOrDefault(name, List.of()).forEach(next -> last.put(next.id(), next));
        }
        all.put(each, new Played(refusals.getOrDefault(each, Optional.empty()), last, broken));
      }
    }
    played.add(all);
    open.add(feed.open());
  }

  /**
   * Waits until the catalogues were read, all is judged, audits too, and grace is over (nothing is
   * suspected), until the cuts that say so are durable (the slots have passed what was written
   * after that), and until the follower has read the topic to its end. Twice, since what is open is
   * asked again with a pause.
   */
  private void settle(RunningListener listener) throws SQLException {
    listener.awaitCataloguesRead(); // Partitions come and go in no log.
    for (int round = 0; round < 2; round++) {
      listener.awaitDrained(stage.logEnds());
      listener.awaitWatching();
      listener.awaitDrained(stage.logEnds());
      awaitDurable();
    }
    feed.awaitEnd();
  }

  private void awaitDurable() throws SQLException {
    Map<String, Position> marks = new HashMap<>();
    for (String database : arena.servers().keySet()) {
      List<String> mark = stage.row(database, "select pg_logical_emit_message(true, 'mark', '')");
      marks.put(database, Position.parse(mark.getFirst()));
    }
    await("cuts after the last verdict are durable")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              for (Map.Entry<String, Position> mark : marks.entrySet()) {
                if (confirmed(mark.getKey()).isBefore(mark.getValue())) {
                  return false;
                }
              }
              return true;
            });
  }

  private Position confirmed(String database) throws SQLException {
    return Position.parse(
        stage
            .row(
                database,
                "select confirmed_flush_lsn from pg_replication_slots where slot_name = '%s'"
                    .formatted(stage.name()))
            .getFirst());
  }

  Played played(int phase, OracleCase each) {
    return Objects.requireNonNull(played.get(phase).get(each), () -> each + " was not played");
  }

  /** Ids of all open violations at the end of a phase. */
  Set<String> open(int phase) {
    return open.get(phase);
  }

  FeedLog feed() {
    return feed;
  }

  @Override
  public void close() throws SQLException {
    try (arena;
        one;
        two) {
      feed.assertLawful();
    }
  }
}
