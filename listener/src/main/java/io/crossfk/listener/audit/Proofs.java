package io.crossfk.listener.audit;

import io.crossfk.listener.audit.CheckOutcome.FoundViolation;
import io.crossfk.listener.lookup.Lookups;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * Proves candidates: children, parent, children again (I4). What does not stand through that is no
 * violation, whatever the two tables looked like when they were read. Blocks its caller.
 */
final class Proofs {
  /** Times that a key whose rows move is asked again before the check gives up. */
  private static final int ROUNDS = 50;

  /** Times that a database may fail. */
  private static final int FAILURES = 3;

  private final Rule rule;
  private final Lookups lookups;
  private long number;

  Proofs(Rule rule, Lookups lookups) {
    this.rule = rule;
    this.lookups = lookups;
  }

  /** A database did not answer. */
  static final class Unproved extends Exception {
    private static final long serialVersionUID = 1;
    private final String database;

    Unproved(Finding.Failed failed) {
      super(failed.reason());
      this.database = failed.database();
    }

    String database() {
      return database;
    }
  }

  /**
   * @return the keys that are broken, in the order of the candidates
   * @throws Unproved if a database fails again and again, or a key cannot be decided
   */
  List<FoundViolation> prove(List<Key> candidates) throws Unproved, InterruptedException {
    List<FoundViolation> broken = new ArrayList<>();
    List<Key> open = candidates;
    int failures = 0;
    for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
      List<Key> again = new ArrayList<>();
      List<Finding.Failed> failed = new ArrayList<>();
      for (Answer answer : ask(open)) {
        Key key = ((Question.Proof) answer.question()).key();
        switch (answer.finding()) {
          case Finding.Broken found -> broken.add(new FoundViolation(key, found.orphans()));
          case Finding.Inconclusive moved -> again.add(key);
          case Finding.Failed failure -> {
            again.add(key);
            failed.add(failure);
          }
          case Finding.Present there -> {}
          case Finding.NobodyRefers gone -> {}
          default -> throw new IllegalStateException("no answer to a proof: " + answer.finding());
        }
      }
      if (!failed.isEmpty() && ++failures == FAILURES) {
        throw new Unproved(failed.getFirst());
      }
      open = again;
    }
    if (!open.isEmpty()) {
      // Left out they would pass for whole.
      throw new Unproved(
          new Finding.Failed(
              rule.child().database(),
              "the rows of %d keys moved in each of %d looks; try again when less is written"
                  .formatted(open.size(), ROUNDS)));
    }
    return broken;
  }

  private List<Answer> ask(List<Key> keys) throws InterruptedException {
    List<Question> questions = new ArrayList<>(keys.size());
    for (Key key : keys) {
      questions.add(new Question.Proof(++number, rule, key));
    }
    ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    CountDownLatch missing = new CountDownLatch(questions.size());
    lookups.ask(
        questions,
        some -> {
          answers.addAll(some);
          some.forEach(any -> missing.countDown());
        });
    missing.await();
    return List.copyOf(answers);
  }
}
