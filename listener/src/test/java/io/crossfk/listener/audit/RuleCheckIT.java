package io.crossfk.listener.audit;

import static io.crossfk.listener.lookup.postgres.World.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.audit.CheckOutcome.Checked;
import io.crossfk.listener.audit.CheckOutcome.FoundViolation;
import io.crossfk.listener.lookup.postgres.PostgresKeyScanner;
import io.crossfk.listener.lookup.postgres.PostgresLookups;
import io.crossfk.listener.lookup.postgres.World;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole tables on real servers, against what SQL itself says of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuleCheckIT {
  private static final long ROOMY = 256L << 20;

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  private World world;

  @BeforeAll
  void start() throws Exception {
    world = World.on(PostgresServer.start(), "users", "orders");
  }

  @AfterAll
  void stop() {
    world.close();
  }

  private Checked check(Rule rule, long memory) throws Exception {
    BoundRule bound = world.bind(rule.withGrace(Duration.ofMillis(20))).getFirst();
    try (PostgresKeyScanner scanner =
            new PostgresKeyScanner(world.databases(1, Duration.ofSeconds(5)), Duration.ZERO);
        PostgresLookups lookups = world.lookups(List.of(bound))) {
      RuleCheck check = new RuleCheck(scanner, lookups, new RuleCheck.Limits(folder, memory));
      CheckOutcome outcome = check.check(bound, side -> rows -> true);
      assertThat(outcome).isInstanceOf(Checked.class);
      assertThat(folder).isEmptyDirectory();
      return (Checked) outcome;
    }
  }

  private static List<String> keys(Checked checked) {
    return checked.violations().stream()
        .map(FoundViolation::key)
        .map(key -> checked.rule().shape().canonical(key))
        .sorted()
        .toList();
  }

  private void tables(String name, String parentColumns, String childColumns) throws SQLException {
    world.sql("users", "create table parent_" + name + " (" + parentColumns + ")");
    world.sql(
        "orders",
        "create table child_"
            + name
            + " (row_id bigint generated always as identity primary key, "
            + childColumns
            + ")");
  }

  private static Rule ruleOf(String name, String columns) {
    return rule(
        name,
        "orders:public.child_" + name + "(" + columns + ")",
        "users:public.parent_" + name + "(" + columns + ")");
  }

  /**
   * The larger amount of memory keeps integers in a bitmap, the smaller one puts all into files.
   */
  @ParameterizedTest
  @CsvSource({"bigint, 268435456", "bigint, 4096", "int, 4096", "smallint, 268435456"})
  void exactlyTheIntegersWithoutAParentAreFound(String type, long memory) throws Exception {
    String name = type + memory;
    tables(name, "a " + type + " primary key", "a " + type);
    world.sql(
        "users",
        "insert into parent_"
            + name
            + " select g from generate_series(-15000, 15000) g"
            + " where g not in (-7, 0, 12345)");
    world.sql(
        "orders",
        "insert into child_"
            + name
            + "(a) select g from generate_series(-15000, 15000) g,"
            + " generate_series(1, 2)",
        "insert into child_" + name + "(a) values (null), (30000)");

    Checked checked = check(ruleOf(name, "a"), memory);

    assertThat(keys(checked)).containsExactly("[-7]", "[0]", "[12345]", "[30000]");
    assertThat(checked.childRows()).isEqualTo(60_003);
    assertThat(checked.parentRows()).isEqualTo(29_998);
    assertThat(checked.violations().getFirst().orphans().count()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "uuid; a uuid; a; md5(g::text)::uuid",
        "txt; a text; a; 'key ' || g || repeat('ü', g % 7)",
        "pair; a bigint, b uuid; a, b; g, md5(g::text)::uuid",
        "words; a text, b text; a, b; repeat('a', g % 50), 'b' || g",
        "num; a numeric; a; g / 100.0",
        "date; a timestamp; a; timestamp '2026-01-01' + g * interval '1 second'",
        "bytes; a bytea, b int; a, b; int8send(g), g"
      })
  void keysOfEveryFormAreJoined(String name, String columns, String names, String values)
      throws Exception {
    tables(name, columns + ", unique (" + names + ")", columns);
    world.sql(
        "users",
        "alter table parent_" + name + " replica identity full",
        "insert into parent_"
            + name
            + " select "
            + values
            + " from generate_series(1, 20000) g where g not in (777, 19999)");
    world.sql(
        "orders",
        "insert into child_"
            + name
            + "("
            + names
            + ") select "
            + values
            + " from generate_series(1, 20000) g, generate_series(1, 2)");

    for (long memory : new long[] {ROOMY, 4096}) {
      Checked checked = check(ruleOf(name, names), memory);

      assertThat(checked.candidates()).isEqualTo(2);
      assertThat(checked.violations()).hasSize(2);
    }
  }

  @Test
  void whatLooksDifferentAndIsEqualIsNoViolation() throws Exception {
    tables("scale", "a numeric primary key", "a numeric(10,3)");
    world.sql("users", "insert into parent_scale values (1.0), (2.50)");
    world.sql("orders", "insert into child_scale(a) values (1), (2.5), (3)");
    world.sql("users", "create extension citext");
    tables("caseless", "a citext primary key", "a text");

    assertThat(keys(check(ruleOf("scale", "a"), ROOMY))).containsExactly("[\"3\"]");
  }

  @Test
  void aKeyThatIsNullInPartIsAViolationUnderMatchFullOnly() throws Exception {
    tables("partly", "a int, b int, primary key (a, b)", "a int, b int");
    world.sql("users", "insert into parent_partly values (1, 1)");
    world.sql(
        "orders", "insert into child_partly(a, b) values (1, 1), (1, null), (null, null), (2, 2)");
    Rule rule = ruleOf("partly", "a, b");

    assertThat(keys(check(rule, ROOMY))).containsExactly("[2,2]");
    assertThat(keys(check(rule.withMatch(Match.FULL), ROOMY))).containsExactly("[1,null]", "[2,2]");
  }

  @Test
  void noMoreIsToldThanTheRulesLimit() throws Exception {
    tables("many", "a int primary key", "a int");
    world.sql("orders", "insert into child_many(a) select generate_series(1, 5000)");

    Checked checked = check(ruleOf("many", "a").withMaxOpen(100), ROOMY);

    assertThat(checked.violations()).hasSize(100);
    assertThat(checked.more()).isTrue();
  }

  @Test
  void aPairThatIsWrittenMeanwhileInEitherOrderIsNoViolation() throws Exception {
    tables("busy", "a bigint primary key", "a bigint");
    world.sql("orders", "create index on child_busy (a)");
    Thread writer = Thread.ofPlatform().start(this::writePairs);
    try {
      for (int run = 0; run < 20; run++) {
        assertThat(keys(check(ruleOf("busy", "a"), ROOMY))).isEmpty();
      }
    } finally {
      writer.interrupt();
      writer.join();
    }
  }

  private void writePairs() {
    try (Connection users = world.server("users").connect("users");
        Connection orders = world.server("orders").connect("orders");
        Statement parents = users.createStatement();
        Statement children = orders.createStatement()) {
      for (long key = 1; !Thread.currentThread().isInterrupted(); key++) {
        boolean parentFirst = key % 2 == 0;
        for (int write = 0; write < 2; write++) {
          if (parentFirst == (write == 0)) {
            parents.execute("insert into parent_busy values (" + key + ")");
          } else {
            children.execute("insert into child_busy(a) values (" + key + ")");
          }
        }
        if (key > 100) {
          children.execute("delete from child_busy where a = " + (key - 100));
          parents.execute("delete from parent_busy where a = " + (key - 100));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A table whose keys cannot be NULL is copied as it is, where COPY would send the same rows. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain     | a bigint not null",
        "generated | b bigint, a bigint not null generated always as (b) stored",
        "unsure    | a bigint"
      })
  void howAColumnIsKeptFromBeingNullMakesNoDifference(String name, String columns)
      throws Exception {
    tables(name, "a bigint primary key", columns);
    String written = name.equals("generated") ? "b" : "a";
    String into = "insert into child_" + name + " (" + written + ") ";
    world.sql("users", "insert into parent_" + name + " select generate_series(1, 1000)");
    world.sql("orders", into + "select generate_series(1, 1000)", into + "values (2001)");
    if (name.equals("unsure")) {
      world.sql(
          "orders",
          into + "values (null)",
          "alter table child_unsure add constraint sure not null a not valid");
    }

    Checked checked = check(ruleOf(name, "a"), ROOMY);

    assertThat(keys(checked)).containsExactly("[2001]");
    assertThat(checked.childRows()).isEqualTo(1001);
  }

  /** As above; of a key that is NULL in part, COPY would send what the rule does not check. */
  @ParameterizedTest
  @CsvSource({"SIMPLE, 1", "FULL, 2"})
  void aNotNullThatWasNeverValidatedLetsNullsThrough(Match match, int broken) throws Exception {
    String name = "halves" + match.name().toLowerCase(java.util.Locale.ROOT);
    tables(name, "a int, b bigint, primary key (a, b)", "a int, b bigint");
    world.sql("users", "insert into parent_" + name + " values (1, 1)");
    world.sql(
        "orders",
        "insert into child_" + name + " (a, b) values (1, 1), (2, 2), (1, null), (null, null)",
        "alter table child_" + name + " add constraint sure_a not null a not valid",
        "alter table child_" + name + " add constraint sure_b not null b not valid");

    Checked checked = check(ruleOf(name, "a, b").withMatch(match), ROOMY);

    assertThat(checked.violations()).hasSize(broken);
  }
}
