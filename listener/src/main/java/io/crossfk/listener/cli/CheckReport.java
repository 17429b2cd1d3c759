package io.crossfk.listener.cli;

import io.crossfk.listener.audit.CheckOutcome;
import io.crossfk.listener.audit.CheckOutcome.Checked;
import io.crossfk.listener.audit.CheckOutcome.Failed;
import io.crossfk.listener.audit.CheckOutcome.FoundViolation;
import io.crossfk.rules.judge.RowIdentity;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.Rule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a check found, for people and for machines. */
final class CheckReport {
  /** Violations that are told in full to people; machines get all. */
  private static final int SHOWN = 20;

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** As {@code --format} names them. */
  enum Format {
    TABLE,
    JSON,
    JUNIT;

    String text(List<CheckOutcome> outcomes) {
      return switch (this) {
        case TABLE -> table(outcomes);
        case JSON -> json(outcomes);
        case JUNIT -> JunitReport.of(outcomes);
      };
    }
  }

  private CheckReport() {}

  private static String table(List<CheckOutcome> outcomes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("RULE", "CHILD ROWS", "PARENT ROWS", "BROKEN KEYS", "TIME"));
    List<String> details = new ArrayList<>();
    for (CheckOutcome outcome : outcomes) {
      switch (outcome) {
        case Checked checked -> {
          rows.add(
              List.of(
                  name(outcome),
                  number(checked.childRows()),
                  number(checked.parentRows()),
                  count(checked),
                  seconds(outcome)));
          details(checked, details);
        }
        case Failed failed -> rows.add(List.of(name(outcome), "-", "-", "?", seconds(outcome)));
      }
    }
    StringBuilder text = new StringBuilder();
    columns(rows).forEach(line -> text.append(line).append('\n'));
    details.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  private static void details(Checked checked, List<String> lines) {
    checked.violations().stream()
        .limit(SHOWN)
        .forEach(violation -> lines.add(sentence(checked, violation)));
    int left = checked.violations().size() - SHOWN;
    if (left > 0) {
      lines.add("%s: and %s more; --format json tells all".formatted(name(checked), number(left)));
    }
  }

  private static List<String> columns(List<List<String>> rows) {
    int[] widths =
        IntStream.range(0, rows.getFirst().size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, widths.length)
                    .mapToObj(
                        column -> {
                          String pad = " ".repeat(widths[column] - row.get(column).length());
                          return column == 0 ? row.get(column) + pad : pad + row.get(column);
                        })
                    .collect(Collectors.joining("  "))
                    .stripTrailing())
        .toList();
  }

  /** In the words of PostgreSQL's own message. */
  static String sentence(Checked checked, FoundViolation violation) {
    Rule rule = checked.rule().rule();
    String values =
        violation.key().values().stream()
            .map(value -> value == null ? "null" : harmless(value.asText()))
            .collect(Collectors.joining(", "));
    String key = "Key (%s)=(%s)".formatted(String.join(", ", rule.child().columns()), values);
    int count = violation.orphans().count();
    String orphans =
        (violation.orphans().atLeast() ? "at least " : "")
            + count
            + (count == 1 ? " orphan" : " orphans");
    return violation.key().partlyNull()
        ? "%s: %s of %s mixes null and nonnull values, which MATCH FULL does not allow: %s"
            .formatted(rule.name(), key, rule.child().table(), orphans)
        : "%s: %s of %s is not present in %s: %s"
            .formatted(rule.name(), key, rule.child().table(), rule.parent(), orphans);
  }

  private static String harmless(String value) {
    return CONTROL.matcher(value).replaceAll(" ");
  }

  static String name(CheckOutcome outcome) {
    return outcome.rule().rule().name();
  }

  static String count(Checked checked) {
    return (checked.more() ? "more than " : "") + number(checked.violations().size());
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String seconds(CheckOutcome outcome) {
    return String.format(Locale.ROOT, "%.1f s", outcome.time().toMillis() / 1e3);
  }

  private static String json(List<CheckOutcome> outcomes) {
    return MAPPER.writeValueAsString(
            Map.of("rules", outcomes.stream().map(CheckReport::object).toList()))
        + "\n";
  }

  private static Map<String, Object> object(CheckOutcome outcome) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rule", name(outcome));
    object.put("seconds", outcome.time().toMillis() / 1e3);
    switch (outcome) {
      case Checked checked -> {
        object.put("status", checked.violations().isEmpty() ? "clean" : "broken");
        object.put("childRows", checked.childRows());
        object.put("parentRows", checked.parentRows());
        object.put("candidates", checked.candidates());
        object.put("brokenKeys", checked.violations().size());
        object.put("more", checked.more());
        object.put(
            "violations",
            checked.violations().stream().map(violation -> object(checked, violation)).toList());
      }
      case Failed failed -> {
        object.put("status", "failed");
        object.put("database", failed.database());
        object.put("reason", failed.reason());
      }
    }
    return object;
  }

  private static Map<String, Object> object(Checked checked, FoundViolation violation) {
    Rule rule = checked.rule().rule();
    Map<String, @Nullable Object> key = new LinkedHashMap<>();
    for (int column = 0; column < violation.key().size(); column++) {
      key.put(rule.child().columns().get(column), scalar(violation.key(), column));
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("id", rule.name() + "|" + checked.rule().shape().canonical(violation.key()));
    object.put("summary", sentence(checked, violation));
    object.put("key", key);
    object.put(
        "orphans",
        Map.of(
            "count", violation.orphans().count(),
            "atLeast", violation.orphans().atLeast(),
            "sample", violation.orphans().sample().stream().map(CheckReport::row).toList()));
    return object;
  }

  /** Integers beyond 2^53 and numerics are strings, as in the feed. */
  private static @Nullable Object scalar(Key key, int column) {
    KeyValue value = key.value(column);
    return switch (value) {
      case null -> null;
      case KeyValue.Whole(long whole) when Math.abs(whole) <= 1L << 53 -> whole;
      case KeyValue.Truth(boolean truth) -> truth;
      default -> value.asText();
    };
  }

  private static Map<String, String> row(RowIdentity row) {
    Map<String, String> object = new LinkedHashMap<>();
    for (int column = 0; column < row.columns().size(); column++) {
      object.put(row.columns().get(column), row.values().get(column));
    }
    return object;
  }
}
