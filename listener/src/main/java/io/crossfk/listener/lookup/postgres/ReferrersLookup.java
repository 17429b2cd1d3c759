package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In which spellings do children refer to a removed key? Where only the parent's collation could
 * tell, the answer is "more": all of the rule's children must be read.
 */
final class ReferrersLookup implements Lookup {
  private final KeyShape shape;
  private final boolean canFind;
  private final String sql;

  ReferrersLookup(LookupStatements statements, KeyShape shape) {
    this.shape = shape;
    this.canFind = statements.canFindReferrers();
    this.sql = canFind ? statements.referrers() : LookupStatements.VISIBILITY;
  }

  @Override
  public List<Finding> find(List<Question> questions, List<Read> reads) throws DatabaseFailure {
    Read read = reads.getFirst();
    if (!canFind) {
      Finding unknown =
          read.query(
              sql,
              new KeyArrays(0),
              rows -> {
                rows.next();
                return new Finding.Referring(Sights.read(rows), List.of(), true);
              });
      return Collections.nCopies(questions.size(), unknown);
    }
    int columns = shape.pairs().size();
    KeyArrays keys = new KeyArrays(columns);
    for (Question question : questions) {
      Key key = ((Question.Referrers) question).parentKey();
      boolean reachable = shape.reachable(key);
      for (int column = 0; column < columns; column++) {
        keys.add(column, reachable ? shape.childText(key, column) : null);
      }
      keys.next();
    }
    return read.query(
        sql,
        keys,
        rows -> {
          Spellings[] spellings = new Spellings[questions.size()];
          for (int i = 0; i < spellings.length; i++) {
            spellings[i] = new Spellings();
          }
          rows.next();
          Sight sight = Sights.read(rows);
          do {
            int number = rows.getInt(3);
            if (number > 0) {
              @Nullable String[] texts = new @Nullable String[columns];
              for (int column = 0; column < columns; column++) {
                texts[column] = rows.getString(5 + column);
              }
              spellings[number - 1].add(shape.fromChild(texts), rows.getLong(4));
            }
          } while (rows.next());
          List<Finding> findings = new ArrayList<>(spellings.length);
          for (Spellings one : spellings) {
            findings.add(new Finding.Referring(sight, one.keys, one.more));
          }
          return findings;
        });
  }

  private static final class Spellings {
    private final List<Key> keys = new ArrayList<>();
    private long rowsRead;
    private boolean more;

    void add(Key key, long rows) {
      rowsRead += rows;
      if (keys.size() < LookupStatements.SPELLING_LIMIT) {
        keys.add(key);
      } else {
        more = true;
      }
      more |= rowsRead >= LookupStatements.SPELLING_ROW_LIMIT;
    }
  }
}
