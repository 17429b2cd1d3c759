package io.crossfk.listener.feed;

import io.crossfk.rules.key.KeyValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * One column of a violation's key as JSON shows it.
 *
 * @param text the value as PostgreSQL's messages would show it; empty for NULL
 * @param quoted whether JSON shows it as a string: everything but booleans and small integers
 */
record Cell(String column, Optional<String> text, boolean quoted) {

  /** Beyond this, readers that know only doubles would change the number. */
  private static final long EXACT_IN_A_DOUBLE = 1L << 53;

  static Cell of(String column, @Nullable KeyValue value) {
    return switch (value) {
      case null -> new Cell(column, Optional.empty(), false);
      case KeyValue.Whole whole ->
          new Cell(column, Optional.of(Long.toString(whole.value())), !isExact(whole.value()));
      case KeyValue.Decimal decimal ->
          new Cell(column, Optional.of(decimal.value().toPlainString()), true);
      case KeyValue.Text text -> new Cell(column, Optional.of(text.value()), true);
      case KeyValue.Truth truth ->
          new Cell(column, Optional.of(Boolean.toString(truth.value())), false);
    };
  }

  private static boolean isExact(long value) {
    return -EXACT_IN_A_DOUBLE <= value && value <= EXACT_IN_A_DOUBLE;
  }

  static Cell read(String column, JsonNode value) {
    return value.isNull()
        ? new Cell(column, Optional.empty(), false)
        : new Cell(column, Optional.of(value.asString()), value.isString());
  }

  void write(JsonGenerator json) {
    json.writeName(column);
    if (text.isEmpty()) {
      json.writeNull();
    } else if (quoted) {
      json.writeString(text.get());
    } else {
      json.writeRawValue(text.get());
    }
  }
}
