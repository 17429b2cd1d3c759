package io.crossfk.rules.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class TextPropertiesTest {

  @Property(tries = 500)
  void aReferencePrintsAndIsUnderstoodAsTheSame(@ForAll("keys") TableKey key) {
    assertThat(ReferenceText.parse(ReferenceText.print(key)))
        .isInstanceOfSatisfying(
            ReferenceText.Reading.Understood.class,
            understood -> assertThat(understood.key()).isEqualTo(key));
  }

  @Property(tries = 500)
  void aMisunderstoodReferencePointsIntoItsText(@ForAll("scraps") String text) {
    if (ReferenceText.parse(text) instanceof ReferenceText.Reading.Misunderstood wrong) {
      assertThat(wrong.offset()).isBetween(0, text.length());
      assertThat(wrong.message()).isNotBlank();
    }
  }

  @Property(tries = 500)
  void garbageIsAMistakeWithAPlaceInTheFileAndNeverAnException(@ForAll String text) {
    judge(text);
  }

  @Property(tries = 1500)
  void whatLooksLikeARuleFileIsRulesOrMistakesAndNeverAnException(@ForAll("scraps") String text) {
    judge(text);
  }

  @Property(tries = 300)
  void durationsPrintAndAreUnderstoodAsTheSame(@ForAll @IntRange(max = 999_999_999) int number) {
    Duration duration = Duration.ofMillis(number);
    assertThat(DurationText.parse(DurationText.print(duration))).contains(duration);
  }

  private static void judge(String text) {
    Mistakes mistakes = new Mistakes();
    Optional<RuleSet> rules =
        RuleReader.read(
            List.of(new SourceText("r.yaml", text)),
            Optional.of(Set.of("orders")),
            Optional.empty(),
            mistakes);
    assertThat(rules.isPresent()).isEqualTo(mistakes.isEmpty());
    int lines = (int) text.lines().count() + 1;
    assertThat(mistakes.all())
        .allSatisfy(
            mistake -> {
              assertThat(mistake.line()).isBetween(1, lines + 1);
              assertThat(mistake.column()).isBetween(1, text.length() + 2);
              assertThat(mistake.message()).isNotBlank();
              assertThat(mistake.toString().lines().count()).isEqualTo(1);
            });
  }

  /** Pieces of rule files in any order: much deeper into the reader than letters by chance. */
  @Provide
  Arbitrary<String> scraps() {
    return Arbitraries.of(
            "rules:",
            "\n",
            "\n  - ",
            "\n    ",
            "name: ",
            "child: ",
            "parent: ",
            "grace: ",
            "match: ",
            "max-open: ",
            "enabled: ",
            "x",
            "orders",
            ":",
            "public",
            ".",
            "(",
            ")",
            ",",
            "\"",
            "'",
            "\\",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "!",
            "!!str ",
            "|",
            ">-",
            "#",
            " #",
            "---",
            "? ",
            "0",
            "10s",
            "1e9",
            ".inf",
            "null",
            "true",
            "no",
            "<<: ",
            "\t",
            "\r",
            "😀",
            "ı",
            "%YAML 1.1",
            "orders:public.orders(id)",
            "full",
            "\u0085",
            "\u2028",
            "-",
            "5")
        .list()
        .ofMaxSize(30)
        .map(pieces -> String.join("", pieces));
  }

  @Provide
  Arbitrary<TableKey> keys() {
    Arbitrary<String> identifiers =
        Arbitraries.oneOf(
            Arbitraries.of(
                "id",
                "user_id",
                "Weird Name",
                "a\"b",
                "\"",
                "1a",
                "ÖÇ",
                "a.b(c)",
                "period",
                "SIRA"),
            Arbitraries.strings().ofMinLength(1).ofMaxLength(15).map(TextPropertiesTest::fitting));
    Arbitrary<String> databases =
        Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(9);
    return Combinators.combine(
            databases,
            identifiers,
            identifiers,
            identifiers.list().uniqueElements().ofMinSize(1).ofMaxSize(4))
        .as(
            (database, schema, table, columns) ->
                new TableKey(new TableReference(database, schema, table), columns));
  }

  /** An identifier of at most 63 bytes without lone surrogates, which no UTF-8 text can hold. */
  private static String fitting(String text) {
    String unicode = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return unicode.getBytes(StandardCharsets.UTF_8).length <= 63 ? unicode : "long";
  }
}
