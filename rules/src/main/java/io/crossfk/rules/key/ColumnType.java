package io.crossfk.rules.key;

/**
 * The type of a key column, as far as comparing needs it.
 *
 * @param kind the family that decides the canonical form
 * @param sqlName the type's name as SQL casts to it, quoted and qualified where it is not built in:
 *     {@code int8}, {@code "public"."mood"}
 * @param exact false if the type's own equality has no exact canonical form (citext, a
 *     nondeterministic collation): such keys are never cached (I2)
 */
public record ColumnType(Kind kind, String sqlName, boolean exact) {

  /** Families of types; within one row of semantics.md no. 18 they compare. */
  public enum Kind {
    BOOLEAN,
    INT2,
    INT4,
    INT8,
    NUMERIC,
    FLOAT4,
    FLOAT8,
    TEXT,
    CHAR,
    UUID,
    DATE,
    TIMESTAMP,
    TIMESTAMPTZ,
    BYTEA,
    ENUM,
    CITEXT;

    boolean isInteger() {
      return this == INT2 || this == INT4 || this == INT8;
    }
  }

  /** A built-in type of this kind, with its exact equality. */
  public static ColumnType of(Kind kind) {
    String sqlName =
        switch (kind) {
          case BOOLEAN -> "bool";
          case INT2 -> "int2";
          case INT4 -> "int4";
          case INT8 -> "int8";
          case NUMERIC -> "numeric";
          case FLOAT4 -> "float4";
          case FLOAT8 -> "float8";
          case TEXT -> "text";
          case CHAR -> "bpchar";
          case UUID -> "uuid";
          case DATE -> "date";
          case TIMESTAMP -> "timestamp";
          case TIMESTAMPTZ -> "timestamptz";
          case BYTEA -> "bytea";
          case ENUM, CITEXT -> throw new IllegalArgumentException(kind + " is not built in");
        };
    return new ColumnType(kind, sqlName, true);
  }

  @Override
  public String toString() {
    return sqlName;
  }
}
