package io.crossfk.listener.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/operations.md tells why each finding matters and what cures it. */
class OperationsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "operations.md");
  private static final Pattern CHAPTER =
      Pattern.compile("^### `([a-z-]+)`\n(.*?)(?=^#|\\z)", Pattern.MULTILINE | Pattern.DOTALL);

  private static Map<String, String> chapters() throws Exception {
    Map<String, String> chapters = new LinkedHashMap<>();
    Matcher matcher = CHAPTER.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      assertThat(chapters.put(matcher.group(1), matcher.group(2))).isNull();
    }
    return chapters;
  }

  @Test
  void everySubjectHasItsChapterAndEveryChapterItsSubject() throws Exception {
    List<String> codes = Arrays.stream(Subject.values()).map(Subject::code).toList();

    assertThat(chapters().keySet()).containsExactlyInAnyOrderElementsOf(codes);
  }

  @Test
  void everyChapterTellsWhyItMattersAndWhatCuresIt() throws Exception {
    assertThat(chapters().values())
        .allSatisfy(
            chapter -> {
              assertThat(chapter).containsOnlyOnce("\nCure: ");
              assertThat(chapter.indexOf("\nCure: ")).as(chapter).isGreaterThan(20);
            });
  }

  @Test
  void whatIsWrongHasACureAndWhatIsFineHasNone() {
    Place place = Place.database("users");

    assertThatThrownBy(
            () ->
                new Finding(
                    Level.ERROR, Subject.CLOCK, place, List.of(), "x", Optional.empty(), false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new Finding(
                    Level.OK,
                    Subject.CLOCK,
                    place,
                    List.of(),
                    "x",
                    Optional.of(Cure.words("y")),
                    false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
