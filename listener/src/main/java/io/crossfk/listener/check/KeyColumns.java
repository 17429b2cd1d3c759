package io.crossfk.listener.check;

import io.crossfk.rules.change.Row;
import io.crossfk.rules.change.Table;
import io.crossfk.rules.model.TableKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the columns of a key stand in the rows of one description of a table. */
final class KeyColumns {
  private final int[] indexes;

  private KeyColumns(int[] indexes) {
    this.indexes = indexes;
  }

  /** Empty if the log does not carry a column: the source says so, and the rule is blind. */
  static Optional<KeyColumns> of(Table table, TableKey key) {
    int[] indexes = new int[key.columns().size()];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = table.indexOf(key.columns().get(i));
      if (indexes[i] < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(new KeyColumns(indexes));
  }

  /** Whether the log leaves out every column of the key, since none of them changed. */
  boolean allUnchanged(Row row) {
    for (int index : indexes) {
      if (!row.isUnchanged(index)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The key's texts; null if one of them is not in the log.
   *
   * @param before the old row, which may have what the new one leaves out as unchanged
   */
  @Nullable String @Nullable [] texts(Row row, @Nullable Row before) {
    @Nullable String[] texts = new @Nullable String[indexes.length];
    for (int i = 0; i < indexes.length; i++) {
      int index = indexes[i];
      if (!row.isUnchanged(index)) {
        texts[i] = row.value(index);
      } else if (before != null && !before.isUnchanged(index) && before.value(index) != null) {
        texts[i] = before.value(index);
      } else {
        return null;
      }
    }
    return texts;
  }
}
