package io.crossfk.listener.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.endtoend.Transition;
import io.crossfk.listener.semantics.OracleCase.Phase;
import io.crossfk.listener.semantics.OracleRun.Played;
import io.crossfk.listener.semantics.Outcome.BrokenKey;
import io.crossfk.listener.semantics.Player.Refusal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * PostgreSQL's own foreign key is the truth. Every case of cases.txt is played three times over:
 * against one database that has the foreign key; against two that a running listener watches; and
 * read from those two by an anti-join. Where PostgreSQL refuses, exactly that key is open; where it
 * accepts, there is silence; and where a row of docs/semantics.md says otherwise, so does the case.
 *
 * <p>A refusal rolls back; across databases the same statements stay.
 */
@Order(9) // Long: it begins first.
class NativeOracleIT {
  /** The first two under one listener, the last under another that found its slots lost. */
  static final int PHASES = 3;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<OracleCase> CASES = CaseFile.read();

  private static @Nullable OracleRun played;

  static List<OracleCase> cases() {
    return CASES;
  }

  @BeforeAll
  static void playAll() throws Exception {
    played = OracleRun.of(CASES, PHASES);
  }

  @AfterAll
  static void end() throws SQLException {
    if (played != null) {
      played.close();
    }
  }

  private static OracleRun run() {
    return Objects.requireNonNull(played, "played");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void crossfkSaysWhatPostgresSays(OracleCase each) {
    List<String> before = List.of();
    for (int number = 0; number < each.phases().size(); number++) {
      Phase phase = each.phases().get(number);
      Played came = run().played(number, each);
      Outcome outcome = each.outcome(number);
      String when = each + ", phase " + (number + 1) + ": ";
      assertThat(came.refusal().map(Refusal::state))
          .as(when + "PostgreSQL: " + came.refusal().map(Refusal::message).orElse("accepted"))
          .isEqualTo(phase.outcome().flatMap(Outcome::refusal));
      came.refusal().ifPresent(refused -> assertRefusal(when, each.row(), outcome, refused));

      Set<List<@Nullable String>> broken = new HashSet<>();
      for (BrokenKey key : outcome.broken()) {
        broken.add(KeyAntiJoin.named(each.rule(key.rule()), texts(key)));
      }
      assertThat(came.broken()).as(when + "anti-join").isEqualTo(broken);

      List<String> expected = outcome.unseen() ? before : each.ids(outcome);
      assertThat(came.open()).as(when + "open").containsExactlyInAnyOrderElementsOf(expected);
      if (phase.outcome().isPresent() && outcome.word().isPresent()) {
        assertThat(outcome.broken().isEmpty() ? before : expected)
            .as(when + "why")
            .isNotEmpty()
            .extracting(id -> why(came.last().get(id)))
            .containsOnly(outcome.word().orElseThrow());
      }
      before = expected;
    }
  }

  private static String why(@Nullable Transition transition) {
    return transition == null
        ? "nothing was told"
        : transition.text(transition.type().equals("resolved") ? "resolution" : "cause");
  }

  /** PostgreSQL refuses the last step, and names the key that is open across databases. */
  private static void assertRefusal(String when, int row, Outcome outcome, Refusal refused) {
    assertThat(refused.last()).as(when + "the last step: " + refused.message()).isTrue();
    // A refusal on the parent's side names the key as the parent spells it (row 19).
    Optional<String> key = refused.key().filter(any -> row != 19 || !refused.byParent());
    if (key.isPresent() && !outcome.broken().isEmpty()) {
      assertThat(outcome.broken())
          .as(when + refused.message())
          .anyMatch(broken -> sameKey(String.join(", ", texts(broken)), key.get()));
    }
  }

  /** PostgreSQL pads a char(n), and crossfk writes a date as the timestamp that it refers to. */
  private static boolean sameKey(String ours, String theirs) {
    return ours.stripTrailing().equals(theirs.stripTrailing())
        || ours.equals(theirs + " 00:00:00")
        || (ours.equals("false") && theirs.equals("f"));
  }

  private static List<@Nullable String> texts(BrokenKey key) {
    List<@Nullable String> texts = new ArrayList<>();
    for (JsonNode value : JSON.readTree(key.json())) {
      texts.add(value.isNull() ? null : value.asString());
    }
    return texts;
  }

  /** Beside what the cases expect, nothing is open: not of others, and not under another name. */
  @Test
  void nothingElseIsOpen() {
    for (int phase = 0; phase < PHASES - 1; phase++) {
      Set<String> expected = new TreeSet<>();
      for (OracleCase each : CASES) {
        List<String> ids = List.of();
        for (int past = 0; past <= Math.min(phase, each.phases().size() - 1); past++) {
          ids = each.outcome(past).unseen() ? ids : each.ids(each.outcome(past));
        }
        expected.addAll(ids);
      }
      assertThat(run().open(phase)).isEqualTo(expected);
    }
  }

  @Test
  void theFeedIsLawful() {
    run().feed().assertLawful();
  }
}
