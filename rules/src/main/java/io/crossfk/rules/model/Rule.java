package io.crossfk.rules.model;

import java.time.Duration;
import java.util.Optional;

/**
 * One foreign key across databases.
 *
 * @param name unique in a configuration; the first part of every violation's id
 * @param grace how long a suspicion may live before it must be proved; zero or more
 * @param maxOpen suspicions and open violations at which the rule overflows; at least 1
 * @param existing what becomes of violations that are older than the rule
 * @param audit when it is audited though nothing is amiss; empty for never
 */
public record Rule(
    String name,
    TableKey child,
    TableKey parent,
    Match match,
    Duration grace,
    Severity severity,
    Optional<String> owner,
    Optional<String> runbook,
    Optional<String> description,
    boolean enabled,
    int maxOpen,
    Existing existing,
    Optional<AuditSchedule> audit) {

  /** Grace of a rule that names none. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

  /** Limit of a rule that names none. */
  public static final int DEFAULT_MAX_OPEN = 10_000;

  public Rule {
    if (child.columns().size() != parent.columns().size()) {
      throw new IllegalArgumentException(
          "rule " + name + ": " + child + " and " + parent + " differ in their number of columns");
    }
    if (grace.isNegative()) {
      throw new IllegalArgumentException("rule " + name + ": grace " + grace + " is negative");
    }
    if (maxOpen < 1) {
      throw new IllegalArgumentException("rule " + name + ": max-open " + maxOpen + " is below 1");
    }
  }

  /** A rule with every default, for a child and a parent. */
  public static Rule of(String name, TableKey child, TableKey parent) {
    return new Rule(
        name,
        child,
        parent,
        Match.SIMPLE,
        DEFAULT_GRACE,
        Severity.ERROR,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true,
        DEFAULT_MAX_OPEN,
        Existing.REPORT,
        Optional.empty());
  }

  public Rule withGrace(Duration newGrace) {
    return new Rule(
        name,
        child,
        parent,
        match,
        newGrace,
        severity,
        owner,
        runbook,
        description,
        enabled,
        maxOpen,
        existing,
        audit);
  }

  public Rule withMatch(Match newMatch) {
    return new Rule(
        name,
        child,
        parent,
        newMatch,
        grace,
        severity,
        owner,
        runbook,
        description,
        enabled,
        maxOpen,
        existing,
        audit);
  }

  public Rule withMaxOpen(int newMaxOpen) {
    return new Rule(
        name,
        child,
        parent,
        match,
        grace,
        severity,
        owner,
        runbook,
        description,
        enabled,
        newMaxOpen,
        existing,
        audit);
  }

  public Rule withExisting(Existing newExisting) {
    return new Rule(
        name,
        child,
        parent,
        match,
        grace,
        severity,
        owner,
        runbook,
        description,
        enabled,
        maxOpen,
        newExisting,
        audit);
  }

  public Rule withAudit(Optional<AuditSchedule> newAudit) {
    return new Rule(
        name,
        child,
        parent,
        match,
        grace,
        severity,
        owner,
        runbook,
        description,
        enabled,
        maxOpen,
        existing,
        newAudit);
  }

  /** Both tables in one database: parent and child are read in one statement. */
  public boolean withinOneDatabase() {
    return child.database().equals(parent.database());
  }

  /**
   * What makes a rule the same rule: if this differs from the journal's, what was known of it is
   * void. Grace, severity and owner may change freely.
   */
  public String fingerprint() {
    return child + " -> " + parent + " match " + match;
  }
}
