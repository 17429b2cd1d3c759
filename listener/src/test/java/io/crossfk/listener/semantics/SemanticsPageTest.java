package io.crossfk.listener.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/semantics.md names every case of the oracle and no other, and only tests that exist. */
class SemanticsPageTest {
  private static final Path DOCS = Path.of("../docs");
  private static final List<Path> TESTS =
      Stream.of("../rules", "../sandbox", "../listener")
          .map(module -> Path.of(module, "src/test/java"))
          .toList();
  private static final Pattern ROW =
      Pattern.compile("\\| (\\d+) \\| .* \\| (direct|adapted|refused|later) \\|");
  private static final Pattern SECTION = Pattern.compile("### Row (\\d+)");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))#(\\w+)`");

  private static final List<OracleCase> CASES = CaseFile.read();

  private static List<String> page() throws IOException {
    return Files.readAllLines(DOCS.resolve("semantics.md"));
  }

  /** Each row's word: direct, adapted, refused or later. */
  private static Map<Integer, String> rows() throws IOException {
    Map<Integer, String> rows = new TreeMap<>();
    for (String line : page()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        assertThat(rows.put(Integer.valueOf(row.group(1)), row.group(2))).as(line).isNull();
      }
    }
    return rows;
  }

  /** What a section's line of that beginning says. */
  private static Map<Integer, String> lines(String beginning) throws IOException {
    Map<Integer, String> lines = new TreeMap<>();
    int section = 0;
    for (String line : page()) {
      Matcher heading = SECTION.matcher(line);
      if (heading.matches()) {
        section = Integer.parseInt(heading.group(1));
      } else if (line.startsWith(beginning)) {
        lines.put(section, line.substring(beginning.length()));
      }
    }
    return lines;
  }

  @Test
  void everyBehaviourHasItsRow() throws IOException {
    assertThat(rows().keySet())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 27).boxed().toList());
  }

  @Test
  void everyCaseIsOnThePageUnderItsRowAndNoOther() throws IOException {
    Map<Integer, List<String>> cases = new TreeMap<>();
    for (OracleCase each : CASES) {
      cases.computeIfAbsent(each.row(), row -> new ArrayList<>()).add("`" + each.name() + "`");
    }
    Map<Integer, String> expected = new TreeMap<>();
    cases.forEach((row, names) -> expected.put(row, String.join(" · ", names)));
    assertThat(lines("Cases: ")).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void whatIsDirectOrAdaptedIsPlayedAndWhatIsRefusedIsNot() throws IOException {
    Map<Integer, String> played =
        CASES.stream()
            .collect(Collectors.toMap(OracleCase::row, any -> "played", (one, two) -> one));
    rows()
        .forEach(
            (row, word) ->
                assertThat(played.containsKey(row))
                    .as("row %d is %s", row, word)
                    .isEqualTo(word.equals("direct") || word.equals("adapted")));
    assertThat(rows()).containsKeys(played.keySet().toArray(Integer[]::new));
    Map<Integer, String> tests = lines("Also: ");
    rows()
        .forEach(
            (row, word) -> {
              if (word.equals("refused")) {
                assertThat(tests).as("the error of row %d has a test", row).containsKey(row);
              }
            });
  }

  /** In a direct row, what PostgreSQL refuses is open, and what it accepts is not. */
  @Test
  void aDirectRowHasNoCaseInWhichCrossfkSaysOtherwise() throws IOException {
    Map<Integer, String> rows = rows();
    assertThat(CASES)
        .filteredOn(each -> "direct".equals(rows.get(each.row())))
        .allSatisfy(each -> assertThat(each.outcome(0).alike()).as(each.toString()).isTrue());
  }

  @Test
  void noTwoCasesHaveOneName() {
    Map<String, Integer> names = new LinkedHashMap<>();
    CASES.forEach(each -> names.merge(each.toString(), 1, Integer::sum));
    assertThat(names).hasSize(CASES.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"semantics.md", "protocol.md"})
  void everyTestThatIsNamedExists(String page) throws IOException {
    TreeSet<String> missing = new TreeSet<>();
    Matcher test = TEST.matcher(Files.readString(DOCS.resolve(page)));
    int named = 0;
    while (test.find()) {
      named++;
      if (!exists(test.group(1), test.group(2))) {
        missing.add(test.group());
      }
    }
    assertThat(missing).isEmpty();
    assertThat(named).isPositive();
  }

  private static boolean exists(String type, String method) throws IOException {
    Pattern declared = Pattern.compile("void " + method + "\\(");
    for (Path root : TESTS) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(each -> each.endsWith(type + ".java")).toList()) {
          if (declared.matcher(Files.readString(file)).find()) {
            return true;
          }
        }
      }
    }
    return false;
  }
}
