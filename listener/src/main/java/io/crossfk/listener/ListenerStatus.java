package io.crossfk.listener;

import io.crossfk.rules.judge.JudgeTally;
import io.crossfk.rules.judge.RuleLife;
import java.util.Map;

/**
 * The service at one moment, for people and for metrics.
 *
 * @param phase what the service does
 * @param tally what the judges have done in this run
 * @param lives where each rule stands, by name; empty until it leads
 * @param waiting rules that wait for a database that has not been reached yet, with the reason
 * @param connected whether each database's change stream is connected
 */
public record ListenerStatus(
    Phase phase,
    JudgeTally tally,
    Map<String, RuleLife> lives,
    Map<String, String> waiting,
    Map<String, Boolean> connected) {

  /** What the service does. */
  public enum Phase {
    STARTING,
    /** Another instance leads. */
    STANDBY,
    LEADING,
    STOPPED
  }

  public ListenerStatus {
    lives = Map.copyOf(lives);
    waiting = Map.copyOf(waiting);
    connected = Map.copyOf(connected);
  }
}
