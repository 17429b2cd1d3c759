package io.crossfk.listener.lookup.postgres;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import java.util.List;

/** Answers questions of one sort, all together. */
interface Lookup {

  /**
   * @param reads the lane's databases in the lane's order
   * @return a finding for each question, in their order
   */
  List<Finding> find(List<Question> questions, List<Read> reads) throws DatabaseFailure;
}
