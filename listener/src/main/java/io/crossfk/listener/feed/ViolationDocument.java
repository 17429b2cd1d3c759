package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Cause;
import io.crossfk.rules.judge.Evidence;
import io.crossfk.rules.judge.Orphans;
import io.crossfk.rules.judge.Resolution;
import io.crossfk.rules.judge.RowIdentity;
import io.crossfk.rules.judge.Violation;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * The value of a violation's record: what the schema {@code violation.schema.json} describes. It
 * stands by itself: a rule that is gone can still be told of from it.
 *
 * @param id {@code <rule>|<canonical key>}
 * @param severity the feed's word
 */
record ViolationDocument(
    String id,
    String rule,
    Cause cause,
    String severity,
    Optional<String> owner,
    Optional<String> runbook,
    List<Cell> key,
    Side child,
    Side parent,
    Orphans orphans,
    Optional<Instant> brokenAt,
    Instant openedAt,
    Instant updatedAt,
    Optional<Violation.Ended> ended,
    Evidence evidence) {

  /** Columns of a table, in names only. */
  record Side(String database, String table, List<String> columns) {
    Side {
      columns = List.copyOf(columns);
    }

    static Side of(TableKey key) {
      return new Side(key.database(), key.table().qualifiedName(), key.columns());
    }

    @Override
    public String toString() {
      return database + ":" + table;
    }
  }

  ViolationDocument {
    key = List.copyOf(key);
  }

  static String id(String rule, String canonicalKey) {
    return rule + "|" + canonicalKey;
  }

  static ViolationDocument of(Violation violation, String canonicalKey) {
    Rule rule = violation.rule();
    return new ViolationDocument(
        id(rule.name(), canonicalKey),
        rule.name(),
        violation.cause(),
        rule.severity().word(),
        rule.owner(),
        rule.runbook(),
        cells(rule.child().columns(), violation.key()),
        Side.of(rule.child()),
        Side.of(rule.parent()),
        violation.orphans(),
        violation.brokenAt(),
        violation.openedAt(),
        violation.updatedAt(),
        violation.ended(),
        violation.evidence());
  }

  private static List<Cell> cells(List<String> columns, Key key) {
    List<@Nullable KeyValue> values = key.values();
    List<Cell> cells = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      cells.add(Cell.of(columns.get(i), values.get(i)));
    }
    return cells;
  }

  /** The violation again, for a judge that knows its rule and key. */
  Violation toViolation(Rule boundTo, Key itsKey, Position openedAtParent, int transition) {
    return new Violation(
        boundTo,
        itsKey,
        cause,
        orphans,
        brokenAt,
        openedAt,
        updatedAt,
        ended,
        evidence,
        openedAtParent,
        transition);
  }

  boolean isOpen() {
    return ended.isEmpty();
  }

  /** The same violation, ended for a reason that no look-up gave. */
  ViolationDocument endedBy(Resolution resolution, Instant at) {
    return new ViolationDocument(
        id,
        rule,
        cause,
        severity,
        owner,
        runbook,
        key,
        child,
        parent,
        orphans,
        brokenAt,
        openedAt,
        at,
        Optional.of(new Violation.Ended(resolution, at)),
        evidence);
  }

  byte[] toJson() {
    return Json.object(this::write);
  }

  /**
   * Writes the members in the order of the schema; an optional member without a value is absent.
   */
  void write(JsonGenerator json) {
    json.writeStringProperty("id", id);
    json.writeStringProperty("status", isOpen() ? "open" : "resolved");
    json.writeStringProperty("rule", rule);
    json.writeStringProperty("cause", cause.word());
    json.writeStringProperty("summary", Summary.of(this));
    json.writeStringProperty("severity", severity);
    owner.ifPresent(name -> json.writeStringProperty("owner", name));
    runbook.ifPresent(link -> json.writeStringProperty("runbook", link));
    json.writeObjectPropertyStart("key");
    key.forEach(cell -> cell.write(json));
    json.writeEndObject();
    writeSide(json, "child", child);
    writeSide(json, "parent", parent);
    writeOrphans(json);
    Json.optional(json, "brokenAt", brokenAt);
    json.writeStringProperty("openedAt", Json.instant(openedAt));
    json.writeStringProperty("updatedAt", Json.instant(updatedAt));
    ended.ifPresent(
        end -> {
          json.writeStringProperty("resolvedAt", Json.instant(end.at()));
          json.writeStringProperty("resolution", end.resolution().word());
        });
    writeEvidence(json);
  }

  private static void writeSide(JsonGenerator json, String name, Side side) {
    json.writeObjectPropertyStart(name);
    json.writeStringProperty("database", side.database());
    json.writeStringProperty("table", side.table());
    json.writeArrayPropertyStart("columns");
    side.columns().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeOrphans(JsonGenerator json) {
    json.writeObjectPropertyStart("orphans");
    json.writeNumberProperty("count", orphans.count());
    json.writeBooleanProperty("atLeast", orphans.atLeast());
    json.writeArrayPropertyStart("sample");
    for (RowIdentity row : orphans.sample()) {
      json.writeStartObject();
      for (int i = 0; i < row.columns().size(); i++) {
        json.writeStringProperty(row.columns().get(i), row.values().get(i));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeEvidence(JsonGenerator json) {
    json.writeObjectPropertyStart("evidence");
    json.writeStringProperty("childPosition", evidence.childPosition().toString());
    json.writeStringProperty("parentPosition", evidence.parentPosition().toString());
    evidence
        .transaction()
        .ifPresent(xid -> json.writeNumberProperty("xid", Integer.toUnsignedLong(xid.value())));
    json.writeStringProperty("childSnapshotBefore", evidence.childBefore());
    evidence.parent().ifPresent(snapshot -> json.writeStringProperty("parentSnapshot", snapshot));
    json.writeStringProperty("childSnapshotAfter", evidence.childAfter());
    json.writeEndObject();
  }

  static ViolationDocument read(JsonNode value) {
    return new ViolationDocument(
        Json.text(value, "id"),
        Json.text(value, "rule"),
        Json.word(Cause.class, Json.text(value, "cause")),
        Json.text(value, "severity"),
        Json.optionalText(value, "owner"),
        Json.optionalText(value, "runbook"),
        value.required("key").properties().stream()
            .map(member -> Cell.read(member.getKey(), member.getValue()))
            .toList(),
        readSide(value.required("child")),
        readSide(value.required("parent")),
        readOrphans(value.required("orphans")),
        Json.optionalInstant(value, "brokenAt"),
        Json.instant(value, "openedAt"),
        Json.instant(value, "updatedAt"),
        Json.optionalText(value, "resolution")
            .map(
                word ->
                    new Violation.Ended(
                        Json.word(Resolution.class, word), Json.instant(value, "resolvedAt"))),
        readEvidence(value.required("evidence")));
  }

  private static Side readSide(JsonNode side) {
    return new Side(
        Json.text(side, "database"),
        Json.text(side, "table"),
        side.required("columns").values().stream().map(JsonNode::stringValue).toList());
  }

  private static Orphans readOrphans(JsonNode orphans) {
    return new Orphans(
        orphans.required("count").intValue(),
        orphans.required("atLeast").booleanValue(),
        orphans.required("sample").values().stream().map(ViolationDocument::readRow).toList());
  }

  private static RowIdentity readRow(JsonNode row) {
    return new RowIdentity(
        row.properties().stream().map(Map.Entry::getKey).toList(),
        row.properties().stream().map(member -> member.getValue().stringValue()).toList());
  }

  private static Evidence readEvidence(JsonNode evidence) {
    return new Evidence(
        Position.parse(Json.text(evidence, "childPosition")),
        Position.parse(Json.text(evidence, "parentPosition")),
        evidence.optional("xid").map(xid -> TransactionId.of(xid.longValue())),
        Json.text(evidence, "childSnapshotBefore"),
        Json.optionalText(evidence, "parentSnapshot"),
        Json.text(evidence, "childSnapshotAfter"));
  }
}
