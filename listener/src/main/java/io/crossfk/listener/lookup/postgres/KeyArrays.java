package io.crossfk.listener.lookup.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Values of keys, column by column, as the text of PostgreSQL arrays. */
final class KeyArrays {
  private final StringBuilder[] columns;
  private int size;

  KeyArrays(int columns) {
    this.columns = new StringBuilder[columns];
    for (int column = 0; column < columns; column++) {
      this.columns[column] = new StringBuilder("{");
    }
  }

  /** Adds the next key's value of a column; null is SQL's NULL, which equals nothing. */
  void add(int column, @Nullable String value) {
    StringBuilder array = columns[column];
    if (array.length() > 1) {
      array.append(',');
    }
    if (value == null) {
      array.append("NULL");
      return;
    }
    array.append('"');
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == '"' || character == '\\') {
        array.append('\\');
      }
      array.append(character);
    }
    array.append('"');
  }

  /** To be called after the values of each key. */
  void next() {
    size++;
  }

  int size() {
    return size;
  }

  /** Binds all columns, from the first parameter on; the statement casts them. */
  void bind(PreparedStatement statement) throws SQLException {
    for (int column = 0; column < columns.length; column++) {
      statement.setObject(column + 1, columns[column] + "}", Types.OTHER);
    }
  }
}
