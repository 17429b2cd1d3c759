package io.crossfk.listener.setup;

import io.crossfk.listener.source.postgres.SlotAndPublication;
import io.crossfk.listener.source.postgres.Sql;
import io.crossfk.rules.model.TableReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * From a database as it is to the steps that are missing. The order: the role, what it may read,
 * the publication, and last the slot, so that every transaction that was open at the publishing has
 * ended where the slot begins.
 */
final class SetupPlanner {
  private final SetupTarget target;
  private final DatabaseState state;
  private final Flavor flavor;
  private final SlotAndPublication.Plan stream;
  private final List<Decision> decisions = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private SetupPlanner(
      SetupTarget target, DatabaseState state, Flavor flavor, SlotAndPublication.Plan stream) {
    this.target = target;
    this.state = state;
    this.flavor = flavor;
    this.stream = stream;
  }

  /**
   * What is missing.
   *
   * @param roleComes whether the role is not there yet and an earlier plan for this server makes it
   */
  static SetupPlan plan(
      SetupTarget target,
      DatabaseState state,
      Flavor flavor,
      SlotAndPublication.Plan stream,
      boolean roleComes) {
    SetupPlanner planner = new SetupPlanner(target, state, flavor, stream);
    planner.decide();
    if (!state.server().standby()) {
      planner.role(roleComes);
      planner.privileges();
      planner.stream();
    }
    return new SetupPlan(
        target.database(),
        "PostgreSQL " + state.server().version() + ", database " + state.name(),
        flavor.administrator(),
        false,
        planner.decisions,
        stream.refusals().isEmpty() ? stream.missingRights().map(Decision::of) : Optional.empty(),
        planner.steps,
        planner.notes);
  }

  private void decide() {
    DatabaseState.Server server = state.server();
    if (!server.walLevel().equals("logical")) {
      decisions.add(
          new Decision(
              target.database()
                  + ": wal_level is "
                  + server.walLevel()
                  + " and must be logical, which takes a restart: "
                  + flavor.walLevelLogical(),
              List.of()));
    }
    if (stream.slot().isPresent() && server.slots() >= server.slotsAtMost()) {
      decisions.add(
          new Decision(
              target.database()
                  + ": all "
                  + server.slotsAtMost()
                  + " replication slots of the server are taken: drop one that nobody needs, or "
                  + flavor.change(
                      "max_replication_slots", Integer.toString(server.slotsAtMost() + 5)),
              List.of()));
    }
    state
        .tables()
        .forEach(
            (name, table) -> {
              if (table.filtered()) {
                decisions.add(
                    new Decision(
                        name
                            + ": row-level security would hide rows from role "
                            + target.role()
                            + " but not from the log, and what is hidden looks missing. Only a"
                            + " role that sees all rows can watch it, and that is for you to"
                            + " allow:",
                        List.of("ALTER ROLE " + role() + " BYPASSRLS;")));
              }
            });
    stream.refusals().stream().map(Decision::of).forEach(decisions::add);
  }

  private void role(boolean roleComes) {
    String replication = flavor.giveReplication(target.role());
    if (state.role().isPresent()) {
      DatabaseState.Role role = state.role().get();
      if (!role.login()) {
        statement("ALTER ROLE " + role() + " LOGIN;", "crossfk logs in with it");
      }
      if (!role.mayReplicate()) {
        statement(replication, flavor.whyReplication());
      }
      return;
    }
    if (roleComes) {
      notes.add("role " + target.role() + " belongs to the whole server: made above");
      return;
    }
    statement(
        "CREATE ROLE " + role() + " LOGIN;",
        "crossfk logs in with it; it owns nothing, and may do what follows and no more");
    statement(
        "COMMENT ON ROLE " + role() + " IS " + Sql.literal(Marks.TEXT) + ";",
        "tells crossfk setup --undo that it may drop the role");
    if (target.password().isPresent()) {
      steps.add(
          new Step.Password(
              target.role(),
              "the one that the configuration has for database " + target.database()));
    } else {
      notes.add(
          "the configuration has no password for database "
              + target.database()
              + ": the server must know role "
              + target.role()
              + " in another way (a certificate, PGPASSFILE and \\password)");
    }
    statement(replication, flavor.whyReplication());
  }

  private void privileges() {
    if (!state.mayConnect()) {
      statement(
          "GRANT CONNECT ON DATABASE " + Sql.identifier(state.name()) + " TO " + role() + ";",
          "not everybody may connect here");
    }
    Set<String> schemas = new TreeSet<>();
    state.tables().values().forEach(table -> schemas.addAll(table.closedSchemas()));
    for (String schema : schemas) {
      statement(
          "GRANT USAGE ON SCHEMA " + Sql.identifier(schema) + " TO " + role() + ";",
          "to name the tables and types in it; it opens no table");
    }
    state
        .tables()
        .forEach(
            (name, table) -> {
              if (!table.unreadable().isEmpty()) {
                statement(
                    "GRANT SELECT "
                        + Sql.columns(table.unreadable())
                        + " ON TABLE "
                        + Sql.table(name)
                        + " TO "
                        + role()
                        + ";",
                    whyRead(name));
              }
            });
  }

  private String whyRead(TableReference name) {
    return target.children().contains(name)
        ? "look-ups read the columns of the rules and the key that tells a row; xmin is part of the"
            + " proof that a row was there, and by ctid an audit reads page by page"
        : "look-ups ask which keys are there, and read no other column";
  }

  private void stream() {
    if (!stream.refusals().isEmpty()) {
      notes.add(
          "publication and slot come when the above is decided: run crossfk setup again then");
      return;
    }
    if (!stream.publication().isEmpty()) {
      steps.add(new Step.Publish(stream.publication(), whyPublish(), mark()));
    }
    if (stream.slot().isPresent()) {
      steps.add(
          new Step.CreateSlot(
              stream.slot().get(),
              "after the publication, so that nothing is missed. From here on the server keeps its"
                  + " log until crossfk has read it: start crossfk soon. Any role that may read"
                  + " the log runs it; if it is left out, crossfk run does it"));
    }
    if (state.server().keptForSlots().equals("-1")) {
      notes.add(
          "max_slot_wal_keep_size has no limit: while crossfk is stopped, its slot keeps the log"
              + " until the disk is full. Set it to what the disk can bear");
    }
  }

  private Optional<Step.Statement> mark() {
    return stream.createsPublication()
        ? Optional.of(
            new Step.Statement(
                "COMMENT ON PUBLICATION "
                    + Sql.identifier(target.publication())
                    + " IS "
                    + Sql.literal(Marks.TEXT)
                    + ";",
                "tells crossfk setup --undo that it may drop the publication"))
        : Optional.empty();
  }

  private String whyPublish() {
    String why =
        "which tables and columns are in the stream; it copies nothing, and no statement of the"
            + " application fails by it";
    if (stream.wholeRows().isEmpty()) {
      return why;
    }
    return why
        + ". Whole rows of "
        + stream.wholeRows().stream()
            .map(TableReference::qualifiedName)
            .sorted()
            .collect(Collectors.joining(", "))
        + (version() < 15
            ? ": PostgreSQL before 15 has no column lists"
            : ": with a list of columns, REPLICA IDENTITY FULL would make the application's own"
                + " UPDATE and DELETE fail");
  }

  private int version() {
    return Integer.parseInt(state.server().version().replaceFirst("^(\\d+).*$", "$1"));
  }

  private String role() {
    return Sql.identifier(target.role());
  }

  private void statement(String sql, String why) {
    steps.add(new Step.Statement(sql, why));
  }
}
