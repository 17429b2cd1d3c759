package io.crossfk.rules.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "728:728:             | 727        | true",
        "728:728:             | 728        | false",
        "728:728:             | 729        | false",
        "720:730:             | 720        | true",
        "720:730:             | 729        | true",
        "720:730:722,725      | 721        | true",
        "720:730:722,725      | 722        | false",
        "720:730:722,725      | 724        | true",
        "720:730:722,725      | 725        | false",
        "720:730:725,722      | 725        | false",
        "3:3:                 | 3          | false",
      })
  void seenIsBeforeXmaxAndNotInProgress(String snapshot, long xid, boolean seen) {
    assertThat(Snapshot.parse(snapshot).sees(TransactionId.of(xid))).isEqualTo(seen);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Beyond 2^31 the stream's xids look negative as an int.
        "2147483650:2147483650: | 2147483649 | true",
        "2147483650:2147483650: | 2147483650 | false",
        "2147483650:2147483650: | 2147483640 | true",
        // pg_current_snapshot counts epochs: xid 5 of the second epoch is 4294967301.
        "4294967301:4294967301:           | 4          | true",
        "4294967301:4294967301:           | 5          | false",
        "4294967301:4294967301:           | 4294967295 | true",
        "4294967290:4294967301:4294967295 | 4294967295 | false",
        "4294967290:4294967301:4294967300 | 4          | false",
        "4294967290:4294967301:4294967300 | 3          | true",
        "4294967295:4294967295:           | 3          | false",
        "18446744073709551615:18446744073709551615: | 4294967294 | true",
        "18446744073709551615:18446744073709551615: | 4294967295 | false",
      })
  void transactionsCompareModulo32Bits(String snapshot, long xid, boolean seen) {
    assertThat(Snapshot.parse(snapshot).sees(TransactionId.of(xid))).isEqualTo(seen);
  }

  @Test
  void aSnapshotKeepsPostgresOwnText() {
    assertThat(Snapshot.parse("720:730:722,725")).hasToString("720:730:722,725");
  }

  @Test
  void aTransactionIdIsWrittenUnsigned() {
    assertThat(TransactionId.of(4_294_967_295L)).hasToString("4294967295");
    assertThat(TransactionId.of(4_294_967_301L)).isEqualTo(new TransactionId(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "728",
        "728:728",
        "728:728:728:",
        ":728:",
        "728::",
        "a:728:",
        "728:b:",
        "728:728:c",
        "728:728:1,",
        "728:728:,1",
        "-1:728:",
        "728:+728:",
        "728:99999999999999999999:"
      })
  void whatPostgresDoesNotWriteIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Snapshot.parse(text))
        .withMessageContaining("not a snapshot")
        .withMessageContaining("\"" + text + "\"");
  }
}
