package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogFinding;
import io.crossfk.listener.catalog.PostgresCatalog;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.config.Secret;
import io.crossfk.listener.setup.Flavor;
import io.crossfk.listener.setup.Setup;
import io.crossfk.listener.setup.SetupFailure;
import io.crossfk.listener.setup.SetupPlan;
import io.crossfk.listener.setup.SetupTarget;
import io.crossfk.listener.source.postgres.PostgresAddress;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableReference;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code crossfk setup}: role, grants, publication and slot of the configured databases. */
public final class DatabaseSetup {
  private static final Pattern USER_OPTION = Pattern.compile("([?&])user=([^&]*)(&?)");

  private final Configuration configuration;
  private final Options options;
  private final List<SetupTarget> targets;
  private final Setup setup;

  /**
   * How to set up.
   *
   * @param flavor empty: what the servers' own roles tell
   * @param administrator who sets up; empty: the role that the configuration names
   * @param administratorPassword empty: PGPASSFILE is asked
   * @param databases the configuration's names; all that rules touch if there are none
   */
  public record Options(
      Optional<Flavor> flavor,
      Optional<String> administrator,
      Optional<Secret> administratorPassword,
      boolean undo,
      Set<String> databases) {
    public Options {
      databases = Set.copyOf(databases);
    }
  }

  /**
   * @throws StartFailure if the configuration does not say who is to listen
   */
  public DatabaseSetup(Configuration configuration, Options options) throws StartFailure {
    this.configuration = configuration;
    this.options = options;
    this.targets = targets();
    this.setup = new Setup(targets, options.flavor(), options.undo());
  }

  /**
   * Looks, and changes nothing.
   *
   * @throws StartFailure if a database cannot be read
   */
  public List<SetupPlan> plan() throws StartFailure {
    try {
      return setup.plan();
    } catch (SetupFailure failure) {
      throw failed(failure);
    }
  }

  /**
   * Does it.
   *
   * @param done told of each database and step that is done
   * @return what was planned
   * @throws StartFailure if a person has to decide something first, or a step failed
   */
  public List<SetupPlan> apply(BiConsumer<String, String> done) throws StartFailure {
    try {
      return setup.apply(done);
    } catch (SetupFailure failure) {
      throw failed(failure);
    }
  }

  /**
   * What the role itself still finds in the way of {@code crossfk run}, in the catalogues of the
   * databases that were set up.
   */
  public List<String> leftInTheWay() throws InterruptedException {
    Set<String> chosen = targets.stream().map(SetupTarget::database).collect(Collectors.toSet());
    List<Rule> rules =
        configuration.rules().enabled().stream()
            .filter(rule -> chosen.contains(rule.child().database()))
            .filter(rule -> chosen.contains(rule.parent().database()))
            .toList();
    return PostgresCatalog.read(
            Parts.catalog(configuration).stream()
                .filter(database -> chosen.contains(database.name()))
                .toList(),
            rules)
        .errors()
        .stream()
        .map(CatalogFinding::message)
        .toList();
  }

  private static StartFailure failed(SetupFailure failure) {
    return new StartFailure(
        failure.problems(),
        failure.passing() ? StartFailure.UNAVAILABLE : StartFailure.CONFIGURATION);
  }

  private List<SetupTarget> targets() throws StartFailure {
    List<SetupTarget> found = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (DatabaseSettings database : configuration.databases().values()) {
      if (!options.databases().isEmpty() && !options.databases().contains(database.name())) {
        continue;
      }
      List<Rule> rules =
          configuration.rules().enabled().stream()
              .filter(
                  rule ->
                      rule.child().database().equals(database.name())
                          || rule.parent().database().equals(database.name()))
              .toList();
      if (rules.isEmpty()) {
        continue;
      }
      Optional<String> role = roleOf(database);
      if (role.isPresent()) {
        found.add(target(database, role.get(), rules));
      } else {
        problems.add(
            "database " + database.name() + ": no user: write user: crossfk below its url");
      }
    }
    if (!problems.isEmpty()) {
      throw new StartFailure(problems, StartFailure.CONFIGURATION);
    }
    return found;
  }

  private SetupTarget target(DatabaseSettings database, String role, List<Rule> rules) {
    Set<TableReference> children = new LinkedHashSet<>();
    for (Rule rule : rules) {
      if (rule.child().database().equals(database.name())) {
        children.add(rule.child().table());
      }
    }
    PostgresAddress service = Parts.source(database);
    return new SetupTarget(
        options.administrator().map(user -> administrator(service, user)).orElse(service),
        service,
        role,
        database.password().map(Secret::value),
        database.slot(),
        database.publication(),
        Parts.watchedTables(database.name(), rules),
        children);
  }

  /** A user in the URL wins over any other, as the driver has it. */
  private static Optional<String> roleOf(DatabaseSettings database) {
    Matcher option = USER_OPTION.matcher(database.url());
    return option.find()
        ? Optional.of(URLDecoder.decode(option.group(2), StandardCharsets.UTF_8))
        : database.user();
  }

  private PostgresAddress administrator(PostgresAddress service, String user) {
    Map<String, String> properties = new HashMap<>(service.properties());
    properties.remove("password");
    properties.put("user", user);
    options
        .administratorPassword()
        .ifPresent(password -> properties.put("password", password.value()));
    String url = USER_OPTION.matcher(service.url()).replaceAll("$1").replaceFirst("[?&]$", "");
    return new PostgresAddress(service.database(), url, properties);
  }
}
