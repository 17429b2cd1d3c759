package io.crossfk.listener.doctor;

import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import java.util.List;

/**
 * All that was looked at.
 *
 * @param findings by place: databases with their tables, rules, Kafka with its topics
 */
public record Diagnosis(List<Finding> findings) {
  public Diagnosis {
    findings = List.copyOf(findings);
  }

  public long count(Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  /** Whether somebody has to change something before crossfk can work. */
  public boolean needsCure() {
    return findings.stream()
        .anyMatch(finding -> finding.level() == Level.ERROR && !finding.mayPass());
  }

  /** Whether something did not answer, so that not everything could be looked at. */
  public boolean isIncomplete() {
    return findings.stream().anyMatch(Finding::mayPass);
  }
}
