package io.crossfk.listener.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfk.listener.lookup.LookupCounters;
import io.crossfk.listener.lookup.Lookups;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What no database can be brought to say at will. */
class ProofsTest {
  private static final Rule RULE =
      Rule.of("orders-user", key("orders", "user_id"), key("users", "id"));
  private static final Sight SEEN = new Sight.Primary(Snapshot.parse("10:10:"));

  private static TableKey key(String table, String column) {
    return new TableKey(new TableReference(table, "public", table), List.of(column));
  }

  /** Says the same to every question. */
  private record Always(Finding finding) implements Lookups {
    @Override
    public void ask(List<? extends Question> questions, Consumer<List<Answer>> answers) {
      answers.accept(questions.stream().map(each -> new Answer(each, finding)).toList());
    }

    @Override
    public LookupCounters counters() {
      return new LookupCounters(0, 0, 0, 0, 0, 0, Duration.ZERO);
    }

    @Override
    public void close() {}
  }

  @Test
  void aKeyWhoseRowsMoveAllTheTimeIsNotTakenForWhole() {
    Lookups moving = new Always(new Finding.Inconclusive(SEEN, SEEN, SEEN));

    assertThatThrownBy(() -> new Proofs(RULE, moving).prove(List.of(Key.of(1), Key.of(2))))
        .isInstanceOf(Proofs.Unproved.class)
        .hasMessageContaining("the rows of 2 keys moved");
  }

  @Test
  void aDatabaseThatFailsAgainAndAgainIsNamed() {
    Lookups down = new Always(new Finding.Failed("users", "connection refused"));

    assertThatThrownBy(() -> new Proofs(RULE, down).prove(List.of(Key.of(1))))
        .isInstanceOf(Proofs.Unproved.class)
        .hasMessage("connection refused");
  }

  @Test
  void whatIsWholeByNowIsNoViolation() throws Exception {
    assertThat(new Proofs(RULE, new Always(new Finding.Present(SEEN))).prove(List.of(Key.of(1))))
        .isEmpty();
  }
}
