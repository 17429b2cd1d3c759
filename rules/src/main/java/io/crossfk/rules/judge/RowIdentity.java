package io.crossfk.rules.judge;

import java.util.List;

/** Which row it is: column names and the database's own text of their values. */
public record RowIdentity(List<String> columns, List<String> values) {
  public RowIdentity {
    columns = List.copyOf(columns);
    values = List.copyOf(values);
  }
}
