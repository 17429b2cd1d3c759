package io.crossfk.listener.feed;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Cause;
import io.crossfk.rules.judge.Cut;
import io.crossfk.rules.judge.RuleLife;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * One record of the state topic: crossfk's own memory, compacted by key. Keys can be read by
 * people; what a program needs stands in the value, beside the format's version.
 */
sealed interface JournalEntry {

  /** The version of the format that this code writes, and the newest that it reads. */
  int VERSION = 1;

  /** What the newest record of this key is about. */
  String key();

  /** The value's members after the version. */
  void write(JsonGenerator json);

  default byte[] toJson() {
    return Json.object(
        json -> {
          json.writeNumberProperty("v", VERSION);
          write(json);
        });
  }

  /** How far a judge has judged each database. */
  record Positions(String judge, Map<String, Position> positions) implements JournalEntry {
    static String key(String judge) {
      return "positions|" + judge;
    }

    @Override
    public String key() {
      return key(judge);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("judge", judge);
      json.writeObjectPropertyStart("positions");
      new TreeMap<>(positions)
          .forEach((database, at) -> json.writeStringProperty(database, at.toString()));
      json.writeEndObject();
    }

    static Positions read(JsonNode value) {
      return new Positions(
          Json.text(value, "judge"),
          value.required("positions").properties().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, at -> Position.parse(at.getValue().stringValue()))));
    }
  }

  /** Which server the positions of a database belong to. */
  record Database(String name, SourceIdentity identity) implements JournalEntry {
    static String key(String name) {
      return "database|" + name;
    }

    @Override
    public String key() {
      return key(name);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("database", name);
      json.writeStringProperty("system", identity.system());
      json.writeNumberProperty("timeline", identity.timeline());
      identity.reset().ifPresent(reset -> json.writeStringProperty("reset", reset));
    }

    static Database read(JsonNode value) {
      return new Database(
          Json.text(value, "database"),
          new SourceIdentity(
              Json.text(value, "system"),
              value.required("timeline").longValue(),
              Json.optionalText(value, "reset")));
    }
  }

  /** Where a rule stands in its life. */
  record RuleState(String judge, String rule, Cut.RememberedRule remembered)
      implements JournalEntry {
    static String key(String rule) {
      return "rule|" + rule;
    }

    @Override
    public String key() {
      return key(rule);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("judge", judge);
      json.writeStringProperty("rule", rule);
      json.writeStringProperty("fingerprint", remembered.fingerprint());
      json.writeBooleanProperty("removed", remembered.removed());
      remembered.auditedTo().ifPresent(place -> json.writeStringProperty("auditedTo", place));
      RuleLife life = remembered.life();
      json.writeStringProperty("life", life.word());
      switch (life) {
        case RuleLife.Baseline baseline -> {}
        case RuleLife.Watching watching -> {}
        case RuleLife.Blind blind -> {
          json.writeStringProperty("reason", blind.reason());
          json.writeStringProperty("since", blind.since().toString());
        }
        case RuleLife.Overflow overflow ->
            json.writeStringProperty("since", overflow.since().toString());
      }
    }

    static RuleState read(JsonNode value) {
      String word = Json.text(value, "life");
      RuleLife life =
          switch (word) {
            case "baseline" -> new RuleLife.Baseline();
            case "watching" -> new RuleLife.Watching();
            case "blind" ->
                new RuleLife.Blind(Json.text(value, "reason"), Json.instant(value, "since"));
            case "overflow" -> new RuleLife.Overflow(Json.instant(value, "since"));
            default -> throw new IllegalArgumentException("no life of a rule: \"" + word + "\"");
          };
      return new RuleState(
          Json.text(value, "judge"),
          Json.text(value, "rule"),
          new Cut.RememberedRule(
              Json.text(value, "fingerprint"),
              life,
              value.required("removed").booleanValue(),
              Json.optionalText(value, "auditedTo")));
    }
  }

  /** A (rule, key) to be asked again after a crash. */
  record Suspected(
      String judge,
      String rule,
      String canonicalKey,
      boolean referrers,
      Cause cause,
      Optional<Instant> brokenAt,
      Optional<TransactionId> transaction)
      implements JournalEntry {
    static String key(String rule, String canonicalKey, boolean referrers) {
      return (referrers ? "referrers|" : "suspicion|") + rule + "|" + canonicalKey;
    }

    @Override
    public String key() {
      return key(rule, canonicalKey, referrers);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("judge", judge);
      json.writeStringProperty("rule", rule);
      json.writeStringProperty("key", canonicalKey);
      json.writeStringProperty("cause", cause.word());
      // Whole precision: this is memory, not a record for people.
      brokenAt.ifPresent(at -> json.writeStringProperty("brokenAt", at.toString()));
      transaction.ifPresent(
          xid -> json.writeNumberProperty("xid", Integer.toUnsignedLong(xid.value())));
    }

    static Suspected read(JsonNode value, boolean referrers) {
      return new Suspected(
          Json.text(value, "judge"),
          Json.text(value, "rule"),
          Json.text(value, "key"),
          referrers,
          Json.word(Cause.class, Json.text(value, "cause")),
          Json.optionalInstant(value, "brokenAt"),
          value.optional("xid").map(xid -> TransactionId.of(xid.longValue())));
    }
  }

  /**
   * A violation that a judge remembers: open, or resolved and waiting for its tombstone.
   *
   * @param transition the judge's own count
   * @param before events of the same id before the judge began to count: its rule was retired, and
   *     came back before the tombstone; keeps event ids apart
   */
  record Remembered(
      String judge,
      String canonicalKey,
      Position openedAtParent,
      int transition,
      int before,
      ViolationDocument violation)
      implements JournalEntry {
    static String key(String id) {
      return "violation|" + id;
    }

    @Override
    public String key() {
      return key(violation.id());
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("judge", judge);
      json.writeStringProperty("key", canonicalKey);
      json.writeStringProperty("openedAtParent", openedAtParent.toString());
      json.writeNumberProperty("transition", transition);
      if (before > 0) {
        json.writeNumberProperty("before", before);
      }
      json.writeObjectPropertyStart("value");
      violation.write(json);
      json.writeEndObject();
    }

    static Remembered read(JsonNode value) {
      return new Remembered(
          Json.text(value, "judge"),
          Json.text(value, "key"),
          Position.parse(Json.text(value, "openedAtParent")),
          value.required("transition").intValue(),
          value.path("before").intValue(0),
          ViolationDocument.read(value.required("value")));
    }
  }

  /** A resolved violation of a rule that no judge knows any more; only its tombstone is owed. */
  record Retired(String id, Position openedAtParent, int transition, Instant forgetAt)
      implements JournalEntry {
    static String key(String id) {
      return "retired|" + id;
    }

    @Override
    public String key() {
      return key(id);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("id", id);
      json.writeStringProperty("openedAtParent", openedAtParent.toString());
      json.writeNumberProperty("transition", transition);
      json.writeStringProperty("forgetAt", forgetAt.toString());
    }

    static Retired read(JsonNode value) {
      return new Retired(
          Json.text(value, "id"),
          Position.parse(Json.text(value, "openedAtParent")),
          value.required("transition").intValue(),
          Json.instant(value, "forgetAt"));
    }
  }

  /**
   * What was told last of an incident that is not over.
   *
   * @param number how many records of it there are since it fired
   */
  record Alert(int number, AlertDocument document) implements JournalEntry {
    @Override
    public String key() {
      return "alert|" + document.id();
    }

    /** The last record of it. */
    AlertEvent resolved(String summary, Instant at) {
      return new AlertEvent(AlertEvent.Type.RESOLVED, document.resolved(summary, at), number + 1);
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeNumberProperty("number", number);
      json.writeObjectPropertyStart("value");
      document.write(json);
      json.writeEndObject();
    }

    static Alert read(JsonNode value) {
      return new Alert(
          value.required("number").intValue(), AlertDocument.read(value.required("value")));
    }
  }

  /**
   * Who writes: written first, and whenever there is nothing else to write, so that a fenced writer
   * finds out.
   *
   * @param installation whose memory this topic is; two installations must not share one
   */
  record Leader(String installation, String instance, Instant at) implements JournalEntry {
    static final String KEY = "leader";

    @Override
    public String key() {
      return KEY;
    }

    @Override
    public void write(JsonGenerator json) {
      json.writeStringProperty("installation", installation);
      json.writeStringProperty("instance", instance);
      json.writeStringProperty("at", Json.instant(at));
    }

    static Leader read(JsonNode value) {
      return new Leader(
          Json.text(value, "installation"),
          Json.text(value, "instance"),
          Json.instant(value, "at"));
    }
  }

  /**
   * Reads one record.
   *
   * @throws IllegalArgumentException if a newer version wrote it, or it is no record of the
   *     journal; the message says which
   */
  static JournalEntry read(String key, byte[] json) {
    JsonNode value = Json.read(json);
    int version = value.path("v").intValue(0);
    if (version < 1 || version > VERSION) {
      throw new IllegalArgumentException(
          "it has format version "
              + version
              + ", and this crossfk knows up to "
              + VERSION
              + "; run the version that wrote it, or a newer one");
    }
    int bar = key.indexOf('|');
    String kind = bar < 0 ? key : key.substring(0, bar);
    return switch (kind) {
      case "positions" -> Positions.read(value);
      case "database" -> Database.read(value);
      case "rule" -> RuleState.read(value);
      case "suspicion" -> Suspected.read(value, false);
      case "referrers" -> Suspected.read(value, true);
      case "violation" -> Remembered.read(value);
      case "retired" -> Retired.read(value);
      case "alert" -> Alert.read(value);
      case Leader.KEY -> Leader.read(value);
      default -> throw new IllegalArgumentException("its kind \"" + kind + "\" is unknown");
    };
  }
}
