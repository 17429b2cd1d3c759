package io.crossfk.rules.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.crossfk.rules.key.KeyShape.Pair;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.jspecify.annotations.Nullable;

/** A violation's id holds a key as text: two keys must never share one, and each must come back. */
final class CanonicalKeyTest {
  private static final List<String> TYPES =
      List.of("int8", "numeric", "float8", "text", "bool", "bytea", "date", "timestamp");

  @Property(tries = 2000)
  void parseInvertsCanonical(@ForAll("keys") Tuple2<KeyShape, Key> drawn) {
    KeyShape shape = drawn.get1();
    Key key = drawn.get2();

    assertThat(shape.parse(shape.canonical(key))).isEqualTo(key).hasSameHashCodeAs(key);
  }

  @Property(tries = 2000)
  void canonicalIsInjective(@ForAll("pairsOfKeys") List<Key> keys) {
    KeyShape shape = shape(List.of("text", "text"));
    Key one = keys.get(0);
    Key other = keys.get(1);

    assertThat(shape.canonical(one).equals(shape.canonical(other))).isEqualTo(one.equals(other));
  }

  @Property(tries = 1000)
  void numericsAreEqualExactlyIfTheirNumbersAre(
      @ForAll("numbers") BigDecimal one, @ForAll("numbers") BigDecimal other) {
    KeyShape shape = shape(List.of("numeric"));
    Key key = shape.fromChild(one.toPlainString());

    assertThat(key.equals(shape.fromParent(other.toPlainString()).orElseThrow()))
        .isEqualTo(one.compareTo(other) == 0);
    assertThat(shape.fromParent(one.setScale(one.scale() + 3).toPlainString())).contains(key);
    assertThat(new BigDecimal(shape.parentText(key, 0) + "")).isEqualByComparingTo(one);
  }

  @Property(tries = 1000)
  void aDoubleKeepsItsValueOnBothSides(@ForAll double number) {
    KeyShape shape = shape(List.of("float8"));
    Key key = shape.fromChild(Double.toString(number));

    assertThat(Double.parseDouble(shape.parentText(key, 0) + "")).isEqualTo(number + 0.0);
    assertThat(shape.fromParent(Double.toString(number))).contains(key);
  }

  @Property(tries = 1000)
  void aRealIsReachableFromARealAndKeepsItsValue(@ForAll float number) {
    KeyShape shape =
        KeyShape.of(List.of(new Pair(EqualityCases.type("float4"), EqualityCases.type("float8"))));
    Key key = shape.fromChild(Float.toString(number));

    assertThat(shape.reachable(key)).isTrue();
    assertThat(Float.parseFloat(shape.childText(key, 0) + "")).isEqualTo(number + 0.0f);
    assertThat(shape.fromParent(Double.toString(number))).contains(key);
  }

  @Property(tries = 500)
  void anIntegerMeetsTheNumericOfTheSameValue(@ForAll long number) {
    KeyShape shape =
        KeyShape.of(List.of(new Pair(EqualityCases.type("int8"), EqualityCases.type("numeric"))));
    Key key = shape.fromParent(number + ".00").orElseThrow();

    assertThat(shape.fromChild(Long.toString(number))).isEqualTo(key);
    assertThat(shape.reachable(key)).isTrue();
    assertThat(shape.childText(key, 0)).isEqualTo(Long.toString(number));
  }

  @Example
  void theFormIsWrittenDown() {
    assertThat(shape(List.of("int8")).canonical(Key.of(42))).isEqualTo("[42]");
    assertThat(shape(List.of("int8")).canonical(Key.of(1L << 53))).isEqualTo("[9007199254740992]");
    assertThat(shape(List.of("int8")).canonical(Key.of((1L << 53) + 1)))
        .isEqualTo("[\"9007199254740993\"]");
    assertThat(shape(List.of("int8")).canonical(Key.of(Long.MIN_VALUE)))
        .isEqualTo("[\"-9223372036854775808\"]");
    assertThat(shape(List.of("numeric")).canonical(shape(List.of("numeric")).fromChild("100.50")))
        .isEqualTo("[\"100.5\"]");
    assertThat(shape(List.of("text")).canonical(Key.of("a\"\\\n\u0001\u007f\u00e9\ud83d\ude00")))
        .isEqualTo("[\"a\\\"\\\\\\n\\u0001\\u007f\u00e9\ud83d\ude00\"]");
    assertThat(shape(List.of("text")).canonical(Key.of("\ud83d"))).isEqualTo("[\"\\ud83d\"]");
    assertThat(shape(List.of("text", "bool")).canonical(Key.of(null, new KeyValue.Truth(true))))
        .isEqualTo("[null,true]");
  }

  @Example
  void onlyTheCanonicalTextIsAccepted() {
    for (String text :
        List.of(
            "",
            "[",
            "[]",
            "42",
            "[42",
            "[42] ",
            "[ 42]",
            "[042]",
            "[+42]",
            "[-0]",
            "[42.0]",
            "[4e1]",
            "[\"42\"]",
            "[9007199254740993]",
            "[99999999999999999999]",
            "[true]",
            "[\"a\"]",
            "[42,]",
            "[[42]]",
            "{}")) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> shape(List.of("int8")).parse(text));
    }
    for (String text :
        List.of(
            "[42]",
            "[a]",
            "[\"a]",
            "[\"\\u00e9\"]",
            "[\"\\/\"]",
            "[\"\\u001\"]",
            "[\"\\u000A\"]",
            "[\"\n\"]",
            "[\"\\")) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> shape(List.of("text")).parse(text));
    }
    for (String text :
        List.of("[1]", "[\"1.0\"]", "[\"1E+2\"]", "[\"-0\"]", "[\"1E+999999999\"]")) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> shape(List.of("numeric")).parse(text));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shape(List.of("float8")).parse("[\"1.00\"]"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shape(List.of("date")).parse("[\"22.11.2026\"]"));
    assertThatIllegalArgumentException().isThrownBy(() -> shape(List.of("bool")).parse("[\"t\"]"));
  }

  @Provide
  Arbitrary<Tuple2<KeyShape, Key>> keys() {
    return Arbitraries.of(TYPES)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .flatMap(
            types -> {
              List<Arbitrary<String>> columns = new ArrayList<>();
              types.forEach(type -> columns.add(texts(type)));
              return Combinators.combine(columns)
                  .as(
                      texts -> {
                        KeyShape shape = shape(types);
                        return Tuple.of(shape, shape.fromChild(texts.toArray(String[]::new)));
                      });
            });
  }

  /** Texts of few letters, those that JSON itself uses, so that confusions are likely. */
  @Provide
  Arbitrary<List<Key>> pairsOfKeys() {
    Arbitrary<Optional<String>> text =
        Arbitraries.strings()
            .withChars('"', ',', '\\', 'u', '0', '\n', '\u0000', '\ud83d', '\ude00')
            .ofMaxLength(4)
            .map(string -> string.equals("u") ? Optional.empty() : Optional.of(string));
    return Combinators.combine(text, text)
        .as((one, other) -> Key.of(value(one), value(other)))
        .list()
        .ofSize(2);
  }

  private static @Nullable KeyValue value(Optional<String> text) {
    return text.map(KeyValue.Text::new).orElse(null);
  }

  @Provide
  Arbitrary<BigDecimal> numbers() {
    return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.bigIntegers().between(BigInteger.valueOf(-20), BigInteger.valueOf(20)),
                Arbitraries.bigIntegers()
                    .between(BigInteger.TEN.pow(40).negate(), BigInteger.TEN.pow(40))),
            Arbitraries.integers().between(0, 30))
        .as(BigDecimal::new);
  }

  private Arbitrary<String> texts(String type) {
    return switch (type) {
      case "int8" -> Arbitraries.longs().map(number -> Long.toString(number));
      case "numeric" -> numbers().map(BigDecimal::toPlainString);
      case "float8" -> Arbitraries.doubles().map(number -> Double.toString(number));
      case "text" -> Arbitraries.strings().all().ofMaxLength(10);
      case "bool" -> Arbitraries.of("t", "f");
      case "bytea" -> Arbitraries.of("\\x", "\\x00ff");
      case "date" -> Arbitraries.of("2026-11-22", "0044-03-15 BC", "infinity", "12026-01-01");
      default -> Arbitraries.of("2026-11-22 10:00:00.5", "0044-03-15 00:00:00 BC", "-infinity");
    };
  }

  private static KeyShape shape(List<String> types) {
    return KeyShape.of(
        types.stream()
            .map(type -> new Pair(EqualityCases.type(type), EqualityCases.type(type)))
            .toList());
  }
}
