package io.crossfk.rules.key;

import io.crossfk.rules.key.ColumnType.Kind;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which column types compare (semantics.md no. 18), and how. What PostgreSQL refuses for a foreign
 * key in one database is refused here too. Refused beyond that: what depends on a session's
 * setting, and what rounds, since several values of a child would then share one key.
 */
final class Compatibility {
  private static final Set<Kind> FLOATS = EnumSet.of(Kind.FLOAT4, Kind.FLOAT8);
  private static final Set<Kind> TEXTS = EnumSet.of(Kind.TEXT, Kind.CHAR);
  private static final Set<Kind> SPELLED = EnumSet.of(Kind.TEXT, Kind.CHAR, Kind.CITEXT);
  private static final Set<Kind> MOMENTS = EnumSet.of(Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ);

  private Compatibility() {}

  static Optional<String> whyNot(ColumnType childType, ColumnType parentType) {
    Kind child = childType.kind();
    Kind parent = parentType.kind();
    String names = name(childType) + " and " + name(parentType);
    if (isText(child) && !childType.exact() && parentType.exact() && isText(parent)) {
      return Optional.of(
          "the child's collation is nondeterministic and the parent's is not: texts that the child"
              + " calls equal are different keys to the parent; give both columns one collation");
    }
    if (child == parent || bothIntegers(child, parent)) {
      return Optional.empty();
    }
    if (SPELLED.contains(child) && SPELLED.contains(parent)) {
      return spelled(child, parent, names);
    }
    if (MOMENTS.contains(child) && MOMENTS.contains(parent)) {
      return child == Kind.TIMESTAMPTZ || parent == Kind.TIMESTAMPTZ
          ? Optional.of(
              names
                  + " compare only by a session's TimeZone, which differs from client to client;"
                  + " give both columns one type")
          : Optional.empty();
    }
    if (isNumber(child) && isNumber(parent)) {
      return numbers(child, parent, names);
    }
    return Optional.of(names + " do not compare; give both columns one type");
  }

  private static Optional<String> spelled(Kind child, Kind parent, String names) {
    if ((isText(child) && isText(parent)) || (child == Kind.CITEXT && parent == Kind.TEXT)) {
      return Optional.empty();
    }
    return Optional.of(
        names
            + " do not compare in this direction, PostgreSQL refuses such a foreign key too;"
            + " give both columns one type");
  }

  private static Optional<String> numbers(Kind child, Kind parent, String names) {
    if ((FLOATS.contains(child) && FLOATS.contains(parent))
        || (child.isInteger() && parent == Kind.NUMERIC)
        || (child == Kind.INT2 && FLOATS.contains(parent))
        || (child == Kind.INT4 && parent == Kind.FLOAT8)) {
      return Optional.empty();
    }
    return Optional.of(
        FLOATS.contains(parent)
            ? names
                + " compare only by rounding, so several values of the child would share one key;"
                + " give both columns one type"
            : names
                + " do not compare in this direction: not every value of the child is one of the"
                + " parent's type, PostgreSQL refuses such a foreign key too; give both columns one"
                + " type");
  }

  /** The form of a pair against which {@link #whyNot} has nothing to say. */
  static PairForm form(ColumnType childType, ColumnType parentType) {
    Kind child = childType.kind();
    Kind parent = parentType.kind();
    return switch (parent) {
      case INT2, INT4, INT8 -> new NumberForms.Integers();
      case NUMERIC -> new NumberForms.Numerics(child.isInteger());
      case FLOAT4, FLOAT8 -> new NumberForms.Floats(child, parent);
      case DATE, TIMESTAMP, TIMESTAMPTZ -> new MomentForm(child, parent);
      case BYTEA -> new TextForms.Bytes();
      case BOOLEAN -> new TextForms.Truths();
      case TEXT, CHAR, CITEXT, UUID, ENUM ->
          new TextForms.Texts(child == Kind.CHAR, parent == Kind.CHAR, isExact(parentType));
    };
  }

  /**
   * Whether a type's own {@code =} has a canonical form. The parent's {@code =} decides, so a pair
   * is exact if its parent is: a citext child of a text parent meets it exactly.
   */
  static boolean isExact(ColumnType type) {
    return type.exact() && type.kind() != Kind.CITEXT;
  }

  private static boolean isText(Kind kind) {
    return TEXTS.contains(kind);
  }

  private static boolean bothIntegers(Kind child, Kind parent) {
    return child.isInteger() && parent.isInteger();
  }

  private static boolean isNumber(Kind kind) {
    return kind.isInteger() || kind == Kind.NUMERIC || FLOATS.contains(kind);
  }

  /** As people write the type. */
  private static String name(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> "boolean";
      case INT2 -> "smallint";
      case INT4 -> "integer";
      case INT8 -> "bigint";
      case FLOAT4 -> "real";
      case FLOAT8 -> "double precision";
      case CHAR -> "char(n)";
      case ENUM -> "the enum " + type.sqlName();
      default -> type.sqlName();
    };
  }
}
