package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Orphans;
import io.crossfk.rules.judge.RowIdentity;
import io.crossfk.rules.judge.Sight;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one read of the children found, key by key. */
final class Children {
  private final Sight sight;
  private final @Nullable Of[] found;

  /**
   * The children of one key.
   *
   * @param versions the transactions that wrote the rows found; empty if they were not asked for
   * @param parentThere known only if both tables were read in one statement
   */
  record Of(Set<String> versions, Orphans orphans, boolean parentThere) {}

  private Children(Sight sight, @Nullable Of[] found) {
    this.sight = sight;
    this.found = found;
  }

  /** What a statement of {@link LookupStatements} returns, and how it is read. */
  record Shape(List<String> identity, boolean versions, boolean parent) {

    Children read(ResultSet rows, int keys) throws SQLException {
      @Nullable Of[] found = new @Nullable Of[keys];
      rows.next();
      Sight sight = Sights.read(rows);
      do {
        int number = rows.getInt(3);
        if (number > 0) {
          found[number - 1] = readOne(rows);
        }
      } while (rows.next());
      return new Children(sight, found);
    }

    private Of readOne(ResultSet rows) throws SQLException {
      int count = rows.getInt(4);
      int column = 5;
      Set<String> xmins = versions ? Set.of(strings(rows.getArray(column++))) : Set.of();
      List<String[]> columns = new ArrayList<>(identity.size());
      for (int i = 0; i < identity.size(); i++) {
        columns.add(strings(rows.getArray(column++)));
      }
      List<RowIdentity> sample = new ArrayList<>();
      int rowsNamed = columns.isEmpty() ? 0 : columns.getFirst().length;
      for (int row = 0; row < rowsNamed; row++) {
        List<String> values = new ArrayList<>(columns.size());
        for (String[] values1 : columns) {
          values.add(values1[row]);
        }
        sample.add(new RowIdentity(identity, values));
      }
      return new Of(
          xmins,
          new Orphans(count, count >= LookupStatements.CHILD_LIMIT, sample),
          parent && rows.getBoolean(column));
    }

    private static String[] strings(Array array) throws SQLException {
      return (String[]) array.getArray();
    }
  }

  Sight sight() {
    return sight;
  }

  /** The children of a key by its place in the batch, null if it has none. */
  @Nullable Of of(int key) {
    return found[key];
  }

  /**
   * I4: a transaction that was visible before, and a row of it is still there, so it was there in
   * between, when the parent was absent. The same key alone proves nothing.
   */
  static boolean stoodThrough(Of before, Of after) {
    return !Collections.disjoint(before.versions(), after.versions());
  }
}
