package io.crossfk.listener.feed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The feed cannot start. Each problem is one message for people, with its cure. */
public final class FeedStartException extends Exception {

  /** What kind of answer the process should end with. */
  public enum Reason {
    /** Kafka did not answer in time: try again later. */
    UNREACHABLE,
    /** Kafka, or the configuration, says no: somebody has to change something. */
    REFUSED
  }

  private final Reason reason;
  private final List<String> problems;

  FeedStartException(Reason reason, List<String> problems, @Nullable Throwable cause) {
    super(String.join("\n", problems), cause);
    this.reason = reason;
    this.problems = List.copyOf(problems);
  }

  static FeedStartException unreachable(String problem, @Nullable Throwable cause) {
    return new FeedStartException(Reason.UNREACHABLE, List.of(problem), cause);
  }

  static FeedStartException refused(String problem, @Nullable Throwable cause) {
    return new FeedStartException(Reason.REFUSED, List.of(problem), cause);
  }

  public Reason reason() {
    return reason;
  }

  /** All that is wrong, at least one; the message joins them by newlines. */
  public List<String> problems() {
    return problems;
  }
}
