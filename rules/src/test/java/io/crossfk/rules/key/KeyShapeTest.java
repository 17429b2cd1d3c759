package io.crossfk.rules.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.crossfk.rules.key.KeyShape.ChildRead;
import io.crossfk.rules.key.KeyShape.Pair;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyShapeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "uuid        | int8        | uuid and bigint do not compare",
        "int8        | uuid        | bigint and uuid do not compare",
        "text        | int8        | text and bigint do not compare",
        "text        | uuid        | text and uuid do not compare",
        "bool        | int4        | boolean and integer do not compare",
        "mood        | text        | the enum \"public\".\"mood\" and text do not compare",
        "text        | mood        | text and the enum \"public\".\"mood\" do not compare",
        "numeric     | int8        | PostgreSQL refuses such a foreign key too",
        "numeric     | int2        | PostgreSQL refuses such a foreign key too",
        "float8      | int4        | PostgreSQL refuses such a foreign key too",
        "float4      | numeric     | PostgreSQL refuses such a foreign key too",
        "int4        | float4      | compare only by rounding",
        "int8        | float4      | compare only by rounding",
        "int8        | float8      | compare only by rounding",
        "numeric     | float8      | compare only by rounding",
        "timestamp   | timestamptz | a session's TimeZone",
        "timestamptz | timestamp   | a session's TimeZone",
        "date        | timestamptz | a session's TimeZone",
        "timestamptz | date        | a session's TimeZone",
        "text        | date        | text and date do not compare",
        "text        | citext      | PostgreSQL refuses such a foreign key too",
        "bpchar      | citext      | PostgreSQL refuses such a foreign key too",
        "citext      | bpchar      | PostgreSQL refuses such a foreign key too",
        "bytea       | text        | bytea and text do not compare",
        "text ci     | text        | the child's collation is nondeterministic",
        "text ci     | bpchar      | the child's collation is nondeterministic",
        "char ci     | text        | the child's collation is nondeterministic",
      })
  void typesThatDoNotCompareAreRefusedWithTheReason(String child, String parent, String reason) {
    ColumnType childType = EqualityCases.type(child);
    ColumnType parentType = EqualityCases.type(parent);

    assertThat(KeyShape.whyNot(childType, parentType)).get().asString().contains(reason);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KeyShape.of(List.of(new Pair(childType, parentType))))
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "text, text, true, EQUAL",
    "bpchar, text, true, EQUAL",
    "text, bpchar, true, CAST",
    "varchar, bpchar, true, CAST",
    "bpchar, bpchar, true, EQUAL",
    "citext, text, true, SPELLED",
    "citext, citext, false, SPELLED",
    "citext, text ci, false, SPELLED",
    "text, text ci, false, EQUAL",
    "text, char ci, false, EQUAL",
    "text ci, text ci, false, SPELLED",
    "mood, mood, true, EQUAL",
    "int4, int8, true, EQUAL",
  })
  void exactnessIsThePairsOwn(String child, String parent, boolean exact, ChildRead read) {
    KeyShape shape = shape(child, parent);

    assertThat(shape.exact()).isEqualTo(exact);
    assertThat(shape.pairs().getFirst().childRead()).isEqualTo(read);
  }

  @Test
  void anInexactKeyIsEachSidesOwnSpelling() {
    KeyShape citext = shape("citext", "citext");
    assertThat(citext.fromChild("Ann")).isEqualTo(Key.of("Ann"));
    assertThat(citext.fromParent("ann")).contains(Key.of("ann"));

    KeyShape padded = shape("text", "char ci");
    assertThat(padded.fromChild("Ann ")).isEqualTo(Key.of("Ann "));
    assertThat(padded.fromParent("ann ")).contains(Key.of("ann"));
    assertThat(padded.reachable(Key.of("ann "))).isTrue();
  }

  @Test
  void enumsOfTwoDatabasesCompareByTheirLabels() {
    KeyShape shape =
        KeyShape.of(
            List.of(
                new Pair(
                    new ColumnType(ColumnType.Kind.ENUM, "\"sales\".\"state\"", true),
                    new ColumnType(ColumnType.Kind.ENUM, "\"public\".\"status\"", true))));

    assertThat(shape.fromParent("sent")).contains(shape.fromChild("sent"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int4      | numeric   | '1.5'",
        "int8      | numeric   | '9223372036854775808'",
        "int8      | numeric   | 'NaN'",
        "int8      | numeric   | 'Infinity'",
        "int8      | numeric   | '0.1'",
        "int2      | float4    | '0.5'",
        "int4      | float8    | 'NaN'",
        "int4      | float8    | 'Infinity'",
        "int4      | float8    | '1e+300'",
        "float4    | float8    | '0.1'",
        "float4    | float8    | '1e+300'",
        "float4    | float8    | '5e-324'",
        "bpchar    | text      | 'a '",
        "bpchar    | text      | ' '",
        "date      | timestamp | '2026-11-22 00:00:00.000001'",
        "date      | timestamp | '2026-11-22 10:00:00'",
        "timestamp | date      | '294277-01-01'",
        "timestamp | date      | '5874897-12-31'",
      })
  void aParentBeyondTheChildsTypeIsNotReachable(String child, String parent, String text) {
    KeyShape shape = shape(child, parent);
    Key key = shape.fromParent(text).orElseThrow();

    assertThat(shape.reachable(key)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shape.childText(key, 0))
        .withMessageContaining("beyond the child's type " + child);
  }

  /** Integer columns may be widened while their rule is watched (semantics.md no. 25). */
  @ParameterizedTest
  @CsvSource({
    "int4, int8, 5000000000",
    "int8, int4, 5000000000",
    "int4, int4, -2147483649",
    "int2, int4, 32768",
    "int4, numeric, 2147483648",
    "int4, float8, 2147483648",
  })
  void anIntegerColumnMayHoldEveryBigint(String child, String parent, String text) {
    KeyShape shape = shape(child, parent);
    Key key = shape.fromChild(text);

    assertThat(shape.reachable(key)).isTrue();
    assertThat(shape.childText(key, 0)).isEqualTo(text);
    assertThat(new BigDecimal(shape.parentText(key, 0) + "")).isEqualByComparingTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "float8    | float4    | '0.1'",
        "float8    | float4    | '1e+300'",
        "date      | timestamp | '294277-01-01'",
        "timestamp | date      | '2026-11-22 10:00:00'",
      })
  void aChildBeyondTheParentsTypeHasNoParentText(String child, String parent, String text) {
    KeyShape shape = shape(child, parent);

    assertThat(shape.parentText(shape.fromChild(text), 0)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int4      | numeric   | '10.00'   | '10'",
        "int8      | numeric   | '1000000000000000000.0' | '1000000000000000000'",
        "numeric   | numeric   | '1.50'    | '1.5'",
        "int4      | float8    | '1e+09'   | '1000000000'",
        "float4    | float8    | '0.5'     | '0.5'",
        "date      | timestamp | '2026-11-22 00:00:00'    | '2026-11-22'",
        "date      | timestamp | '0044-03-15 00:00:00 BC' | '0044-03-15 BC'",
        "timestamp | date      | '2026-11-22'    | '2026-11-22 00:00:00'",
        "timestamp | date      | '0044-03-15 BC' | '0044-03-15 00:00:00 BC'",
        "timestamp | date      | '-infinity'     | '-infinity'",
        "bpchar    | bpchar    | 'a    '   | 'a'",
        "bool      | bool      | 't'       | 'true'",
      })
  void theChildsTextCastsToTheChildsType(
      String child, String parent, String text, String childText) {
    KeyShape shape = shape(child, parent);

    assertThat(shape.childText(shape.fromParent(text).orElseThrow(), 0)).isEqualTo(childText);
  }

  @Test
  void nullStaysInAChildsKeyAndMakesAParentNobodysParent() {
    KeyShape shape =
        KeyShape.of(
            List.of(
                new Pair(EqualityCases.type("int8"), EqualityCases.type("int8")),
                new Pair(EqualityCases.type("text"), EqualityCases.type("text"))));
    @Nullable String missing = null;

    Key key = shape.fromChild("1", missing);

    assertThat(key.partlyNull()).isTrue();
    assertThat(key.values()).containsExactly(new KeyValue.Whole(1), null);
    assertThat(shape.reachable(key)).isTrue();
    assertThat(shape.childText(key, 1)).isNull();
    assertThat(shape.parentText(key, 1)).isNull();
    assertThat(shape.canonical(key)).isEqualTo("[1,null]");
    assertThat(shape.parse("[1,null]")).isEqualTo(key);
    assertThat(shape.fromParent("1", missing)).isEqualTo(Optional.empty());
    assertThat(shape.fromParent("1", "a")).isPresent();
  }

  @Test
  void aKeyOfAnotherWidthIsRefused() {
    KeyShape shape = shape("int8", "int8");

    assertThatIllegalArgumentException().isThrownBy(() -> shape.fromChild("1", "2"));
    assertThatIllegalArgumentException().isThrownBy(() -> shape.fromParent());
    assertThatIllegalArgumentException().isThrownBy(() -> shape.parse("[1,2]"));
    assertThatIllegalArgumentException().isThrownBy(() -> KeyShape.of(List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int8        | ''",
        "int8        | '1.0'",
        "int8        | '9223372036854775808'",
        "numeric     | ''",
        "numeric     | '-'",
        "numeric     | '.5'",
        "numeric     | '5.'",
        "numeric     | '1.2.3'",
        "numeric     | '1E'",
        "numeric     | '1E999999999999'",
        "numeric     | 'nan'",
        "float8      | 'x'",
        "bool        | 'true'",
        "bytea       | 'abc\\000'",
        "date        | '22.11.2026'",
        "date        | '11-22-2026'",
        "date        | '2026-11-22 00:00:00'",
        "timestamp   | 'Sun Nov 22 10:00:00 2026'",
        "timestamp   | '2026-11-22'",
        "timestamp   | '2026-11-22 10:00:00+00'",
        "timestamptz | '2026-11-22 10:00:00+05:45'",
        "timestamptz | '2026-11-22 10:00:00'",
      })
  void aTextThatPostgresDoesNotPrintUnderOurSettingsIsRefusedAndNotRepeated(
      String type, String text) {
    KeyShape shape = shape(type, type);

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> shape.fromChild(text))
        .satisfies(
            refusal -> {
              assertThat(refusal.toString()).doesNotContain(text.isEmpty() ? "\"\"" : text + "\"");
              assertThat(refusal.getCause()).isNull();
            });
    assertThatIllegalArgumentException().isThrownBy(() -> shape.fromParent(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-1"})
  void aHugeNumericHasABoundedText(String leading) {
    KeyShape shape = shape("numeric", "numeric");
    String printed = leading + "0".repeat(131_071);

    Key key = shape.fromParent(printed).orElseThrow();

    assertThat(shape.canonical(key)).isEqualTo("[\"" + leading + "E+131071\"]");
    assertThat(key).hasToString("(" + leading + "E+131071)");
    assertThat(shape.parse(shape.canonical(key))).isEqualTo(key);
    assertThat(shape.reachable(key)).isTrue();
    assertThat(shape("int8", "numeric").reachable(key)).isFalse();
  }

  @Test
  void aTinyNumericHasABoundedText() {
    KeyShape shape = shape("numeric", "numeric");

    Key key = shape.fromChild("0." + "0".repeat(16_382) + "10");

    assertThat(shape.canonical(key)).isEqualTo("[\"1E-16383\"]");
    assertThat(shape.parse(shape.canonical(key))).isEqualTo(key);
  }

  private static KeyShape shape(String child, String parent) {
    return KeyShape.of(List.of(new Pair(EqualityCases.type(child), EqualityCases.type(parent))));
  }
}
