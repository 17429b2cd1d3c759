package io.crossfk.listener.cli;

import io.crossfk.listener.DatabaseSetup;
import io.crossfk.listener.StartFailure;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.config.Secret;
import io.crossfk.listener.setup.Decision;
import io.crossfk.listener.setup.Flavor;
import io.crossfk.listener.setup.SetupPlan;
import io.crossfk.listener.setup.SetupScript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the databases need, and the way back. */
@Command(
    name = "setup",
    header =
        "Prints the SQL that lets crossfk listen: role, grants, publication, slot; or does it.",
    description = {
      "",
      "Without --apply it only reads the catalogues, and prints a script for psql for each"
          + " database, with the reason above each statement. What is there already is left out."
          + " Where something could harm the application, it says what a person has to decide"
          + " instead, and ends with 78.",
      "",
      "Who sets up: --admin-user, else PGUSER, else the role that crossfk.yaml names. The password"
          + " comes from --admin-password-file, else PGPASSWORD, else PGPASSFILE."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  crossfk setup -c crossfk.yaml --admin-user postgres",
      "  crossfk setup -c crossfk.yaml --admin-user postgres --database users | less",
      "  crossfk setup -c crossfk.yaml --admin-user postgres --apply",
      "  crossfk setup -c crossfk.yaml --admin-user postgres --apply --undo"
    })
final class SetupCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "crossfk.yaml; Kafka does not matter here.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path config;

  @Option(
      names = "--apply",
      description = "Does it, instead of printing it. A second time there is nothing to do.")
  private boolean apply;

  @Option(
      names = "--undo",
      description = "The way back: slot, publication, grants and role, as far as setup made them.")
  private boolean undo;

  @Option(
      names = "--flavor",
      paramLabel = "FLAVOR",
      description =
          "plain, rds (RDS and Aurora), cloudsql or azure (Flexible Server); by default what the"
              + " server's own roles tell.")
  private @Nullable Flavor flavor;

  @Option(
      names = "--database",
      paramLabel = "NAME",
      description = "Only this one, by its name in crossfk.yaml; may be repeated.")
  private List<String> databases = new ArrayList<>();

  @Option(
      names = "--admin-user",
      paramLabel = "ROLE",
      description = "Who sets up: on a server of your own a superuser.")
  private @Nullable String adminUser;

  @Option(
      names = "--admin-password-file",
      paramLabel = "FILE",
      description = "Its first line is that role's password.")
  private @Nullable Path adminPasswordFile;

  @Option(
      names = "--show-password",
      description = "Prints the password of crossfk's role into the script; psql asks without it.")
  private boolean showPassword;

  private final Map<String, String> environment;

  SetupCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws Exception {
    LogSetup.onlyWarnings();
    if (showPassword && (apply || undo)) {
      throw new ParameterException(
          spec.commandLine(), "--show-password is for the printed script that makes the role");
    }
    PrintWriter err = spec.commandLine().getErr();
    Configuration configuration;
    try {
      configuration = ConfigurationReader.read(config);
    } catch (ConfigurationMistakes mistakes) {
      err.println(mistakes.report());
      err.flush();
      return ExitCodes.CONFIGURATION;
    }
    try {
      DatabaseSetup setup = new DatabaseSetup(configuration, options(configuration));
      return apply ? apply(setup, err) : print(setup, configuration, err);
    } catch (StartFailure failure) {
      Problems.print(err, failure.problems());
      return failure.exitCode();
    }
  }

  private int print(DatabaseSetup setup, Configuration configuration, PrintWriter err)
      throws StartFailure {
    List<SetupPlan> plans = setup.plan();
    PrintWriter out = spec.commandLine().getOut();
    boolean first = true;
    for (SetupPlan plan : plans) {
      if (!first) {
        out.println();
      }
      first = false;
      SetupScript.of(plan, password(configuration, plan.database())).forEach(out::println);
    }
    out.flush();
    List<String> decisions =
        plans.stream().flatMap(plan -> plan.decisions().stream()).map(Decision::toString).toList();
    Problems.print(err, decisions);
    return decisions.isEmpty() ? ExitCodes.CLEAN : ExitCodes.CONFIGURATION;
  }

  private Optional<String> password(Configuration configuration, String database) {
    DatabaseSettings settings = configuration.databases().get(database);
    return showPassword && settings != null
        ? settings.password().map(Secret::value)
        : Optional.empty();
  }

  private int apply(DatabaseSetup setup, PrintWriter err)
      throws StartFailure, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Set<String> changed = new LinkedHashSet<>();
    List<SetupPlan> plans =
        setup.apply(
            (database, step) -> {
              changed.add(database);
              out.println(database + ": " + step);
              out.flush();
            });
    for (SetupPlan plan : plans) {
      if (!changed.contains(plan.database())) {
        out.println(plan.database() + ": nothing to change");
      }
      plan.notes().forEach(note -> out.println(plan.database() + ": note: " + note));
    }
    out.flush();
    List<String> left = undo ? List.of() : setup.leftInTheWay();
    Problems.print(err, left);
    return left.isEmpty() ? ExitCodes.CLEAN : ExitCodes.CONFIGURATION;
  }

  private DatabaseSetup.Options options(Configuration configuration) {
    for (String name : databases) {
      if (!configuration.databases().containsKey(name)) {
        throw new ParameterException(
            spec.commandLine(),
            "unknown database \"%s\"; there are: %s"
                .formatted(name, String.join(", ", configuration.databases().keySet())));
      }
    }
    Optional<String> administrator =
        Optional.ofNullable(adminUser != null ? adminUser : environment.get("PGUSER"))
            .filter(user -> !user.isEmpty());
    if (adminPasswordFile != null && administrator.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--admin-password-file needs --admin-user, or PGUSER");
    }
    return new DatabaseSetup.Options(
        Optional.ofNullable(flavor),
        administrator,
        administrator.isEmpty() ? Optional.empty() : administratorPassword(),
        undo,
        new LinkedHashSet<>(databases));
  }

  private Optional<Secret> administratorPassword() {
    if (adminPasswordFile == null) {
      return Optional.ofNullable(environment.get("PGPASSWORD")).map(Secret::new);
    }
    try {
      List<String> lines = Files.readAllLines(adminPasswordFile);
      return Optional.of(new Secret(lines.isEmpty() ? "" : lines.getFirst()));
    } catch (IOException unreadable) {
      throw new ParameterException(
          spec.commandLine(),
          "--admin-password-file %s cannot be read".formatted(adminPasswordFile));
    }
  }
}
