package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyShape;
import io.crossfk.rules.model.BoundRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Who refers to a key, and is it there (I4)? Between two databases: children, parent, children
 * again, one statement and one snapshot each, both child reads on one connection. Inside one
 * database: one statement.
 */
final class ProofLookup implements Lookup {
  /** Times that a key is read before it is left to the judge; each time in a smaller batch. */
  private static final int ROUNDS = 4;

  /** The instants between the reads; tests let the world move there. */
  enum Instant {
    BEFORE_PARENT,
    BEFORE_SECOND_CHILDREN
  }

  /** Called at the instants between the reads. */
  interface Between {
    Between NOTHING = instant -> {};

    void at(Instant instant);
  }

  private final BoundRule rule;
  private final KeyShape shape;
  private final int nullColumns;
  private final boolean oneStatement;
  private final int keyColumns;
  private final String childrenSql;
  private final Children.Shape childrenShape;
  private final PresenceLookup parents;
  private final Between between;

  /**
   * @param nullColumns columns of the rule that are NULL in every key asked for, as bits
   */
  ProofLookup(BoundRule rule, LookupStatements statements, int nullColumns, Between between) {
    this.rule = rule;
    this.shape = rule.shape();
    this.nullColumns = nullColumns;
    this.between = between;
    // A partly NULL key refers to nothing: the children alone tell, in one statement.
    boolean together = nullColumns == 0 && rule.rule().withinOneDatabase();
    this.oneStatement = nullColumns != 0 || together;
    this.keyColumns = shape.pairs().size() - Integer.bitCount(nullColumns);
    this.childrenSql =
        together ? statements.together() : statements.children(nullColumns, !oneStatement);
    this.childrenShape = new Children.Shape(rule.child().rowIdentity(), !oneStatement, together);
    this.parents = new PresenceLookup(statements, shape.pairs().size(), name -> shape);
  }

  @Override
  public List<Finding> find(List<Question> questions, List<Read> reads) throws DatabaseFailure {
    List<Key> keys = questions.stream().map(question -> ((Question.Proof) question).key()).toList();
    @Nullable Finding[] findings = new @Nullable Finding[keys.size()];
    if (oneStatement) {
      findInOne(keys, reads.getFirst(), findings);
    } else {
      int[] open = IntStream.range(0, keys.size()).toArray();
      int size = open.length;
      for (int round = 0; round < ROUNDS && open.length > 0; round++) {
        for (int from = 0; from < open.length; from += size) {
          int[] batch = Arrays.copyOfRange(open, from, Math.min(open.length, from + size));
          findBetweenTwo(keys, batch, reads.get(0), reads.get(1), findings);
        }
        open =
            Arrays.stream(open)
                .filter(key -> findings[key] instanceof Finding.Inconclusive)
                .toArray();
        size = Math.max(1, Math.min(size, open.length) / 2);
      }
    }
    List<Finding> all = new ArrayList<>(findings.length);
    for (Finding finding : findings) {
      all.add(java.util.Objects.requireNonNull(finding));
    }
    return all;
  }

  private void findInOne(List<Key> keys, Read database, @Nullable Finding[] findings)
      throws DatabaseFailure {
    Children children = children(keys, database);
    Sight sight = children.sight();
    for (int key = 0; key < findings.length; key++) {
      Children.Of of = children.of(key);
      findings[key] =
          of == null
              ? new Finding.NobodyRefers(sight)
              : of.parentThere()
                  ? new Finding.Present(sight)
                  : new Finding.Broken(sight, sight, sight, of.orphans());
    }
  }

  private void findBetweenTwo(
      List<Key> keys,
      int[] batch,
      Read childDatabase,
      Read parentDatabase,
      @Nullable Finding[] findings)
      throws DatabaseFailure {
    List<Key> asked = Arrays.stream(batch).mapToObj(keys::get).toList();
    Children before = children(asked, childDatabase);
    List<Integer> referred = new ArrayList<>();
    for (int i = 0; i < batch.length; i++) {
      if (before.of(i) == null) {
        findings[batch[i]] = new Finding.NobodyRefers(before.sight());
      } else {
        referred.add(i);
      }
    }
    if (referred.isEmpty()) {
      return;
    }
    between.at(Instant.BEFORE_PARENT);
    List<Finding> parentFindings =
        parents.find(
            referred.stream()
                .<Question>map(i -> new Question.Presence(0, rule.rule(), asked.get(i)))
                .toList(),
            List.of(parentDatabase));
    List<Integer> missing = new ArrayList<>();
    @Nullable Sight parentSight = null;
    for (int i = 0; i < referred.size(); i++) {
      switch (parentFindings.get(i)) {
        case Finding.Absent(Sight sight) -> {
          parentSight = sight;
          missing.add(referred.get(i));
        }
        case Finding present -> findings[batch[referred.get(i)]] = present;
      }
    }
    if (parentSight == null) {
      return;
    }
    between.at(Instant.BEFORE_SECOND_CHILDREN);
    Children after = children(missing.stream().map(asked::get).toList(), childDatabase);
    for (int i = 0; i < missing.size(); i++) {
      int place = missing.get(i);
      Children.Of first = java.util.Objects.requireNonNull(before.of(place));
      Children.Of second = after.of(i);
      findings[batch[place]] =
          second == null
              ? new Finding.NobodyRefers(after.sight())
              : Children.stoodThrough(first, second)
                  ? new Finding.Broken(before.sight(), parentSight, after.sight(), second.orphans())
                  : new Finding.Inconclusive(before.sight(), parentSight, after.sight());
    }
  }

  private Children children(List<Key> keys, Read database) throws DatabaseFailure {
    int columns = shape.pairs().size();
    boolean together = childrenShape.parent();
    KeyArrays arrays = new KeyArrays(together ? 2 * columns : keyColumns);
    for (Key key : keys) {
      // Nobody can refer to a key beyond the child's type.
      boolean reachable = shape.reachable(key);
      int array = 0;
      for (int column = 0; column < columns; column++) {
        if ((nullColumns & 1 << column) == 0) {
          arrays.add(array++, reachable ? shape.childText(key, column) : null);
        }
      }
      for (int column = 0; together && column < columns; column++) {
        arrays.add(array++, shape.parentText(key, column));
      }
      arrays.next();
    }
    return database.query(childrenSql, arrays, rows -> childrenShape.read(rows, keys.size()));
  }
}
