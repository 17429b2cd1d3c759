package io.crossfk.listener.lookup.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * semantics.md no. 18 and 19: for every pair of types and of values, PostgreSQL's own {@code =},
 * the canonical key, and the look-ups agree.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyTypesIT {
  private static final List<String> INTEGERS =
      List.of("0", "1", "-1", "32767", "-32768", "2147483647", "5000000000", "9223372036854775807");
  private static final List<String> NUMERICS =
      List.of(
          "0",
          "-0",
          "0.0",
          "1",
          "1.0",
          "1.00",
          "1.5",
          "-1",
          "32767",
          "100",
          "1e2",
          "1e30",
          "NaN",
          "Infinity",
          "9223372036854775807");
  private static final List<String> FLOATS =
      List.of(
          "0",
          "-0",
          "1",
          "-1",
          "0.1",
          "1.5",
          "32767",
          "1e15",
          "16777217",
          "NaN",
          "Infinity",
          "-Infinity");
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a",
          "a ",
          "A",
          "ä",
          "a\u0308",
          "Ä",
          "I",
          "i",
          "\u0130",
          "\u0131",
          "ß",
          "ss",
          "\"",
          "\\",
          "{a,b}",
          "NULL",
          "null",
          ",",
          "it's",
          "a\nb",
          "\uD83D\uDE00");
  private static final List<String> DATES =
      List.of("2024-01-01", "2024-02-29", "0044-03-15 BC", "infinity", "-infinity", "1582-10-10");
  private static final List<String> TIMESTAMPS =
      List.of(
          "2024-01-01 00:00:00",
          "2024-01-01 00:00:00.000001",
          "2024-02-29 00:00",
          "0044-03-15 00:00 BC",
          "infinity",
          "-infinity",
          "1582-10-10 00:00");

  private World world;

  @BeforeAll
  void start() throws SQLException {
    world = World.on(PostgresServer.start(), "users", "orders");
    for (String database : List.of("users", "orders")) {
      world.sql(
          database,
          "create extension citext",
          "create collation loud (provider = icu, locale = 'und-u-ks-level2', deterministic ="
              + " false)",
          "create domain whole as int check (value > -2000000000)",
          "create schema odd",
          "create type odd.\"Mo\"\"od\" as enum ('good', 'bad', 'child only')",
          "create type parent_mood as enum ('bad', 'good', 'parent only')");
    }
  }

  @AfterAll
  void stop() {
    world.close();
  }

  /**
   * @param equal how the parent's value p equals the child's value c
   */
  record Pair(
      String child,
      String parent,
      String equal,
      List<String> childValues,
      List<String> parentValues) {
    static Pair of(
        String child, String parent, List<String> childValues, List<String> parentValues) {
      return new Pair(child, parent, "p = c", childValues, parentValues);
    }

    @Override
    public String toString() {
      return child + " -> " + parent;
    }
  }

  static Stream<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    List<String> integerTypes = List.of("int2", "int4", "int8");
    for (int child = 0; child < 3; child++) {
      for (int parent = 0; parent < 3; parent++) {
        pairs.add(
            Pair.of(
                integerTypes.get(child),
                integerTypes.get(parent),
                INTEGERS.subList(0, new int[] {5, 6, 8}[child]),
                INTEGERS.subList(0, new int[] {5, 6, 8}[parent])));
      }
      pairs.add(
          Pair.of(
              integerTypes.get(child),
              "numeric",
              INTEGERS.subList(0, new int[] {5, 6, 8}[child]),
              NUMERICS));
    }
    pairs.add(Pair.of("whole", "int8", INTEGERS.subList(0, 6), INTEGERS));
    pairs.add(Pair.of("numeric", "numeric", NUMERICS, NUMERICS));
    pairs.add(Pair.of("numeric(10,3)", "numeric", NUMERICS.subList(0, 11), NUMERICS));
    pairs.add(Pair.of("float8", "float8", FLOATS, FLOATS));
    pairs.add(Pair.of("float4", "float4", FLOATS, FLOATS));
    pairs.add(Pair.of("float4", "float8", FLOATS, FLOATS));
    pairs.add(Pair.of("float8", "float4", FLOATS, FLOATS));
    pairs.add(Pair.of("int2", "float4", INTEGERS.subList(0, 5), FLOATS));
    pairs.add(Pair.of("int4", "float8", INTEGERS.subList(0, 6), FLOATS));
    pairs.add(Pair.of("text", "text", TEXTS, TEXTS));
    pairs.add(Pair.of("varchar(10)", "text", TEXTS, TEXTS));
    pairs.add(Pair.of("text", "varchar", TEXTS, TEXTS));
    pairs.add(Pair.of("char(5)", "char(5)", TEXTS, TEXTS));
    pairs.add(Pair.of("char(5)", "char(7)", TEXTS, TEXTS));
    pairs.add(new Pair("char(5)", "text", "p = c::text", TEXTS, TEXTS));
    pairs.add(new Pair("text", "char(7)", "p = c::bpchar", TEXTS, TEXTS));
    pairs.add(Pair.of("text collate \"und-x-icu\"", "text collate \"und-x-icu\"", TEXTS, TEXTS));
    pairs.add(Pair.of("text collate loud", "text collate loud", TEXTS, TEXTS));
    pairs.add(Pair.of("text", "text collate loud", TEXTS, TEXTS));
    pairs.add(Pair.of("citext", "citext", TEXTS, TEXTS));
    pairs.add(new Pair("citext", "text", "p = c::text", TEXTS, TEXTS));
    pairs.add(
        Pair.of(
            "uuid",
            "uuid",
            List.of("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "00000000-0000-0000-0000-000000000000"),
            List.of("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{00000000000000000000000000000001}")));
    pairs.add(Pair.of("date", "date", DATES, DATES));
    pairs.add(Pair.of("date", "timestamp", DATES, TIMESTAMPS));
    pairs.add(Pair.of("timestamp", "date", TIMESTAMPS, DATES));
    pairs.add(Pair.of("timestamp", "timestamp", TIMESTAMPS, TIMESTAMPS));
    pairs.add(Pair.of("timestamp(3)", "timestamp", TIMESTAMPS, TIMESTAMPS));
    pairs.add(
        Pair.of(
            "timestamptz",
            "timestamptz",
            List.of("2024-01-01 05:45+05:45", "2024-01-01 00:00Z", "infinity"),
            List.of("2024-01-01 01:00+01", "2024-01-01 00:00:01Z", "-infinity", "infinity")));
    pairs.add(
        Pair.of(
            "bytea", "bytea", List.of("\\x", "\\x00", "abc"), List.of("\\x616263", "\\x00", "")));
    pairs.add(Pair.of("bool", "bool", List.of("true", "f"), List.of("t", "false")));
    pairs.add(
        new Pair(
            "odd.\"Mo\"\"od\"",
            "parent_mood",
            "p::text = c::text",
            List.of("good", "bad", "child only"),
            List.of("good", "bad", "parent only")));
    return pairs.stream();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatPostgresCallsEqualIsOneKey(Pair pair) throws Exception {
    String name = "t" + Integer.toHexString(pair.toString().hashCode());
    // The first column tells which parent value a row is about, so that all combinations are asked
    // for at once.
    world.sql(
        "users",
        "create table " + name + " (tag int, v " + pair.parent + ", primary key (tag, v))",
        insert(name, pair.parentValues, List.of("")));
    world.sql(
        "orders",
        "create table " + name + " (id serial primary key, tag int, v " + pair.child + ")",
        "create index on " + name + " (tag, v)",
        insert(name, pair.parentValues, pair.childValues));
    BoundRule rule =
        world
            .bind(
                World.rule(
                    name,
                    "orders:public." + name + "(tag, v)",
                    "users:public." + name + "(tag, v)"))
            .getFirst();
    List<String> parentTexts = texts("users", "select v from " + name + " order by tag");
    List<String> childTexts =
        texts("orders", "select v from " + name + " where tag = 0 order by id");
    List<Boolean> truth = truth(pair);
    List<Question> presences = new ArrayList<>();
    List<Question> proofs = new ArrayList<>();
    for (int parent = 0; parent < parentTexts.size(); parent++) {
      for (String childText : childTexts) {
        Key key = rule.shape().fromChild(Integer.toString(parent), childText);
        presences.add(world.presence(rule, key));
        proofs.add(world.proof(rule, key));
      }
    }

    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> present = World.ask(lookups, presences);
      List<Finding> proved = World.ask(lookups, proofs);

      List<String> differences = new ArrayList<>();
      int place = 0;
      for (int parent = 0; parent < parentTexts.size(); parent++) {
        Key parentKey =
            rule.shape()
                .fromParent(Integer.toString(parent), parentTexts.get(parent))
                .orElseThrow();
        for (String childText : childTexts) {
          boolean equal = truth.get(place);
          Key childKey = rule.shape().fromChild(Integer.toString(parent), childText);
          boolean agree =
              (equal ? Finding.Present.class : Finding.Absent.class).isInstance(present.get(place))
                  && (equal ? Finding.Present.class : Finding.Broken.class)
                      .isInstance(proved.get(place))
                  && (!rule.shape().exact() || childKey.equals(parentKey) == equal);
          if (!agree) {
            differences.add(
                "child '%s' = parent '%s' is %s, keys %s and %s: %s, %s"
                    .formatted(
                        childText,
                        parentTexts.get(parent),
                        equal,
                        childKey,
                        parentKey,
                        present.get(place),
                        proved.get(place)));
          }
          place++;
        }
      }
      assertThat(differences).isEmpty();
    }
  }

  /** Whether each child value equals each parent value, in one database. */
  private List<Boolean> truth(Pair pair) throws SQLException {
    String sql =
        "select "
            + pair.equal
            + " from (values "
            + values(pair.parentValues, pair.parent)
            + ") a(i, p) cross join (values "
            + values(pair.childValues, pair.child)
            + ") b(j, c) order by i, j";
    List<Boolean> truth = new ArrayList<>();
    for (String text : texts("users", sql)) {
      truth.add(text.equals("t"));
    }
    return truth;
  }

  private static String values(List<String> values, String type) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      // A type with a collation is not a type name: the collation goes behind the cast.
      String[] parts = type.split(" collate ");
      list.append(i == 0 ? "" : ", ")
          .append("(" + i + ", " + literal(values.get(i)) + "::" + parts[0])
          .append(parts.length > 1 ? " collate " + parts[1] : "")
          .append(")");
    }
    return list.toString();
  }

  /** Rows (number of the parent value, value): every child value for each, or its own value. */
  private static String insert(String table, List<String> parents, List<String> children) {
    boolean own = children.equals(List.of(""));
    List<String> rows = new ArrayList<>();
    for (int parent = 0; parent < parents.size(); parent++) {
      for (String child : own ? List.of(parents.get(parent)) : children) {
        rows.add("(" + parent + ", " + literal(child) + ")");
      }
    }
    return "insert into " + table + " (tag, v) values " + String.join(", ", rows);
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** As a source's session prints them. */
  private List<String> texts(String database, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = world.server(database).connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'");
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
    }
    assertThat(texts).isNotEmpty();
    return texts;
  }
}
