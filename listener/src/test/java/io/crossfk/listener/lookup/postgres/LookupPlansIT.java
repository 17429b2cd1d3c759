package io.crossfk.listener.lookup.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.model.BoundRule;
import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Look-ups go through an index, whatever pair of types: on 100,000 rows a scan is a standstill. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LookupPlansIT {
  private World world;

  @BeforeAll
  void start() throws SQLException {
    world = World.on(PostgresServer.start(), "orders");
    world.sql(
        "orders",
        "create extension citext",
        "create collation loud (provider = icu, locale = 'und-u-ks-level2', deterministic ="
            + " false)",
        "create type mood as enum ('good', 'bad')");
  }

  @AfterAll
  void stop() {
    world.close();
  }

  /**
   * @param child one or two columns a, b: type, and the value of row g
   */
  record Case(String name, List<String> child, List<String> parent, List<String> values) {
    static Case of(String name, String child, String parent, String value) {
      return new Case(name, List.of(child), List.of(parent), List.of(value));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        Case.of("integer", "int4", "int8", "g"),
        Case.of("numeric", "int4", "numeric", "g"),
        Case.of("uuid", "uuid", "uuid", "lpad(g::text, 32, '0')::uuid"),
        Case.of("collated", "text collate \"und-x-icu\"", "text collate \"und-x-icu\"", "'k' || g"),
        Case.of("varying", "varchar(20)", "text", "'k' || g"),
        Case.of("fixed", "char(12)", "char(12)", "'k' || g"),
        Case.of("moment", "date", "timestamp", "date '2000-01-01' + g"),
        Case.of("float", "float4", "float8", "g"),
        Case.of("domain_like", "citext", "citext", "'k' || g"),
        Case.of("citext_to_text", "citext", "text", "'k' || g"),
        Case.of("loud", "text collate loud", "text collate loud", "'k' || g"),
        new Case(
            "pair", List.of("int4", "text"), List.of("int8", "text"), List.of("g", "'k' || g")),
        new Case(
            "mood",
            List.of("mood", "int4"),
            List.of("mood", "int8"),
            List.of("'good'::mood", "g")));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyReadUsesTheIndex(Case one) throws Exception {
    table("child_" + one.name, one.child, one.values, "index");
    table("parent_" + one.name, one.parent, one.values, "unique index");
    int columns = one.child.size();
    String names = columns == 1 ? "(a)" : "(a, b)";
    BoundRule rule =
        world
            .bind(
                World.rule(
                    one.name,
                    "orders:public.child_" + one.name + names,
                    "orders:public.parent_" + one.name + names))
            .getFirst();
    LookupStatements statements = new LookupStatements(rule);

    assertIndexed(statements.presence(), columns);
    assertIndexed(statements.children(0, true), columns);
    assertIndexed(statements.together(), 2 * columns);
    if (columns > 1) {
      assertIndexed(statements.children(0b10, false), columns - 1);
    }
    if (!rule.shape().exact()) {
      assertIndexed(statements.referrers(), columns);
    }
  }

  @Test
  void aKeyThatIsNotThereDoesNotReadAColumnOfFewValues() throws Exception {
    // By the statistics a scan finds a hundred rows soon; for an eleventh value it finds none.
    table("child_few", List.of("int4"), List.of("g % 10"), "index");
    table("parent_few", List.of("int8"), List.of("g"), "unique index");
    BoundRule rule =
        world
            .bind(World.rule("few", "orders:public.child_few(a)", "orders:public.parent_few(a)"))
            .getFirst();

    assertIndexed(new LookupStatements(rule).children(0, true), 1);
  }

  private void table(String name, List<String> types, List<String> values, String index)
      throws SQLException {
    String b = types.size() > 1 ? ", b " + types.get(1) : "";
    String columns = types.size() > 1 ? "a, b" : "a";
    world.sql(
        "orders",
        "create table " + name + " (id int primary key, a " + types.getFirst() + b + ")",
        "insert into "
            + name
            + " select g, "
            + String.join(", ", values)
            + " from generate_series(1, 100000) g",
        "create " + index + " on " + name + " (" + columns + ")",
        "alter table " + name + " replica identity full",
        "analyze " + name);
  }

  private void assertIndexed(String sql, int arrays) throws SQLException {
    PostgresDatabase settings = world.databases(1, Duration.ofSeconds(60)).getFirst();
    Matcher parameters = Pattern.compile("\\?").matcher(sql);
    int[] number = {0};
    String numbered = parameters.replaceAll(match -> "\\$" + ++number[0]);
    assertThat(number[0]).isEqualTo(arrays);
    String nulls =
        Stream.generate(() -> "'{null}'").limit(arrays).collect(Collectors.joining(", "));
    try (Connection connection = new Sessions(settings, 60).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(Sessions.forLookups(settings));
      statement.execute("prepare lookup as " + numbered);
      for (String mode : List.of("force_custom_plan", "force_generic_plan")) {
        statement.execute("set plan_cache_mode = " + mode);
        StringBuilder plan = new StringBuilder();
        try (ResultSet lines =
            statement.executeQuery("explain (costs off) execute lookup(" + nulls + ")")) {
          while (lines.next()) {
            plan.append(lines.getString(1)).append('\n');
          }
        }
        assertThat(plan.toString())
            .as(mode + " of " + sql)
            .containsPattern("Index Cond: .*\\ba\\b")
            .doesNotContain("Seq Scan")
            .doesNotContain("Hash")
            .doesNotContain("Merge");
      }
    }
  }
}
