package io.crossfk.rules.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.judge.Witness.Flaw;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The runs by which the protocol breaks when one of its clauses is left out, as a model checker
 * found them; {@link Trace} tells the words. With the clause each run is right: nothing missed,
 * nothing false, no resolution that was never true. Without it the same run ends as the last column
 * says. The judge is the real one both times; what is left out is left out of the doubles.
 *
 * <p>Four rows concern real parts as well, and are modelled by doubles here: the transaction of
 * Kafka that holds a cut (I5_ONE_WRITE), the fencing of a producer (I5_FENCE), the slot's confirmed
 * position (I5_ACKNOWLEDGE, I5_POSITION), and PostgreSQL's standby (STANDBY_*).
 */
final class ProtocolAttacksTest {
  private static final String ATTACKS =
      """
      I0_ANSWERS_DECIDE | c+ v p+ v p- v Jc settle Jp settle Jp         | NEVER_TRUE
      I0_NOBODY_REFERS  | p+ v Jp p- v Jp S1 c+ v Jc A                  | MISSED
      I0_PROOF          | c+ v Jc A S1 S2 p+ v Jp A                     | OPEN_FOR_EVER
      I0_CHILD_LEFT     | c+ d+ v Jc Jc settle c- v Jc wait S1 S2 S3 d- v Jc A | OPEN_FOR_EVER
      I0_WAKE_UP        | c+ v Jc settle cut p+ v Jp wait cut crash     | OPEN_FOR_EVER
      I1_PARENT         | p+ v c+ v p- Jp Jp A Jc A pv                  | MISSED
      I1_CHILD          | c+ Jc A A cv                                  | MISSED
      I1_CEILING        | c+ Jc A wait cut crash A cv                   | MISSED
      I1_BEGUN          | p+ v Jp c+ v Jc {p- q+} Jp( A Jp) pv          | MISSED
      I1_XMAX           | c+ Jc A A cv                                  | MISSED
      I2_GUARD          | p+ v c+ v Jc S1 p- v Jp Jp A                  | MISSED
      I3_ASK            | p+ v Jp c+ v Jc p- v Jp                       | MISSED
      I3_ORDER          | p+ v Jp p- v Jp A c+ v Jc                     | MISSED
      I4_AGAIN          | c+ v Jc S1 p+ v A S1 c- v p- v A              | FALSE
      I4_ORDER          | p+ v p- v Jp Jp S1 p+ v c+ v A                | FALSE
      I4_VERSION        | c+ v Jc S1 p+ v A S1 c- v p- v S2 p+ v c+ v A | FALSE
      I5_ACKNOWLEDGE    | c+ v Jc crash                                 | MISSED
      I5_ONE_WRITE      | c+ v Jc settle wait cut1 crash                | MISSED
      I5_SUSPICIONS     | c+ v Jc wait cut crash                        | MISSED
      I5_FENCE          | c+ v Jc wait cut read settle cut crash p+ v Jp | OPEN_FOR_EVER
      I5_POSITION       | c+ Jc A wait cut crash A cut crash cv         | MISSED
      STANDBY_ABSENCE   | p+ v c+ v Jc A A                              | FALSE
      STANDBY_PRESENCE  | p+ v R p- v c+ v Jc settle Jp settle Jp       | NEVER_TRUE
      """;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(delimiter = '|', textBlock = ATTACKS)
  void withTheClauseRightAndWithoutItNot(Clause clause, String trace, Flaw flaw) {
    assertThat(Trace.play(trace, new Doubles())).as("with %s", clause).isEmpty();
    assertThat(Trace.play(trace, clause.leftOut())).as("without %s", clause).contains(flaw);
  }

  @Test
  void everyClauseHasItsAttack() {
    List<Clause> attacked =
        ATTACKS.lines().map(row -> Clause.valueOf(row.split("\\|")[0].strip())).toList();

    assertThat(attacked).containsExactly(Clause.values()).hasSize(23);
  }
}
