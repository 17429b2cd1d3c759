package io.crossfk.listener.catalog;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Subject;
import java.util.List;

/** The columns of a key: whether they exist, are in the log, and can be compared at all. */
final class ColumnFindings {
  private final Visit visit;
  private final TableFacts table;

  ColumnFindings(Visit visit, TableFacts table) {
    this.visit = visit;
    this.table = table;
  }

  /** Whether all of them can be keys. */
  boolean inspect() {
    boolean sound = true;
    for (String name : visit.key().columns()) {
      TableFacts.Column column = table.columns().get(name);
      if (column == null) {
        visit.error(
            Subject.COLUMN,
            "column \"" + name + "\" does not exist in " + table.table(),
            NearestName.of(name, table.columns().keySet(), "there are the columns"));
        sound = false;
      } else {
        sound &= inspect(column);
      }
    }
    return sound;
  }

  private boolean inspect(TableFacts.Column column) {
    String place = "column " + table.table() + "." + column.name();
    visit.ok(Subject.COLUMN, place + " exists");
    boolean published = visit.purpose() != Purpose.WATCH || isPublished(column, place);
    boolean sound = published && isKey(column, place);
    if (!column.type().builtIn() && !column.type().schemaUsable()) {
      visit.error(
          Subject.PRIVILEGES,
          place
              + " has the type "
              + column.type().shown()
              + " of a schema that role "
              + visit.role()
              + " may not use",
          Cure.run(
              "GRANT USAGE ON SCHEMA " + column.type().schemaSql() + " TO " + visit.role() + ";"));
    }
    return sound;
  }

  private boolean isPublished(TableFacts.Column column, String place) {
    return switch (column.generation()) {
      case NONE -> {
        visit.ok(Subject.GENERATED, place + " is not generated");
        yield true;
      }
      case VIRTUAL -> {
        visit.error(
            Subject.GENERATED,
            place + " is generated as it is read, and never in the log",
            Cure.words("drop it and add it again as STORED"));
        yield false;
      }
      case STORED -> isPublishedWhenStored(column, place);
    };
  }

  private boolean isPublishedWhenStored(TableFacts.Column column, String place) {
    if (visit.facts().server().versionNumber() >= 180_000) {
      visit.ok(Subject.GENERATED, place + " is generated and stored, and in the log");
      return true;
    }
    visit.error(
        Subject.GENERATED,
        place
            + " is generated, and PostgreSQL "
            + visit.facts().server().version()
            + " publishes no generated columns",
        Cure.sql(
            "upgrade to 18, or keep its value by a trigger instead: ",
            List.of(
                "ALTER TABLE "
                    + table.sql()
                    + " ALTER COLUMN "
                    + column.sql()
                    + " DROP EXPRESSION;")));
    return false;
  }

  private boolean isKey(TableFacts.Column column, String place) {
    if (ColumnTypes.of(column.type()).isPresent()) {
      visit.ok(Subject.KEY_TYPE, place + " has the type " + column.type().shown());
      return true;
    }
    visit.error(
        Subject.KEY_TYPE,
        place + " has the type " + column.type().shown() + ", which cannot be a key",
        Cure.words("refer to a column of one of these types: " + ColumnTypes.ACCEPTED));
    return false;
  }
}
