package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What does a database show now? One snapshot answers all who ask. */
final class VisibilityLookup implements Lookup {

  @Override
  public List<Finding> find(List<Question> questions, List<Read> reads) throws DatabaseFailure {
    Finding seen =
        reads
            .getFirst()
            .query(
                LookupStatements.VISIBILITY_AND_LOG_END,
                new KeyArrays(0),
                rows -> {
                  rows.next();
                  return new Finding.Seen(
                      Sights.read(rows),
                      Optional.ofNullable(rows.getString(3)).map(Position::parse));
                });
    return Collections.nCopies(questions.size(), seen);
  }
}
