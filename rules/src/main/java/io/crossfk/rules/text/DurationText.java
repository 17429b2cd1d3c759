package io.crossfk.rules.text;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 0}.
 */
public final class DurationText {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");

  private DurationText() {}

  /** The duration of a text, or nothing if it has another form. Only zero needs no unit. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    if (unit == null) {
      return number == 0 ? Optional.of(Duration.ZERO) : Optional.empty();
    }
    return Optional.of(
        switch (unit) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        });
  }

  /**
   * The duration of a property, or nothing if it is not there or wrong; a wrong one is reported.
   */
  public static Optional<Duration> read(
      YamlMapping mapping, String name, Duration least, Duration most, Mistakes mistakes) {
    Optional<YamlScalar> scalar = mapping.scalar(name);
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> duration = parse(scalar.get().text());
    if (duration.isEmpty()) {
      // The schema's pattern reports texts; only a bare number reaches its limits here.
      if (scalar.get().kind() == YamlScalar.Kind.WHOLE_NUMBER) {
        String shown = scalar.get().shown();
        mistakes.add(
            scalar.get(),
            shown + " has no unit: write " + shown + "ms, " + shown + "s or " + shown + "m");
      }
      return Optional.empty();
    }
    if (duration.get().compareTo(least) < 0 || duration.get().compareTo(most) > 0) {
      mistakes.add(
          scalar.get(),
          scalar.get().shown() + " is out of range: " + print(least) + " to " + print(most));
      return Optional.empty();
    }
    return duration;
  }

  /** The shortest form in one unit; the opposite of {@link #parse}, in whole milliseconds. */
  public static String print(Duration duration) {
    long milliseconds = duration.toMillis();
    if (milliseconds == 0) {
      return "0";
    }
    if (milliseconds % 3_600_000 == 0) {
      return milliseconds / 3_600_000 + "h";
    }
    if (milliseconds % 60_000 == 0) {
      return milliseconds / 60_000 + "m";
    }
    return milliseconds % 1000 == 0 ? milliseconds / 1000 + "s" : milliseconds + "ms";
  }
}
