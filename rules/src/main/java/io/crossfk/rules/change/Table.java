package io.crossfk.rules.change;

import io.crossfk.rules.model.TableReference;
import java.util.List;

/**
 * A watched table as the stream describes it at this point of the log. A source makes a new object
 * for each description that differs, and the same object for as long as it holds, so that readers
 * may keep what they derived from it by identity.
 *
 * @param columns the watched columns that the stream carries; rows carry their values in this order
 */
public record Table(TableReference reference, List<Column> columns) {

  /**
   * @param typeOid PostgreSQL's type oid, unsigned
   * @param identity whether the column is part of the replica identity
   */
  public record Column(String name, long typeOid, boolean identity) {}

  public Table {
    columns = List.copyOf(columns);
  }

  /** The index of a column in rows of this table, or -1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }
}
