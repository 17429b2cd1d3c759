package io.crossfk.listener.lookup;

import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Question;
import java.util.List;
import java.util.function.Consumer;

/**
 * Answers the judge's questions from the databases. Any thread may use it.
 *
 * <p>Every question is answered exactly once, as long as its callback does not throw: a database
 * that is down, hangs or refuses answers with {@link io.crossfk.rules.judge.Finding.Failed} within
 * a bounded time, and delays no question that does not need it.
 */
public interface Lookups extends AutoCloseable {

  /**
   * Asks, and returns at once.
   *
   * @param answers receives the answers in parts, in any order, from any thread but never within
   *     this call; it must return at once (put them into a mailbox)
   */
  void ask(List<? extends Question> questions, Consumer<List<Answer>> answers);

  /** What was done since the start. */
  LookupCounters counters();

  /** Fails what is still asked, and closes all connections; returns within two seconds. */
  @Override
  void close();
}
