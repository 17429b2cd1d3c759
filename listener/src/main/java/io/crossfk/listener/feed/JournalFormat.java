package io.crossfk.listener.feed;

import tools.jackson.databind.JsonNode;

/** The version around every record of the journal, and which reader its key asks for. */
final class JournalFormat {

  /** What this code writes, and the newest that it reads. */
  private static final int VERSION = 1;

  private JournalFormat() {}

  static byte[] write(JournalEntry entry) {
    return Json.object(
        json -> {
          json.writeNumberProperty("v", VERSION);
          entry.write(json);
        });
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
      case "positions" -> JournalEntry.Positions.read(value);
      case "database" -> JournalEntry.Database.read(value);
      case "rule" -> JournalEntry.RuleState.read(value);
      case "suspicion" -> JournalEntry.Suspected.read(value, false);
      case "referrers" -> JournalEntry.Suspected.read(value, true);
      case "violation" -> JournalEntry.Remembered.read(value);
      case "retired" -> JournalEntry.Retired.read(value);
      case JournalEntry.Leader.KEY -> JournalEntry.Leader.read(value);
      default -> throw new IllegalArgumentException("its kind \"" + kind + "\" is unknown");
    };
  }
}
