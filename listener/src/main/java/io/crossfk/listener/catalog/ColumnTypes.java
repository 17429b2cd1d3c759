package io.crossfk.listener.catalog;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import java.util.Optional;

/** From a catalogue's type to the one that keys are made of. */
final class ColumnTypes {
  /** What {@link #of} accepts, for people. */
  static final String ACCEPTED =
      "boolean, smallint, integer, bigint, numeric, real, double precision, text, varchar, char(n),"
          + " uuid, date, timestamp, timestamptz, bytea, citext, an enum, or a domain over one of"
          + " these";

  private ColumnTypes() {}

  /** Empty if such a value cannot be a key. */
  static Optional<ColumnType> of(TableFacts.Type type) {
    if (type.kind() == 'e') {
      return Optional.of(new ColumnType(Kind.ENUM, qualified(type), true));
    }
    if (type.citext()) {
      return Optional.of(new ColumnType(Kind.CITEXT, qualified(type), false));
    }
    return type.builtIn() ? builtIn(type) : Optional.empty();
  }

  private static Optional<ColumnType> builtIn(TableFacts.Type type) {
    return switch (type.name()) {
      case "bool" -> exact(Kind.BOOLEAN);
      case "int2" -> exact(Kind.INT2);
      case "int4" -> exact(Kind.INT4);
      case "int8" -> exact(Kind.INT8);
      case "numeric" -> exact(Kind.NUMERIC);
      case "float4" -> exact(Kind.FLOAT4);
      case "float8" -> exact(Kind.FLOAT8);
      case "text", "varchar" -> collated(Kind.TEXT, type);
      case "bpchar" -> collated(Kind.CHAR, type);
      case "uuid" -> exact(Kind.UUID);
      case "date" -> exact(Kind.DATE);
      case "timestamp" -> exact(Kind.TIMESTAMP);
      case "timestamptz" -> exact(Kind.TIMESTAMPTZ);
      case "bytea" -> exact(Kind.BYTEA);
      default -> Optional.empty();
    };
  }

  private static Optional<ColumnType> exact(Kind kind) {
    return Optional.of(ColumnType.of(kind));
  }

  private static Optional<ColumnType> collated(Kind kind, TableFacts.Type type) {
    return Optional.of(new ColumnType(kind, ColumnType.of(kind).sqlName(), type.deterministic()));
  }

  private static String qualified(TableFacts.Type type) {
    return quoted(type.schema()) + "." + quoted(type.name());
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
