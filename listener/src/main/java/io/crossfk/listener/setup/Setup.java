package io.crossfk.listener.setup;

import io.crossfk.listener.source.postgres.SetupSession;
import io.crossfk.listener.source.postgres.SlotAndPublication;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Sets databases up, or takes that back. It looks at all of them before it touches one, and touches
 * none while there is something that a person has to decide.
 */
public final class Setup {
  private final List<SetupTarget> targets;
  private final Optional<Flavor> flavor;
  private final boolean undo;

  /**
   * @param targets in their order
   * @param flavor empty: what the server's own roles tell
   */
  public Setup(List<SetupTarget> targets, Optional<Flavor> flavor, boolean undo) {
    this.targets = List.copyOf(targets);
    this.flavor = flavor;
    this.undo = undo;
  }

  /** A database as it was found; the rest is not read if it is not wanted. */
  private record Look(
      SetupTarget target,
      DatabaseState state,
      Optional<SlotAndPublication.Plan> stream,
      Optional<Holdings> holdings) {}

  /**
   * Looks, and changes nothing.
   *
   * @throws SetupFailure if a database cannot be read
   */
  public List<SetupPlan> plan() throws SetupFailure {
    return plans(look());
  }

  /**
   * Does it; a second time there is nothing to do.
   *
   * @param done told of each database and step that is done, without passwords
   * @return what was planned before anything was touched
   * @throws SetupFailure if something has to be decided first, or fails
   */
  public List<SetupPlan> apply(BiConsumer<String, String> done) throws SetupFailure {
    List<Look> looks = look();
    List<SetupPlan> plans = plans(looks);
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      plans.get(i).decisions().stream().map(Decision::toString).forEach(problems::add);
      plans.get(i).missingRights().map(Decision::toString).ifPresent(problems::add);
      if (!undo) {
        wrongPassword(looks.get(i)).ifPresent(problems::add);
      }
    }
    if (!problems.isEmpty()) {
      throw new SetupFailure(problems, false);
    }
    for (int i = 0; i < targets.size(); i++) {
      SetupTarget target = targets.get(i);
      // Looked at again: databases of one server share the role that was made or emptied meanwhile.
      Look now = look(target);
      SetupPlan plan = plan(now, Set.of(), Set.of(), later(looks, i));
      SetupExecutor.execute(target, plan.steps(), step -> done.accept(target.database(), step));
    }
    return plans;
  }

  private List<Look> look() throws SetupFailure {
    List<Look> looks = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    boolean passing = true;
    for (SetupTarget target : targets) {
      try {
        looks.add(look(target));
      } catch (SetupFailure failure) {
        problems.addAll(failure.problems());
        passing &= failure.passing();
      }
    }
    if (!problems.isEmpty()) {
      throw new SetupFailure(problems, passing);
    }
    return looks;
  }

  private Look look(SetupTarget target) throws SetupFailure {
    try (SetupSession session = SetupSession.open(target.administrator())) {
      DatabaseState state = new StateReader(session.connection(), target).read();
      if (undo) {
        return new Look(
            target,
            state,
            Optional.empty(),
            Optional.of(Holdings.read(session.connection(), target.role(), target.publication())));
      }
      return new Look(
          target,
          state,
          Optional.of(
              SlotAndPublication.byAdministrator(
                      target.administrator(), target.slot(), target.publication())
                  .plan(target.tables())),
          Optional.empty());
    } catch (SQLException failure) {
      throw SetupFailure.of(target, failure);
    }
  }

  private List<SetupPlan> plans(List<Look> looks) {
    List<SetupPlan> plans = new ArrayList<>();
    Set<String> roles = new LinkedHashSet<>();
    for (int i = 0; i < looks.size(); i++) {
      Look look = looks.get(i);
      plans.add(plan(look, roles, names(looks.subList(0, i), look), later(looks, i)));
      if (look.state().role().isEmpty()) {
        roles.add(look.state().instance() + " " + look.target().role());
      }
    }
    return plans;
  }

  private SetupPlan plan(Look look, Set<String> roles, Set<String> before, Set<String> later) {
    DatabaseState state = look.state();
    Flavor chosen = flavor.orElseGet(() -> Flavor.of(state.server().managedRoles()));
    if (undo) {
      return UndoPlanner.plan(
          look.target(), state, look.holdings().orElseThrow(), chosen, before, later);
    }
    return SetupPlanner.plan(
        look.target(),
        state,
        chosen,
        look.stream().orElseThrow(),
        roles.contains(state.instance() + " " + look.target().role()));
  }

  /** Databases of the same server and role that come after it. */
  private static Set<String> later(List<Look> looks, int place) {
    return names(looks.subList(place + 1, looks.size()), looks.get(place));
  }

  private static Set<String> names(List<Look> others, Look look) {
    Set<String> names = new LinkedHashSet<>();
    for (Look other : others) {
      if (other.state().instance().equals(look.state().instance())
          && other.target().role().equals(look.target().role())) {
        names.add(other.state().name());
      }
    }
    return names;
  }

  /** A role that others may use as well keeps the password that it has. */
  private static Optional<String> wrongPassword(Look look) {
    SetupTarget target = look.target();
    if (look.state().role().filter(DatabaseState.Role::login).isEmpty()) {
      return Optional.empty();
    }
    try {
      SetupSession.open(target.service()).close();
      return Optional.empty();
    } catch (SQLException refused) {
      return SetupFailure.isWrongPassword(refused)
          ? Optional.of(
              "database "
                  + target.service()
                  + ": role "
                  + target.role()
                  + " is there already, and has another password than the configuration. Correct"
                  + " the configuration, or change it in psql: \\password "
                  + target.role())
          : Optional.empty();
    }
  }
}
