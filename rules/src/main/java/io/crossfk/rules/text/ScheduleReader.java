package io.crossfk.rules.text;

import io.crossfk.rules.model.AuditSchedule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** Reads {@code audit: {every: 24h, window: "02:00-05:00", zone: Europe/Paris}}. */
public final class ScheduleReader {
  private static final Duration LONGEST = Duration.ofDays(366);
  private static final int TIME_LENGTH = "02:00".length();

  private ScheduleReader() {}

  /**
   * @return nothing if rules are not audited on a schedule ({@code every: 0}), or if it is wrong; a
   *     wrong one is reported
   */
  public static Optional<AuditSchedule> read(YamlMapping written, Mistakes mistakes) {
    Optional<Duration> every =
        DurationText.read(written, "every", Duration.ZERO, LONGEST, mistakes);
    Optional<AuditSchedule.Window> window = window(written, mistakes);
    return every.filter(Duration::isPositive).map(pause -> new AuditSchedule(pause, window));
  }

  private static Optional<AuditSchedule.Window> window(YamlMapping written, Mistakes mistakes) {
    Optional<ZoneId> zone = zone(written, mistakes);
    Optional<YamlScalar> hours = written.text("window");
    if (hours.isEmpty() || zone.isEmpty()) {
      return Optional.empty();
    }
    String text = hours.get().text();
    if (!text.matches("([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")) {
      return Optional.empty(); // The schema's pattern has reported it.
    }
    LocalTime from = LocalTime.parse(text.substring(0, TIME_LENGTH));
    LocalTime to = LocalTime.parse(text.substring(TIME_LENGTH + 1));
    if (from.equals(to)) {
      mistakes.add(hours.get(), "\"" + text + "\" is empty: leave window out for the whole day");
      return Optional.empty();
    }
    return Optional.of(new AuditSchedule.Window(from, to, zone.get()));
  }

  private static Optional<ZoneId> zone(YamlMapping written, Mistakes mistakes) {
    Optional<YamlScalar> name = written.text("zone");
    if (name.isEmpty()) {
      return Optional.of(ZoneOffset.UTC);
    }
    try {
      return Optional.of(ZoneId.of(name.get().text()));
    } catch (DateTimeException unknown) {
      mistakes.add(
          name.get(),
          "there is no time zone \""
              + name.get().shown()
              + "\""
              + Suggestions.cure(name.get().text(), ZoneId.getAvailableZoneIds()));
      return Optional.empty();
    }
  }
}
