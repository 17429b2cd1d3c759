package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Is a key in the parent table? Rules that share a parent are asked for together. */
final class PresenceLookup implements Lookup {
  private final String sql;
  private final int columns;
  private final Function<String, KeyShape> shapes;

  /**
   * @param shapes the shape of a rule's keys, by the rule's name
   */
  PresenceLookup(LookupStatements statements, int columns, Function<String, KeyShape> shapes) {
    this.sql = statements.presence();
    this.columns = columns;
    this.shapes = shapes;
  }

  @Override
  public List<Finding> find(List<Question> questions, List<Read> reads) throws DatabaseFailure {
    KeyArrays keys = new KeyArrays(columns);
    Map<Key, Integer> numbers = HashMap.newHashMap(questions.size());
    int[] numberOf = new int[questions.size()];
    for (int i = 0; i < numberOf.length; i++) {
      Question.Presence question = (Question.Presence) questions.get(i);
      Key key = question.key();
      Integer number = numbers.get(key);
      if (number == null) {
        KeyShape shape = shapes.apply(question.rule().name());
        for (int column = 0; column < columns; column++) {
          keys.add(column, shape.parentText(key, column));
        }
        keys.next();
        number = keys.size();
        numbers.put(key, number);
      }
      numberOf[i] = number;
    }
    return reads
        .getFirst()
        .query(
            sql,
            keys,
            rows -> {
              rows.next();
              Sight sight = Sights.read(rows);
              boolean[] present = new boolean[keys.size() + 1];
              for (Long number : (Long[]) rows.getArray(3).getArray()) {
                present[number.intValue()] = true;
              }
              // One object for all: a batch may have hundreds of questions.
              Finding there = new Finding.Present(sight);
              Finding missing = new Finding.Absent(sight);
              List<Finding> findings = new ArrayList<>(numberOf.length);
              for (int number : numberOf) {
                findings.add(present[number] ? there : missing);
              }
              return findings;
            });
  }
}
