package io.crossfk.listener.setup;

import java.util.List;
import java.util.Optional;

/**
 * What is to be done in one database.
 *
 * @param database the configuration's name
 * @param server what was found there, for people
 * @param administrator who can run the statements
 * @param decisions what must be decided before any step is taken
 * @param missingRights why the role that planned this could not do it
 * @param steps in their order; empty if all is done
 * @param notes what else a person should know
 */
public record SetupPlan(
    String database,
    String server,
    String administrator,
    boolean undo,
    List<Decision> decisions,
    Optional<Decision> missingRights,
    List<Step> steps,
    List<String> notes) {
  public SetupPlan {
    decisions = List.copyOf(decisions);
    steps = List.copyOf(steps);
    notes = List.copyOf(notes);
  }
}
