package io.crossfk.listener.cli;

import io.crossfk.listener.doctor.Diagnosis;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A diagnosis, for people and for machines. */
final class DoctorReport {
  private static final int WIDTH = 100;
  private static final int SUBJECT_WIDTH =
      Arrays.stream(Subject.values()).mapToInt(subject -> subject.code().length()).max().orElse(0);
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** As {@code --format} names them. */
  enum Format {
    TABLE,
    JSON;

    /**
     * @param signs whether levels may be signs, for people at a terminal; words otherwise
     */
    String text(Diagnosis diagnosis, boolean signs) {
      return this == TABLE ? table(diagnosis, signs) : json(diagnosis);
    }
  }

  private DoctorReport() {}

  private static String table(Diagnosis diagnosis, boolean signs) {
    List<String> lines = new ArrayList<>();
    Place place = null;
    for (Finding finding : diagnosis.findings()) {
      if (!finding.place().equals(place)) {
        if (place != null) {
          lines.add("");
        }
        place = finding.place();
        lines.add(name(place));
      }
      lines.addAll(lines(finding, signs));
    }
    lines.add("");
    lines.add(
        count(diagnosis, Level.ERROR, "error")
            + ", "
            + count(diagnosis, Level.WARNING, "warning")
            + ", "
            + diagnosis.count(Level.OK)
            + " ok. Nothing was changed.");
    return lines.stream().collect(Collectors.joining("\n", "", "\n"));
  }

  private static String count(Diagnosis diagnosis, Level level, String word) {
    long count = diagnosis.count(level);
    return count + " " + word + (count == 1 ? "" : "s");
  }

  private static String name(Place place) {
    return switch (place.kind()) {
      case DATABASE -> "database " + place.name();
      case TABLE -> "table " + place.name();
      case RULE -> "rule " + place.name();
      case KAFKA -> "Kafka";
      case TOPIC -> "Kafka topic " + place.name();
    };
  }

  private static List<String> lines(Finding finding, boolean signs) {
    String level = level(finding.level(), signs);
    String head = "  " + level + "  " + padded(finding.subject().code(), SUBJECT_WIDTH) + "  ";
    String margin = " ".repeat(head.length());
    List<String> lines = new ArrayList<>();
    for (String line : wrapped(found(finding), WIDTH - head.length())) {
      lines.add((lines.isEmpty() ? head : margin) + line);
    }
    finding.cure().ifPresent(cure -> lines.addAll(lines(cure, margin)));
    return lines;
  }

  /** Lines to be copied stand alone and whole. */
  private static List<String> lines(Cure cure, String margin) {
    List<String> lines = new ArrayList<>();
    String before = ("cure: " + cure.before()).stripTrailing();
    for (String line : wrapped(before, WIDTH - margin.length())) {
      lines.add(margin + line);
    }
    cure.lines().forEach(line -> lines.add(margin + "  " + line));
    if (!cure.after().isBlank()) {
      for (String line : wrapped(cure.after().strip(), WIDTH - margin.length())) {
        lines.add(margin + line);
      }
    }
    return lines;
  }

  private static String level(Level level, boolean signs) {
    if (signs) {
      return switch (level) {
        case OK -> "✓";
        case WARNING -> "!";
        case ERROR -> "✗";
      };
    }
    return padded(level.name().toLowerCase(Locale.ROOT), "warning".length());
  }

  /** Without the place's name, which is the heading. */
  private static String found(Finding finding) {
    String heading = name(finding.place());
    String found = finding.found();
    if (!found.startsWith(heading)) {
      return found;
    }
    String rest = found.substring(heading.length());
    return rest.startsWith(" ") || rest.startsWith(":") || rest.startsWith(",")
        ? rest.substring(1).strip()
        : found;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String json(Diagnosis diagnosis) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("errors", diagnosis.count(Level.ERROR));
    document.put("warnings", diagnosis.count(Level.WARNING));
    document.put("ok", diagnosis.count(Level.OK));
    document.put("findings", diagnosis.findings().stream().map(DoctorReport::object).toList());
    return MAPPER.writeValueAsString(document) + "\n";
  }

  private static Map<String, Object> object(Finding finding) {
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("kind", finding.place().kind().code());
    place.put("name", finding.place().name());
    finding.place().database().ifPresent(database -> place.put("database", database));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("level", finding.level().name().toLowerCase(Locale.ROOT));
    object.put("subject", finding.subject().code());
    object.put("place", place);
    object.put("rules", finding.rules());
    object.put("found", finding.found());
    finding
        .cure()
        .ifPresent(
            cure -> {
              Map<String, Object> told = new LinkedHashMap<>();
              told.put("kind", cure.kind().code());
              told.put("text", cure.text());
              told.put("lines", cure.lines());
              object.put("cure", told);
            });
    return object;
  }
}
