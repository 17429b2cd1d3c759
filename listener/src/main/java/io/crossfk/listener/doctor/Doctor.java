package io.crossfk.listener.doctor;

import io.crossfk.listener.catalog.CatalogFinding;
import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.catalog.PostgresCatalog;
import io.crossfk.listener.feed.FeedExamination;
import io.crossfk.listener.feed.FeedSettings;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import io.crossfk.listener.source.postgres.PostgresExamination;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at every database and at Kafka, all at once. */
public final class Doctor {
  /** Of a database of which these are wrong there is nothing more to be seen. */
  private static final Set<Subject> FIRST =
      Set.of(Subject.REACHABLE, Subject.VERSION, Subject.PRIMARY);

  private final Map<String, Patient> patients = new LinkedHashMap<>();
  private final List<Rule> rules;
  private final FeedSettings feed;
  private final InstantSource clock;

  /**
   * @param patients each database that a rule names
   * @param clock this machine's
   */
  public Doctor(List<Patient> patients, List<Rule> rules, FeedSettings feed, InstantSource clock) {
    for (Patient patient : patients) {
      this.patients.put(patient.name(), patient);
    }
    this.rules = List.copyOf(rules);
    this.feed = feed;
    this.clock = clock;
  }

  /** Blocks for some seconds; as long as the slowest of them may take to answer. */
  public Diagnosis examine() throws InterruptedException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Finding>> kafka = executor.submit(() -> FeedExamination.examine(feed));
      CatalogReport report =
          PostgresCatalog.read(patients.values().stream().map(Patient::database).toList(), rules);
      List<Finding> findings = new ArrayList<>();
      for (CatalogFinding finding : report.findings()) {
        findings.add(finding.finding());
      }
      for (CatalogFinding finding : report.sound()) {
        findings.add(finding.finding());
      }
      List<Future<List<Finding>>> pending = new ArrayList<>();
      for (Patient patient : patients.values()) {
        if (canBeExamined(patient, findings)) {
          pending.add(executor.submit(examination(patient)));
        }
      }
      for (Future<List<Finding>> each : pending) {
        // What the catalogue said already of our slot is not said twice.
        get(each).stream()
            .filter(finding -> findings.stream().noneMatch(other -> isSaid(finding, other)))
            .forEach(findings::add);
      }
      findings.addAll(get(kafka));
      findings.replaceAll(this::withCost);
      return new Diagnosis(new Order(patients.values(), rules).of(findings));
    }
  }

  private static boolean canBeExamined(Patient patient, List<Finding> findings) {
    return findings.stream()
        .noneMatch(
            finding ->
                finding.level() == Level.ERROR
                    && FIRST.contains(finding.subject())
                    && finding.place().equals(Place.database(patient.name())));
  }

  private static boolean isSaid(Finding finding, Finding other) {
    return other.level() != Level.OK
        && other.subject() == finding.subject()
        && other.place().equals(finding.place());
  }

  private Callable<List<Finding>> examination(Patient patient) {
    return () -> {
      try {
        return patient.examination().examine(patient.tables(), clock);
      } catch (SQLException wentAway) {
        return List.of(
            Finding.silent(
                Subject.REACHABLE,
                Place.database(patient.name()),
                "database "
                    + patient.name()
                    + " answered, and then did not: "
                    + String.valueOf(wentAway.getMessage()).lines().findFirst().orElse(""),
                Cure.words("look at the server's log, and ask again")));
      }
    };
  }

  /** A missing index is worth what a scan costs. */
  private Finding withCost(Finding finding) {
    if (finding.subject() != Subject.CHILD_INDEX || finding.level() == Level.OK) {
      return finding;
    }
    Optional<TableKey> key =
        rules.stream()
            .filter(rule -> finding.rules().contains(rule.name()))
            .map(Rule::child)
            .findFirst();
    return key.flatMap(child -> examinationOf(child).scanCost(child))
        .map(
            cost ->
                finding.withFound(finding.found() + ": the planner puts each at a cost of " + cost))
        .orElse(finding);
  }

  private PostgresExamination examinationOf(TableKey key) {
    Patient patient = patients.get(key.database());
    if (patient == null) {
      throw new IllegalArgumentException("database " + key.database() + " is not configured");
    }
    return patient.examination();
  }

  private static List<Finding> get(Future<List<Finding>> pending) throws InterruptedException {
    try {
      return pending.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an examination failed", e.getCause());
    }
  }
}
