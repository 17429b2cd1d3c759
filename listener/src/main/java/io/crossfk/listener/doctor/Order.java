package io.crossfk.listener.doctor;

import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Place;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which people read findings: each database with its tables, then rules, then Kafka
 * with its topics; in each place as the subjects are listed. What is wrong with a subject in a
 * place leaves nothing sound to be said of it.
 */
final class Order {
  private final List<String> databases;
  private final List<Place> places = new ArrayList<>();

  Order(Collection<Patient> patients, List<Rule> rules) {
    this.databases = patients.stream().map(Patient::name).toList();
    for (Rule rule : rules) {
      places.add(Place.table(rule.parent().table()));
      places.add(Place.table(rule.child().table()));
    }
    rules.forEach(rule -> places.add(Place.rule(rule.name())));
  }

  List<Finding> of(List<Finding> findings) {
    return findings.stream()
        .filter(
            finding ->
                finding.level() != Level.OK
                    || findings.stream().noneMatch(other -> overrules(other, finding)))
        .sorted(
            Comparator.comparingInt((Finding finding) -> kind(finding.place()))
                .thenComparingInt(finding -> database(finding.place()))
                .thenComparing(finding -> finding.place().kind())
                .thenComparingInt(finding -> places.indexOf(finding.place()))
                .thenComparing(finding -> finding.place().name())
                .thenComparing(Finding::subject))
        .toList();
  }

  private static boolean overrules(Finding finding, Finding sound) {
    return finding.level() != Level.OK
        && finding.subject() == sound.subject()
        && finding.place().equals(sound.place());
  }

  private static int kind(Place place) {
    return switch (place.kind()) {
      case DATABASE, TABLE -> 0;
      case RULE -> 1;
      case KAFKA, TOPIC -> 2;
    };
  }

  private int database(Place place) {
    return place.database().map(databases::indexOf).orElse(-1);
  }
}
