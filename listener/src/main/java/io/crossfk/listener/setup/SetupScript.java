package io.crossfk.listener.setup;

import io.crossfk.listener.source.postgres.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A plan as a script for psql, with the reason above each statement. */
public final class SetupScript {
  private static final int WIDTH = 100;

  private final SetupPlan plan;
  private final Optional<String> password;
  private final List<String> lines = new ArrayList<>();

  private SetupScript(SetupPlan plan, Optional<String> password) {
    this.plan = plan;
    this.password = password;
  }

  /**
   * The lines of the script.
   *
   * @param password to be shown; without it psql asks for it
   */
  public static List<String> of(SetupPlan plan, Optional<String> password) {
    return new SetupScript(plan, password).lines();
  }

  private List<String> lines() {
    comment(
        "",
        "crossfk setup"
            + (plan.undo() ? " --undo" : "")
            + " for "
            + plan.database()
            + ": "
            + plan.server());
    comment("", "for psql, connected to that database as " + plan.administrator());
    if (!plan.decisions().isEmpty()) {
      lines.add("");
      lines.add("-- To be decided first; crossfk does not do it:");
      plan.decisions().forEach(decision -> comment("* ", decision.toString()));
    }
    if (plan.steps().isEmpty()) {
      lines.add("");
      lines.add(plan.undo() ? "-- Nothing to take back." : "-- Nothing to do: all is there.");
    } else {
      lines.add(
          plan.undo()
              ? "\\set ON_ERROR_STOP off  \\echo What is gone already is no mistake here."
              : "\\set ON_ERROR_STOP on");
      plan.steps().forEach(this::step);
    }
    plan.missingRights()
        .ifPresent(
            rights -> {
              lines.add("");
              comment(
                  "Note: the role that crossfk setup asked with could not do all of it. ",
                  rights.what().replaceFirst("[.] [^.]*:$", ""));
            });
    for (String note : plan.notes()) {
      lines.add("");
      comment("Note: ", note);
    }
    return List.copyOf(lines);
  }

  private void step(Step step) {
    lines.add("");
    comment("", step.why());
    switch (step) {
      case Step.Statement statement -> lines.add(statement.sql());
      case Step.Publish publish -> {
        lines.addAll(publish.sql());
        publish.mark().ifPresent(this::step);
      }
      case Step.CreateSlot create -> lines.add(create.sql());
      case Step.DropSlot drop -> lines.add(drop.sql());
      case Step.Password set -> {
        String role = Sql.identifier(set.role());
        if (password.isPresent()) {
          comment("", "a server that logs statements logs it, too: \\password does not tell it");
          lines.add("ALTER ROLE " + role + " PASSWORD " + Sql.literal(password.get()) + ";");
        } else {
          comment(
              "",
              "psql asks for it and sends only what the server stores, so that no file, history or"
                  + " log has it");
          lines.add("\\password " + role);
        }
      }
    }
  }

  /** Each line of the text, wrapped, behind two dashes: a name cannot break out of it. */
  private void comment(String label, String text) {
    String indent = "";
    for (String paragraph : (label + text).split("\\R", -1)) {
      StringBuilder line = new StringBuilder("-- " + indent);
      boolean empty = true;
      for (String word : paragraph.strip().split(" ", -1)) {
        if (!empty && line.length() + 1 + word.length() > WIDTH) {
          lines.add(line.toString());
          line = new StringBuilder("-- " + indent + (label.isEmpty() ? "" : "  "));
          empty = true;
        }
        line.append(empty ? "" : " ").append(word);
        empty = false;
      }
      lines.add(line.toString());
      indent = "    ";
    }
  }
}
