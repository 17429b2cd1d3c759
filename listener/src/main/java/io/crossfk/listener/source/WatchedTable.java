package io.crossfk.listener.source;

import io.crossfk.rules.model.TableReference;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A table that rules refer to, and what they need of it in the log.
 *
 * @param columns the union of the rules' columns of this table; not empty
 * @param oldKeyColumns those of them whose old value must be in the log of an UPDATE and a DELETE:
 *     the columns that rules name as a parent's key
 */
public record WatchedTable(TableReference table, Set<String> columns, Set<String> oldKeyColumns) {

  public WatchedTable {
    columns = Collections.unmodifiableSet(new LinkedHashSet<>(columns));
    oldKeyColumns = Collections.unmodifiableSet(new LinkedHashSet<>(oldKeyColumns));
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(table + " is watched for no column");
    }
    if (!columns.containsAll(oldKeyColumns)) {
      throw new IllegalArgumentException(
          table + ": old key " + oldKeyColumns + " is not among the watched columns " + columns);
    }
  }
}
