package io.crossfk.rules.key;

import io.crossfk.rules.key.ColumnType.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a foreign key of PostgreSQL says of a child's and a parent's value, one case a line: child
 * type, child text, parent type, parent text, whether the child refers to the parent. Texts are
 * what PostgreSQL prints.
 */
final class EqualityCases {

  record Case(
      String childType, String childText, String parentType, String parentText, boolean equal) {
    static Case of(String line) {
      String[] words = line.split("\\|", -1);
      return new Case(
          words[0].strip(),
          unquoted(words[1]),
          words[2].strip(),
          unquoted(words[3]),
          Boolean.parseBoolean(words[4].strip()));
    }

    private static String unquoted(String word) {
      String quoted = word.strip();
      return quoted.substring(1, quoted.length() - 1);
    }

    ColumnType child() {
      return type(childType);
    }

    ColumnType parent() {
      return type(parentType);
    }

    KeyShape shape() {
      return KeyShape.of(List.of(new KeyShape.Pair(child(), parent())));
    }
  }

  private static final String LINES =
      """
      bool | 't' | bool | 't' | true
      bool | 'f' | bool | 'f' | true
      bool | 't' | bool | 'f' | false

      int8 | '42' | int8 | '42' | true
      int8 | '-42' | int8 | '42' | false
      int8 | '9223372036854775807' | int8 | '9223372036854775807' | true
      int8 | '-9223372036854775808' | int8 | '-9223372036854775808' | true
      int8 | '9007199254740993' | int8 | '9007199254740992' | false
      int2 | '42' | int8 | '42' | true
      int4 | '42' | int8 | '42' | true
      int4 | '705032704' | int8 | '5000000000' | false
      int8 | '5000000000' | int4 | '705032704' | false
      int8 | '42' | int4 | '42' | true
      int8 | '65578' | int2 | '42' | false
      int8 | '42' | int2 | '42' | true
      int2 | '-1' | int4 | '-1' | true

      numeric | '1.0' | numeric | '1.00' | true
      numeric | '1' | numeric | '1.000' | true
      numeric | '100' | numeric | '100.0' | true
      numeric | '0.00' | numeric | '0' | true
      numeric | '1.5' | numeric | '1.50' | true
      numeric | '1.5' | numeric | '1.51' | false
      numeric | '-1.5' | numeric | '1.5' | false
      numeric | 'NaN' | numeric | 'NaN' | true
      numeric | 'Infinity' | numeric | 'Infinity' | true
      numeric | '-Infinity' | numeric | '-Infinity' | true
      numeric | '-Infinity' | numeric | 'Infinity' | false
      numeric | 'NaN' | numeric | '0' | false
      numeric | '0.1' | numeric | '0.10000000000000000000000000000000000001' | false
      numeric | '123456789012345678901234567890' | numeric | '123456789012345678901234567890.00' | true
      numeric | '123456789012345678901234567890' | numeric | '123456789012345678901234567891' | false
      int2 | '7' | numeric | '7.00' | true
      int4 | '10' | numeric | '10.0' | true
      int8 | '9223372036854775807' | numeric | '9223372036854775807' | true
      int8 | '9223372036854775807' | numeric | '9223372036854775808' | false
      int8 | '0' | numeric | '0.000' | true
      int8 | '1' | numeric | '1.5' | false
      int8 | '0' | numeric | 'NaN' | false

      float8 | '-0' | float8 | '0' | true
      float8 | '0' | float8 | '-0' | true
      float8 | 'NaN' | float8 | 'NaN' | true
      float8 | 'Infinity' | float8 | 'Infinity' | true
      float8 | '-Infinity' | float8 | 'Infinity' | false
      float8 | '1e+300' | float8 | '1e+300' | true
      float8 | '5e-324' | float8 | '5e-324' | true
      float8 | '0.1' | float8 | '0.1' | true
      float8 | '0.1' | float8 | '0.10000000000000002' | false
      float8 | '9.007199254740992e+15' | float8 | '9.007199254740992e+15' | true
      float8 | '1e+15' | float8 | '1e+15' | true
      float8 | '123456789012345' | float8 | '123456789012345' | true
      float4 | '0.1' | float4 | '0.1' | true
      float4 | '-0' | float4 | '0' | true
      float4 | 'NaN' | float4 | 'NaN' | true
      float4 | '0.1' | float8 | '0.1' | false
      float4 | '0.1' | float8 | '0.10000000149011612' | true
      float4 | '0.5' | float8 | '0.5' | true
      float4 | '-0' | float8 | '0' | true
      float4 | 'NaN' | float8 | 'NaN' | true
      float4 | 'Infinity' | float8 | 'Infinity' | true
      float4 | '1e+30' | float8 | '1e+30' | false
      float8 | '0.1' | float4 | '0.1' | false
      float8 | '0.10000000149011612' | float4 | '0.1' | true
      float8 | '0.5' | float4 | '0.5' | true
      float8 | '1e+300' | float4 | 'Infinity' | false
      float8 | 'NaN' | float4 | 'NaN' | true
      int2 | '7' | float4 | '7' | true
      int2 | '0' | float4 | '-0' | true
      int2 | '7' | float8 | '7' | true
      int4 | '16777217' | float8 | '16777217' | true
      int4 | '16777217' | float8 | '16777216' | false
      int4 | '2147483647' | float8 | '2147483647' | true
      int4 | '0' | float8 | '-0' | true
      int4 | '7' | float8 | '7.5' | false

      text | 'a' | text | 'a' | true
      text | 'a' | text | 'A' | false
      text | 'a ' | text | 'a' | false
      text | '' | text | '' | true
      text | 'ı' | text | 'i' | false
      text | '\u00e9' | text | 'e\u0301' | false
      text | 'a' | varchar | 'a' | true
      varchar | 'a ' | text | 'a ' | true
      varchar | 'a ' | varchar | 'a' | false
      char(3) | 'a  ' | char(3) | 'a  ' | true
      char(3) | 'a  ' | char(5) | 'a    ' | true
      char(5) | 'a    ' | char(3) | 'a  ' | true
      char(3) | '   ' | char(5) | '     ' | true
      char(3) | ' a ' | char(3) | 'a  ' | false
      char(3) | 'a  ' | text | 'a' | true
      char(3) | 'a  ' | text | 'a ' | false
      char(3) | 'a  ' | text | 'a  ' | false
      char(3) | '   ' | text | '' | true
      char(3) | 'a  ' | varchar | 'a' | true
      text | 'a' | char(3) | 'a  ' | true
      text | 'a ' | char(3) | 'a  ' | true
      text | 'a          ' | char(3) | 'a  ' | true
      text | '' | char(3) | '   ' | true
      text | 'abcd' | char(3) | 'abc' | false
      text | ' a' | char(3) | 'a  ' | false
      varchar | 'a ' | char(3) | 'a  ' | true
      citext | 'A' | text | 'A' | true
      citext | 'A' | text | 'a' | false
      citext | 'a ' | text | 'a' | false
      citext | 'A' | varchar | 'A' | true

      uuid | '0190163d-8694-739b-aea5-966c26f8ad91' | uuid | '0190163d-8694-739b-aea5-966c26f8ad91' | true
      uuid | '0190163d-8694-739b-aea5-966c26f8ad91' | uuid | '0190163d-8694-739b-aea5-966c26f8ad92' | false

      date | '2026-11-22' | date | '2026-11-22' | true
      date | '0044-03-15 BC' | date | '0044-03-15' | false
      date | 'infinity' | date | 'infinity' | true
      date | 'infinity' | date | '-infinity' | false
      date | '2026-11-22' | timestamp | '2026-11-22 00:00:00' | true
      date | '2026-11-22' | timestamp | '2026-11-22 00:00:00.000001' | false
      date | '0044-03-15 BC' | timestamp | '0044-03-15 00:00:00 BC' | true
      date | '0044-03-15 BC' | timestamp | '0044-03-15 00:00:00' | false
      date | '4714-11-24 BC' | timestamp | '4714-11-24 00:00:00 BC' | true
      date | '12026-11-22' | timestamp | '12026-11-22 00:00:00' | true
      date | '294276-12-31' | timestamp | '294276-12-31 00:00:00' | true
      date | '294277-01-01' | timestamp | '294276-12-31 00:00:00' | false
      date | '5874897-12-31' | timestamp | 'infinity' | false
      date | 'infinity' | timestamp | 'infinity' | true
      date | '-infinity' | timestamp | '-infinity' | true
      date | 'infinity' | timestamp | '-infinity' | false
      timestamp | '2026-11-22 00:00:00' | date | '2026-11-22' | true
      timestamp | '2026-11-22 00:00:01' | date | '2026-11-22' | false
      timestamp | '2026-11-22 10:00:00' | date | '2026-11-22' | false
      timestamp | '0044-03-15 00:00:00 BC' | date | '0044-03-15 BC' | true
      timestamp | 'infinity' | date | 'infinity' | true
      timestamp | 'infinity' | date | '5874897-12-31' | false
      timestamp | '2026-11-22 10:15:30.5' | timestamp | '2026-11-22 10:15:30.5' | true
      timestamp | '2026-11-22 10:15:30.5' | timestamp | '2026-11-22 10:15:30.500001' | false
      timestamptz | '2026-11-22 10:15:30+00' | timestamptz | '2026-11-22 10:15:30+00' | true
      timestamptz | '0044-03-15 00:00:00+00 BC' | timestamptz | '0044-03-15 00:00:00+00 BC' | true
      timestamptz | 'infinity' | timestamptz | 'infinity' | true

      bytea | '\\x' | bytea | '\\x' | true
      bytea | '\\x00ff' | bytea | '\\x00ff' | true
      bytea | '\\x00' | bytea | '\\x0000' | false

      mood | 'happy' | mood | 'happy' | true
      mood | 'happy' | mood | 'sad' | false
      """;

  private EqualityCases() {}

  static List<Case> all() {
    return LINES.lines().filter(line -> !line.isBlank()).map(Case::of).toList();
  }

  /** A column type by the name that a case gives it. */
  static ColumnType type(String name) {
    return switch (name) {
      case "mood" -> new ColumnType(Kind.ENUM, "\"public\".\"mood\"", true);
      case "citext" -> new ColumnType(Kind.CITEXT, "\"public\".\"citext\"", false);
      case "text ci" -> new ColumnType(Kind.TEXT, "text", false);
      case "char ci" -> new ColumnType(Kind.CHAR, "bpchar", false);
      case "varchar" -> new ColumnType(Kind.TEXT, "varchar", true);
      case "char(3)", "char(5)" -> ColumnType.of(Kind.CHAR);
      default -> {
        @Nullable ColumnType builtIn = null;
        for (Kind kind : Kind.values()) {
          if (kind != Kind.ENUM
              && kind != Kind.CITEXT
              && ColumnType.of(kind).sqlName().equals(name)) {
            builtIn = ColumnType.of(kind);
          }
        }
        if (builtIn == null) {
          throw new IllegalArgumentException(name);
        }
        yield builtIn;
      }
    };
  }
}
