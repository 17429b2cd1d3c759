package io.crossfk.listener.setup;

import io.crossfk.listener.source.postgres.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way back: the slot first, which keeps the log; the publication, the privileges, and the role
 * where nothing holds it any more. What set-up did not make stays.
 */
final class UndoPlanner {
  private UndoPlanner() {}

  /**
   * What is there of us.
   *
   * @param before databases of this server in which earlier plans take everything back
   * @param later those in which later plans do, the last of which drops the role
   */
  static SetupPlan plan(
      SetupTarget target,
      DatabaseState state,
      Holdings holdings,
      Flavor flavor,
      Set<String> before,
      Set<String> later) {
    List<Decision> decisions = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    if (state.server().standby()) {
      decisions.add(
          new Decision(
              target.database() + ": the server is a standby: give the address of the primary",
              List.of()));
    }
    state.slot().ifPresent(slot -> slot(target, slot, decisions, steps, notes));
    state.publication().ifPresent(publication -> publication(target, publication, steps, notes));
    state
        .role()
        .filter(role -> role.ours() && role.streams() > 0)
        .ifPresent(
            role ->
                decisions.add(
                    new Decision(
                        target.database()
                            + ": role "
                            + target.role()
                            + " reads the log of this server now: stop crossfk first, every one"
                            + " that uses it",
                        List.of())));
    state.role().ifPresent(role -> role(target, role, holdings, before, later, steps, notes));
    return new SetupPlan(
        target.database(),
        "PostgreSQL " + state.server().version() + ", database " + state.name(),
        flavor.administrator(),
        true,
        decisions,
        Optional.empty(),
        steps,
        notes);
  }

  private static void slot(
      SetupTarget target,
      DatabaseState.Slot slot,
      List<Decision> decisions,
      List<Step> steps,
      List<String> notes) {
    String drop =
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = "
            + Sql.literal(target.slot())
            + ";";
    if (!slot.ours()) {
      notes.add("replication slot " + target.slot() + " is of another kind or database: it stays");
      return;
    }
    if (slot.active()) {
      decisions.add(
          new Decision(
              target.database()
                  + ": replication slot "
                  + target.slot()
                  + " is being read: stop crossfk first",
              List.of()));
    }
    steps.add(
        new Step.DropSlot(
            drop, "first, as it keeps the log; what was not read of it cannot be read any more"));
  }

  private static void publication(
      SetupTarget target,
      DatabaseState.Publication publication,
      List<Step> steps,
      List<String> notes) {
    String drop = "DROP PUBLICATION IF EXISTS " + Sql.identifier(target.publication()) + ";";
    if (publication.ours()) {
      steps.add(new Step.Statement(drop, "nobody reads it without the slot"));
    } else {
      notes.add(
          "publication "
              + target.publication()
              + " was not made by crossfk setup, nor by role "
              + target.role()
              + ": it stays. If nobody else reads it: "
              + drop);
    }
  }

  private static void role(
      SetupTarget target,
      DatabaseState.Role role,
      Holdings holdings,
      Set<String> before,
      Set<String> later,
      List<Step> steps,
      List<String> notes) {
    if (!role.ours()) {
      notes.add(
          "role "
              + target.role()
              + " was not made by crossfk setup: it stays, and so does what it may do here"
              + (holdings.revokes().isEmpty()
                  ? ""
                  : ". What it was given in this database goes with: "
                      + String.join(" ", holdings.revokes())));
      return;
    }
    for (String revoke : holdings.revokes()) {
      steps.add(new Step.Statement(revoke, "what the role was given here"));
    }
    Optional<String> held = held(holdings, before, later);
    if (held.isEmpty() && !later.isEmpty()) {
      notes.add("role " + target.role() + " goes with the last database of this server, below");
    } else if (held.isEmpty()) {
      steps.add(
          new Step.Statement(
              "DROP ROLE IF EXISTS " + Sql.identifier(target.role()) + ";",
              "last: while it holds anything in any database of the server, PostgreSQL keeps it"));
    } else {
      notes.add("role " + target.role() + " stays, as it holds " + held.get());
    }
  }

  private static Optional<String> held(Holdings holdings, Set<String> before, Set<String> later) {
    List<String> elsewhere =
        holdings.elsewhere().stream()
            .filter(name -> !before.contains(name) && !later.contains(name))
            .toList();
    if (!holdings.others().isEmpty()) {
      return Optional.of(String.join(", ", holdings.others().stream().limit(5).toList()));
    }
    return elsewhere.isEmpty()
        ? Optional.empty()
        : Optional.of("something in database " + String.join(", ", elsewhere));
  }
}
