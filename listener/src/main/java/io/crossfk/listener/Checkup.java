package io.crossfk.listener;

import io.crossfk.listener.catalog.CatalogDatabase;
import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.DatabaseSettings;
import io.crossfk.listener.doctor.Diagnosis;
import io.crossfk.listener.doctor.Doctor;
import io.crossfk.listener.doctor.Patient;
import io.crossfk.listener.source.postgres.PostgresExamination;
import io.crossfk.rules.model.Rule;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/** Whether what a person configured can work: every database and Kafka are looked at. */
public final class Checkup {
  private Checkup() {}

  /** Blocks for some seconds, and changes nothing. */
  public static Diagnosis of(Configuration configuration) throws InterruptedException {
    return of(configuration, limits -> limits, InstantSource.system());
  }

  /**
   * The same with other limits than people are told of, and another clock than this machine's.
   *
   * @param limits from those that would be used
   */
  public static Diagnosis of(
      Configuration configuration,
      UnaryOperator<PostgresExamination.Limits> limits,
      InstantSource clock)
      throws InterruptedException {
    List<Rule> rules = configuration.rules().enabled();
    List<Patient> patients =
        Parts.catalog(configuration).stream()
            .filter(database -> isNamed(database, rules))
            .map(database -> patient(configuration, database, rules, limits))
            .toList();
    return new Doctor(patients, rules, Parts.feed(configuration), clock).examine();
  }

  private static boolean isNamed(CatalogDatabase database, List<Rule> rules) {
    return rules.stream()
        .anyMatch(
            rule ->
                rule.child().database().equals(database.name())
                    || rule.parent().database().equals(database.name()));
  }

  private static Patient patient(
      Configuration configuration,
      CatalogDatabase database,
      List<Rule> rules,
      UnaryOperator<PostgresExamination.Limits> limits) {
    DatabaseSettings settings = configuration.databases().get(database.name());
    if (settings == null) {
      throw new IllegalArgumentException("database " + database.name() + " is not configured");
    }
    return new Patient(
        database,
        new PostgresExamination(
            Parts.source(settings),
            settings.slot(),
            settings.publication(),
            limits.apply(PostgresExamination.Limits.of(settings.lookups().connections()))),
        Parts.watchedTables(database.name(), rules));
  }
}
