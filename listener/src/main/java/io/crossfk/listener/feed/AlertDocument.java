package io.crossfk.listener.feed;

import io.crossfk.rules.model.Rule;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * The value of an alert's record: what the schema {@code alert.schema.json} describes. One incident
 * of one rule. It stands by itself: a rule that is gone can still be told of from it.
 *
 * @param severity the feed's word
 * @param reason why the rule is blind; what was told last, once it is resolved
 */
record AlertDocument(
    String rule,
    Kind kind,
    String summary,
    String severity,
    Optional<String> owner,
    Optional<String> runbook,
    Optional<String> reason,
    Instant firedAt,
    Instant updatedAt,
    Optional<Instant> resolvedAt) {

  /** What a person is told of. */
  enum Kind {
    BLIND,
    OVERFLOW;

    /** The word used in the feed. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The incident's id: one of each kind for each rule, however often it fires. */
    String id(String rule) {
      return rule + "|" + word();
    }
  }

  AlertDocument {
    // As precise as the record: what is read back from it must be the same incident.
    firedAt = firedAt.truncatedTo(ChronoUnit.MICROS);
    updatedAt = updatedAt.truncatedTo(ChronoUnit.MICROS);
    resolvedAt = resolvedAt.map(at -> at.truncatedTo(ChronoUnit.MICROS));
  }

  static AlertDocument blind(Rule rule, String reason, Instant since) {
    return firing(rule, Kind.BLIND, AlertSummary.blind(rule, reason), Optional.of(reason), since);
  }

  static AlertDocument overflow(Rule rule, Instant since) {
    return firing(rule, Kind.OVERFLOW, AlertSummary.overflow(rule), Optional.empty(), since);
  }

  private static AlertDocument firing(
      Rule rule, Kind kind, String summary, Optional<String> reason, Instant since) {
    return new AlertDocument(
        rule.name(),
        kind,
        summary,
        rule.severity().word(),
        rule.owner(),
        rule.runbook(),
        reason,
        since,
        since,
        Optional.empty());
  }

  String id() {
    return kind.id(rule);
  }

  /** Whether a person who knows the other document learns nothing from this one. */
  boolean tellsTheSameAs(AlertDocument other) {
    return id().equals(other.id())
        && severity.equals(other.severity)
        && owner.equals(other.owner)
        && runbook.equals(other.runbook)
        && reason.equals(other.reason);
  }

  /** This news of the incident that fired at another time. */
  AlertDocument ofIncident(Instant itFiredAt, Instant at) {
    return new AlertDocument(
        rule, kind, summary, severity, owner, runbook, reason, itFiredAt, at, resolvedAt);
  }

  AlertDocument resolved(String itsSummary, Instant at) {
    return new AlertDocument(
        rule, kind, itsSummary, severity, owner, runbook, reason, firedAt, at, Optional.of(at));
  }

  byte[] toJson() {
    return Json.object(this::write);
  }

  /**
   * Writes the members in the order of the schema; an optional member without a value is absent.
   */
  void write(JsonGenerator json) {
    json.writeStringProperty("id", id());
    json.writeStringProperty("dedupKey", id());
    json.writeStringProperty("rule", rule);
    json.writeStringProperty("kind", kind.word());
    json.writeStringProperty("status", resolvedAt.isEmpty() ? "firing" : "resolved");
    json.writeStringProperty("summary", summary);
    json.writeStringProperty("severity", severity);
    owner.ifPresent(name -> json.writeStringProperty("owner", name));
    runbook.ifPresent(link -> json.writeStringProperty("runbook", link));
    reason.ifPresent(text -> json.writeStringProperty("reason", text));
    json.writeStringProperty("firedAt", Json.instant(firedAt));
    json.writeStringProperty("updatedAt", Json.instant(updatedAt));
    Json.optional(json, "resolvedAt", resolvedAt);
  }

  static AlertDocument read(JsonNode value) {
    return new AlertDocument(
        Json.text(value, "rule"),
        Json.word(Kind.class, Json.text(value, "kind")),
        Json.text(value, "summary"),
        Json.text(value, "severity"),
        Json.optionalText(value, "owner"),
        Json.optionalText(value, "runbook"),
        Json.optionalText(value, "reason"),
        Json.instant(value, "firedAt"),
        Json.instant(value, "updatedAt"),
        Json.optionalInstant(value, "resolvedAt"));
  }
}
