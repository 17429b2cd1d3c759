package io.crossfk.rules.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RuleMistakesTest {
  private static final Optional<Set<String>> DATABASES = Optional.of(Set.of("orders", "users"));

  static List<String> mistakesOf(SourceText... files) {
    Mistakes mistakes = new Mistakes();
    Optional<RuleSet> rules =
        RuleReader.read(List.of(files), DATABASES, Optional.empty(), mistakes);
    assertThat(rules.isPresent()).isEqualTo(mistakes.isEmpty());
    return mistakes.all().stream().map(Mistake::toString).toList();
  }

  private static String ruleWith(String line) {
    return """
    rules:
      - name: orders-user
        child: orders:public.orders(user_id)
        parent: users:public.users(id)
        %s
    """
        .formatted(line);
  }

  private static String ruleFrom(String name, String child, String parent) {
    return """
    rules:
      - name: %s
        child: %s
        parent: %s
    """
        .formatted(name, child, parent);
  }

  static Stream<Arguments> notYaml() {
    return Stream.of(
        arguments("", "1:1: $: the file is empty"),
        arguments("# only a comment\n", "1:1: $: the file is empty"),
        arguments("rules:", "1:7: rules: expected a list, found nothing"),
        arguments("rules: []", "1:8: rules: empty: at least one is needed"),
        arguments("rules: {}", "1:8: rules: expected a list, found a mapping"),
        arguments("rules: [5]", "1:9: rules[0]: expected a mapping, found the number 5"),
        arguments("[]", "1:1: $: expected a mapping, found a list"),
        arguments("rules", "1:1: $: expected a mapping, found the text \"rules\""),
        arguments("{}", "1:1: $: \"rules\" is missing"),
        arguments(
            "a: b: c",
            "1:5: $: not YAML: mapping values are not allowed here: check the indentation; a value"
                + " that holds \": \" needs quotes"),
        arguments(
            "rules:\n\t- name: x",
            "2:1: $: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use"
                + " \\t(TAB) for indentation) (while scanning for the next token)"),
        arguments(
            "rules: \"",
            "1:9: $: not YAML: found unexpected end of stream (while scanning a quoted scalar)"),
        arguments(
            "rules: []\n# \u0000",
            "2:3: $: a control character that YAML does not allow: is this a text file in UTF-8?"),
        arguments("rules: &a [*a]", "1:12: rules[0]: *a stands inside of what it refers to"),
        arguments(
            "rules: *nobody",
            "1:8: rules: *nobody refers to nothing: there is no &nobody before it"),
        arguments(
            "rules: !!binary x", "1:8: rules: the tag !!binary means nothing here: remove it"),
        arguments("? [a]\n: b", "1:3: $: the name of a property must be plain text"),
        arguments(
            "rules: []\n---\nrules: []",
            "2:1: $: a second document begins here: a file holds one; remove the \"---\" or split"
                + " the file"),
        arguments(
            "[".repeat(60) + "]".repeat(60),
            "1:51: $: nested deeper than 50 levels, and nothing here needs to"));
  }

  @ParameterizedTest
  @MethodSource
  void notYaml(String text, String mistake) {
    assertThat(mistakesOf(new SourceText("r.yaml", text))).containsExactly("r.yaml:" + mistake);
  }

  static Stream<Arguments> wrongProperty() {
    return Stream.of(
        arguments(
            "grase: 10s",
            "5:5: rules[0].grase: unknown property \"grase\"; did you mean \"grace\"?"),
        arguments(
            "maxOpen: 5",
            "5:5: rules[0].maxOpen: unknown property \"maxOpen\"; did you mean \"max-open\"?"),
        arguments(
            "colour: red",
            "5:5: rules[0].colour: unknown property \"colour\"; known here: audit, child,"
                + " description, enabled, existing, grace, match, max-open, name, owner, parent,"
                + " runbook, severity"),
        arguments(
            "? \"a b\"\n    : 1",
            "5:7: rules[0][\"a b\"]: unknown property \"a b\"; known here: audit, child,"
                + " description, enabled, existing, grace, match, max-open, name, owner, parent,"
                + " runbook, severity"),
        arguments("name: again", "5:5: rules[0].name: \"name\" stands here twice; first in line 2"),
        arguments(
            "<<: {}",
            "5:5: rules[0][\"<<\"]: merge keys (<<) are not YAML 1.2: write the properties out"),
        arguments(
            "match: partial",
            "5:12: rules[0].match: \"partial\" is refused: PostgreSQL has no MATCH PARTIAL either;"
                + " use simple or full"),
        arguments(
            "match: simpel",
            "5:12: rules[0].match: \"simpel\" is none of simple, full; did you mean \"simple\"?"),
        arguments(
            "match: FULL",
            "5:12: rules[0].match: \"FULL\" is none of simple, full; did you mean \"full\"?"),
        arguments(
            "period: valid_at",
            "5:5: rules[0].period: \"period\" is refused: temporal keys (PERIOD) cannot be checked"
                + " across databases yet"),
        arguments(
            "onDelete: cascade",
            "5:5: rules[0].onDelete: \"onDelete\" is refused: nothing can be blocked or cascaded"
                + " across databases; a violation opens if children are left after grace"),
        arguments(
            "severity: critcal",
            "5:15: rules[0].severity: \"critcal\" is none of critical, error, warning, info; did"
                + " you mean \"critical\"?"),
        arguments(
            "severity: urgent",
            "5:15: rules[0].severity: \"urgent\" is none of critical, error, warning, info"),
        arguments(
            "severity: 1",
            "5:15: rules[0].severity: expected text, found the number 1: put it into quotes"),
        arguments("grace: 10", "5:12: rules[0].grace: 10 has no unit: write 10ms, 10s or 10m"),
        arguments(
            "grace: 1.5",
            "5:12: rules[0].grace: expected a duration, found the number 1.5, for example 10s"),
        arguments(
            "grace: PT10S",
            "5:12: rules[0].grace: \"PT10S\" does not fit: a duration is a number with a unit, as"
                + " in 500ms, 10s, 2m or 1h; only 0 needs none"),
        arguments(
            "grace: -1s",
            "5:12: rules[0].grace: \"-1s\" does not fit: a duration is a number with a unit, as in"
                + " 500ms, 10s, 2m or 1h; only 0 needs none"),
        arguments("grace: 169h", "5:12: rules[0].grace: 169h is out of range: 0 to 168h"),
        arguments("max-open: 0", "5:15: rules[0].max-open: 0 is below 1"),
        arguments("max-open: 10000001", "5:15: rules[0].max-open: 10000001 is above 10000000"),
        arguments(
            "max-open: 99999999999999999999",
            "5:15: rules[0].max-open: 99999999999999999999 is above 10000000"),
        arguments("max-open: 1e30", "5:15: rules[0].max-open: 1e30 is above 10000000"),
        arguments(
            "max-open: .nan",
            "5:15: rules[0].max-open: expected a whole number, found the number .nan, for example"
                + " 10000"),
        arguments(
            "max-open: many",
            "5:15: rules[0].max-open: expected a whole number, found the text \"many\", for example"
                + " 10000"),
        arguments(
            "enabled: no",
            "5:14: rules[0].enabled: expected true or false, found the text \"no\": YAML 1.2 knows"
                + " only true and false"),
        arguments("owner:", "5:11: rules[0].owner: expected text, found nothing"),
        arguments("owner: ''", "5:12: rules[0].owner: must not be empty"),
        arguments("runbook: [a]", "5:14: rules[0].runbook: expected text, found a list"),
        arguments(
            "owner: " + "x".repeat(2001), "5:12: rules[0].owner: longer than 2000 characters"));
  }

  @ParameterizedTest
  @MethodSource
  void wrongProperty(String line, String mistake) {
    assertThat(mistakesOf(new SourceText("r.yaml", ruleWith(line))))
        .containsExactly("r.yaml:" + mistake);
  }

  static Stream<Arguments> wrongName() {
    String cure =
        " does not fit: a rule's name is made of a-z, 0-9, '-', '_' and '.', and begins with a"
            + " letter or a digit";
    return Stream.of(
        arguments("Orders", "\"Orders\"" + cure),
        arguments("a|b", "\"a|b\"" + cure),
        arguments("-a", "\"-a\"" + cure),
        arguments("'a b'", "\"a b\"" + cure),
        arguments("\"a\\n\"", "\"a \"" + cure),
        arguments("sıra", "\"sıra\"" + cure),
        arguments("\"\"", "\"\"" + cure),
        arguments("x".repeat(101), "longer than 100 characters"),
        arguments("17", "expected text, found the number 17: put it into quotes"),
        arguments("true", "expected text, found true: put it into quotes"));
  }

  @ParameterizedTest
  @MethodSource
  void wrongName(String name, String message) {
    String text = ruleFrom(name, "orders:a.b(c)", "users:a.b(c)");
    assertThat(mistakesOf(new SourceText("r.yaml", text)))
        .containsExactly("r.yaml:2:11: rules[0].name: " + message);
  }

  /** The columns are those of the first letter that is wrong, in the file, whatever the quotes. */
  static Stream<Arguments> wrongReference() {
    return Stream.of(
        arguments(
            "users.public.users(id)",
            "4:13",
            "the database is missing: write database:schema.table(column, …)"),
        arguments(
            "':public.users(id)'",
            "4:14",
            "the database's name is missing before the colon: write database:schema.table(column,"
                + " …)"),
        arguments(
            "Users:public.users(id)",
            "4:13",
            "before the colon stands the name of a database of the configuration (a-z, 0-9, '-'"
                + " and '_'): write database:schema.table(column, …)"),
        arguments(
            "user:public.users(id)", "4:13", "unknown database \"user\"; did you mean \"users\"?"),
        arguments(
            "payments:public.users(id)",
            "4:13",
            "unknown database \"payments\"; known here: orders, users"),
        arguments("users:users(id)", "4:24", "the schema is missing: write users:public.users(…)"),
        arguments(
            "users:\"Users\"(id)",
            "4:26",
            "the schema is missing: write users:public.\"Users\"(…)"),
        arguments(
            "users:public.users",
            "4:31",
            "the columns are missing: write database:schema.table(column, …)"),
        arguments(
            "users:db.public.users(id)",
            "4:28",
            "one dot too many: the database is the name before the colon, so write"
                + " database:schema.table(column, …)"),
        arguments("users:public.users()", "4:32", "expected a column's name, found ')'"),
        arguments("users:public.users(", "4:32", "expected a column's name, found the end"),
        arguments("users:public.users(id,)", "4:35", "expected a column's name, found ')'"),
        arguments(
            "users:public.users(id x)",
            "4:35",
            "expected a comma or the closing parenthesis, found 'x'"),
        arguments(
            "users:public.users(id",
            "4:34",
            "the closing parenthesis is missing; inside of { } or [ ] the whole value needs"
                + " quotes"),
        arguments("users:public.users(id) x", "4:36", "nothing may follow the columns"),
        arguments("users:public.users(id, id)", "4:36", "column id stands here twice"),
        arguments("users:public.users(id, ID)", "4:36", "column id stands here twice"),
        arguments(
            "users:public.users(id, PERIOD valid_at)",
            "4:36",
            "temporal keys (PERIOD) cannot be checked across databases yet"),
        arguments(
            "users:my-schema.users(id)",
            "4:21",
            "a name with a hyphen needs double quotes, as in SQL"),
        arguments(
            "users:public.1users(id)",
            "4:26",
            "a name that begins with a digit or $ needs double quotes, as in SQL"),
        arguments("users:public.\"users(id)", "4:26", "this double quote is never closed"),
        arguments("users:public.\"\"(id)", "4:26", "the table's name is empty"),
        arguments(
            "users:public." + "ö".repeat(32) + "(id)",
            "4:26",
            "PostgreSQL's names have at most 63 bytes; this one is longer"),
        arguments(
            "users:public.users(id, other)",
            "4:31",
            "2 columns here and 1 column in child: they are paired by position, so write as many"),
        arguments(
            "users:a.b("
                + IntStream.rangeClosed(11, 43)
                    .mapToObj(i -> "c" + i)
                    .collect(Collectors.joining(","))
                + ")",
            "4:151",
            "PostgreSQL's keys have at most 32 columns"),
        // Quotes, escapes and letters of two UTF-16 units before the wrong place.
        arguments(
            "'users:public.users(a''b)'",
            "4:34",
            "expected a comma or the closing parenthesis, found '''"),
        arguments(
            "\"users:public.\\\"a\\\"\\\"b\\\"(\\x41, a)\"", "4:44", "column a stands here twice"),
        arguments(
            "'users:\"😀\".users(1)'",
            "4:30",
            "a name that begins with a digit or $ needs double quotes, as in SQL"),
        arguments("users:public.users(\n        a,\n      a)", "6:7", "column a stands here twice"),
        arguments(
            "\"users:public.users(a,\\\n       b, a)\"", "5:11", "column a stands here twice"),
        arguments(
            ">-\n      users:public\n      .users(a,\n      a)",
            "7:7",
            "column a stands here twice"),
        arguments("|\n      users:public.users(a, a)", "5:29", "column a stands here twice"),
        arguments(
            "",
            "4:12",
            "expected text of the form database:schema.table(column, …), found nothing, for example"
                + " users:public.users(id)"),
        arguments("''", "4:13", "must not be empty, for example users:public.users(id)"));
  }

  @ParameterizedTest
  @MethodSource
  void wrongReference(String parent, String place, String message) {
    String text = ruleFrom("orders-user", "orders:public.orders(user_id)", parent);
    assertThat(mistakesOf(new SourceText("r.yaml", text)))
        .containsExactly("r.yaml:" + place + ": rules[0].parent: " + message);
  }

  @Test
  void everyMistakeOfEveryFileIsToldAtOnceInTheOrderOfTheFiles() {
    SourceText first =
        new SourceText(
            "b.yaml",
            """
            rules:
              - name: one
                child: order:public.orders(a, a)
                severity: loud
              - child: orders:public.orders(a)
                parent: users:public.users(id, x)
                grace: soon
            """);
    SourceText second = new SourceText("a.yaml", ruleFrom("one", "orders:a.b(c)", "users:a.b(c)"));
    SourceText third = new SourceText("c.yaml", "rules: [");

    assertThat(mistakesOf(first, second, third))
        .containsExactly(
            "b.yaml:2:5: rules[0]: \"parent\" is missing, for example users:public.users(id)",
            "b.yaml:3:12: rules[0].child: unknown database \"order\"; did you mean \"orders\"?",
            "b.yaml:3:35: rules[0].child: column a stands here twice",
            "b.yaml:4:15: rules[0].severity: \"loud\" is none of critical, error, warning, info",
            "b.yaml:5:5: rules[1]: \"name\" is missing, for example orders-user",
            "b.yaml:6:31: rules[1].parent: 2 columns here and 1 column in child: they are paired by"
                + " position, so write as many",
            "b.yaml:7:12: rules[1].grace: \"soon\" does not fit: a duration is a number with a"
                + " unit, as in 500ms, 10s, 2m or 1h; only 0 needs none",
            "a.yaml:2:11: rules[0].name: the name \"one\" is taken: another rule has it at"
                + " b.yaml:2:11",
            "c.yaml:1:9: $: not YAML: expected the node content, but found '<stream end>' (while"
                + " parsing a flow node)");
  }

  @Test
  void aBombOfAliasesIsRefusedBeforeItTakesMemory() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 20; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
    }
    assertThat(mistakesOf(new SourceText("r.yaml", bomb.toString())))
        .containsExactly(
            "r.yaml:5:45: a4[7]: more than 100000 values, aliases counted each time: split the"
                + " file");
  }

  @Test
  void aFileThatIsTooLongIsRefused() {
    assertThat(mistakesOf(new SourceText("r.yaml", "#".repeat(YamlParser.LONGEST_TEXT + 1))))
        .containsExactly(
            "r.yaml:1:1: $: the file has 1048577 characters and may have 1048576: split it into"
                + " several");
  }
}
