package io.crossfk.listener.doctor;

import io.crossfk.listener.catalog.CatalogDatabase;
import io.crossfk.listener.source.WatchedTable;
import io.crossfk.listener.source.postgres.PostgresExamination;
import java.util.List;

/**
 * A database, and the ways to look at it.
 *
 * @param tables those that rules refer to
 */
public record Patient(
    CatalogDatabase database, PostgresExamination examination, List<WatchedTable> tables) {
  public Patient {
    tables = List.copyOf(tables);
  }

  String name() {
    return database.name();
  }
}
