package io.crossfk.rules.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.model.AuditSchedule;
import io.crossfk.rules.model.Existing;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.Severity;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleReaderTest {
  private static final TableKey CHILD =
      new TableKey(new TableReference("orders", "public", "orders"), List.of("user_id"));
  private static final TableKey PARENT =
      new TableKey(new TableReference("users", "public", "users"), List.of("id"));

  private static RuleSet read(String... texts) {
    List<SourceText> files = new ArrayList<>();
    for (String text : texts) {
      files.add(new SourceText("rules/" + files.size() + ".yaml", text));
    }
    Mistakes mistakes = new Mistakes();
    Optional<RuleSet> rules = RuleReader.read(files, Optional.empty(), Optional.empty(), mistakes);
    assertThat(mistakes.all()).isEmpty();
    return rules.orElseThrow();
  }

  @Test
  void aRuleOfThreeLinesHasEveryDefault() {
    assertThat(
            read("""
            rules:
              - name: orders-user
                child: orders:public.orders(user_id)
                parent: users:public.users(id)
            """)
                .rules())
        .containsExactly(Rule.of("orders-user", CHILD, PARENT));
  }

  @Test
  void everyPropertyReachesTheRule() {
    assertThat(
            read("""
            rules:
              - name: orders-user
                child: orders:public.orders(user_id)
                parent: users:public.users(id)
                match: full
                grace: 500ms
                severity: critical
                owner: team-orders
                runbook: https://runbooks.example.com/orders-user
                description: |
                  Every order
                  belongs to a user.
                enabled: false
                max-open: 7
                existing: ignore
                audit: { every: 24h, window: "02:00-05:00", zone: Europe/Paris }
            """)
                .rules())
        .containsExactly(
            new Rule(
                "orders-user",
                CHILD,
                PARENT,
                Match.FULL,
                Duration.ofMillis(500),
                Severity.CRITICAL,
                Optional.of("team-orders"),
                Optional.of("https://runbooks.example.com/orders-user"),
                Optional.of("Every order\nbelongs to a user.\n"),
                false,
                7,
                Existing.IGNORE,
                Optional.of(
                    new AuditSchedule(
                        Duration.ofHours(24),
                        Optional.of(
                            new AuditSchedule.Window(
                                LocalTime.of(2, 0),
                                LocalTime.of(5, 0),
                                ZoneId.of("Europe/Paris")))))));
  }

  @Test
  void theDefaultsThatEditorsShowAreThoseOfTheRule() throws IOException {
    Path schema = Path.of("src/main/resources/io/crossfk/schema/rules.schema.json");
    Rule rule = Rule.of("r", CHILD, PARENT);
    assertThat(Files.readString(schema))
        .contains("\"default\": \"" + DurationText.print(rule.grace()) + "\"")
        .contains("\"default\": \"" + rule.severity().word() + "\"")
        .contains("\"default\": " + rule.maxOpen())
        .contains("\"default\": \"simple\"");
  }

  @Test
  void aliasesStandForWhatTheyReferTo() {
    RuleSet rules =
        read(
            """
            rules:
              - name: a
                child: orders:public.orders(user_id)
                parent: &users users:public.users(id)
                grace: &patience 1m
              - name: b
                child: orders:public.orders(user_id)
                parent: *users
                grace: *patience
            """);
    assertThat(rules.named("b"))
        .contains(Rule.of("b", CHILD, PARENT).withGrace(Duration.ofMinutes(1)));
  }

  @Test
  void zeroGraceNeedsNoUnitAndNoQuotes() {
    String rule = "rules: [{name: a, child: 'a:b.c(d)', parent: 'a:b.c(d)', grace: %s}]";
    assertThat(read(rule.formatted("0")).rules().get(0).grace()).isEqualTo(Duration.ZERO);
    assertThat(read(rule.formatted("'0'")).rules().get(0).grace()).isEqualTo(Duration.ZERO);
    assertThat(read(rule.formatted("168h")).rules().get(0).grace()).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsAreNoMistakes() {
    String text = "\uFEFFrules:\r\n- name: a\r\n  child: a:b.c(d)\r\n  parent: a:b.c(d)\r\n";
    assertThat(read(text).rules()).hasSize(1);
  }

  @Test
  void rulesThatAreNotEnabledTouchNoDatabase() {
    RuleSet rules =
        read(
            "rules: [{name: on, child: 'a:s.t(x)', parent: 'b:s.t(x)'}]",
            "rules: [{name: off, child: 'c:s.t(x)', parent: 'd:s.t(x)', enabled: false}]");
    assertThat(rules.databases()).containsExactly("a", "b");
    assertThat(rules.enabled()).extracting(Rule::name).containsExactly("on");
    assertThat(rules.named("off")).isPresent();
  }

  @Test
  void theExamplesAreRight() throws IOException {
    List<SourceText> files = new ArrayList<>();
    try (Stream<Path> paths = Files.list(Path.of("examples/rules"))) {
      for (Path path : paths.sorted().toList()) {
        files.add(new SourceText(path.toString(), Files.readString(path)));
      }
    }
    Mistakes mistakes = new Mistakes();
    Optional<RuleSet> rules =
        RuleReader.read(files, Optional.of(Set.of("orders", "users")), Optional.empty(), mistakes);
    assertThat(mistakes.all()).isEmpty();
    assertThat(rules.orElseThrow().named("orders-user"))
        .hasValueSatisfying(rule -> assertThat(rule.severity()).isEqualTo(Severity.CRITICAL));
  }
}
