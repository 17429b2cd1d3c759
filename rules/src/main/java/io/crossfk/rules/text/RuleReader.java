package io.crossfk.rules.text;

import io.crossfk.rules.model.AuditSchedule;
import io.crossfk.rules.model.Existing;
import io.crossfk.rules.model.Match;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.Severity;
import io.crossfk.rules.model.TableKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Rule files to rules. Nothing is read but the texts given. */
public final class RuleReader {
  /** A week: longer than any service's retries, and short enough to be noticed. */
  static final Duration LONGEST_GRACE = Duration.ofDays(7);

  private final Optional<Set<String>> databases;
  private final Optional<AuditSchedule> schedule;
  private final Mistakes mistakes;
  private final int mistakesBefore;
  private final Map<String, Place> namePlaces = new HashMap<>();

  private RuleReader(
      Optional<Set<String>> databases, Optional<AuditSchedule> schedule, Mistakes mistakes) {
    this.databases = databases;
    this.schedule = schedule;
    this.mistakes = mistakes;
    this.mistakesBefore = mistakes.count();
  }

  /**
   * Reads all files, even if some are wrong.
   *
   * @param databases the names that rules may use; nothing to allow any
   * @param schedule of rules that name none
   * @param mistakes learns of everything that is wrong in any of the files
   * @return the rules of all files, or nothing if there is a mistake in one of them
   */
  public static Optional<RuleSet> read(
      List<SourceText> files,
      Optional<Set<String>> databases,
      Optional<AuditSchedule> schedule,
      Mistakes mistakes) {
    RuleReader reader = new RuleReader(databases, schedule, mistakes);
    List<Rule> rules = new ArrayList<>();
    for (SourceText file : files) {
      DocumentSchema.RULES
          .read(file, Substitution.NONE, mistakes)
          .ifPresent(root -> rules.addAll(reader.rules(root)));
    }
    return reader.allIsWell() ? Optional.of(new RuleSet(rules)) : Optional.empty();
  }

  private boolean allIsWell() {
    return mistakes.count() == mistakesBefore;
  }

  private List<Rule> rules(YamlMapping root) {
    List<Rule> rules = new ArrayList<>();
    root.sequence("rules").map(YamlSequence::items).orElse(List.of()).stream()
        .filter(YamlMapping.class::isInstance)
        .map(YamlMapping.class::cast)
        .forEach(written -> rule(written).ifPresent(rules::add));
    return rules;
  }

  /** The rule, as far as it can be told; the schema has reported what is missing or misshapen. */
  private Optional<Rule> rule(YamlMapping written) {
    Optional<YamlScalar> name = written.text("name");
    name.ifPresent(this::claim);
    Optional<TableKey> child = side(written, "child");
    Optional<TableKey> parent = side(written, "parent");
    Optional<Duration> grace =
        DurationText.read(written, "grace", Duration.ZERO, LONGEST_GRACE, mistakes);
    Optional<YamlMapping> ownAudit = written.mapping("audit");
    Optional<AuditSchedule> audit =
        ownAudit.isPresent() ? ScheduleReader.read(ownAudit.get(), mistakes) : schedule;
    if (child.isEmpty() || parent.isEmpty()) {
      return Optional.empty();
    }
    if (child.get().columns().size() != parent.get().columns().size()) {
      differInNumber(written, child.get(), parent.get());
      return Optional.empty();
    }
    if (name.isEmpty() || !allIsWell()) {
      return Optional.empty();
    }
    return Optional.of(
        new Rule(
            name.get().text(),
            child.get(),
            parent.get(),
            word(written, "match", Match.class).orElse(Match.SIMPLE),
            grace.orElse(Rule.DEFAULT_GRACE),
            word(written, "severity", Severity.class).orElse(Severity.ERROR),
            written.text("owner").map(YamlScalar::text),
            written.text("runbook").map(YamlScalar::text),
            written.text("description").map(YamlScalar::text),
            written.truth("enabled").orElse(true),
            (int) written.wholeNumber("max-open").orElse(Rule.DEFAULT_MAX_OPEN),
            word(written, "existing", Existing.class).orElse(Existing.REPORT),
            audit));
  }

  /** Names are unique over all files, since they stand for the rule in the journal and the feed. */
  private void claim(YamlScalar name) {
    Place first = namePlaces.putIfAbsent(name.text(), name.place());
    if (first != null) {
      mistakes.add(
          name, "the name \"" + name.text() + "\" is taken: another rule has it at " + first);
    }
  }

  private Optional<TableKey> side(YamlMapping written, String side) {
    Optional<YamlScalar> scalar = written.text(side).filter(text -> !text.text().isEmpty());
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    return switch (ReferenceText.parse(scalar.get().text())) {
      case ReferenceText.Reading.Misunderstood wrong -> {
        wrong.database().ifPresent(database -> checkDatabase(database, scalar.get()));
        mistakes.add(scalar.get(), wrong.offset(), wrong.message());
        yield Optional.empty();
      }
      case ReferenceText.Reading.Understood understood -> {
        checkDatabase(understood.key().database(), scalar.get());
        yield Optional.of(understood.key());
      }
    };
  }

  private void checkDatabase(String database, YamlScalar reference) {
    if (databases.isPresent() && !databases.get().contains(database)) {
      mistakes.add(
          reference,
          "unknown database \"" + database + "\"" + Suggestions.cure(database, databases.get()));
    }
  }

  private void differInNumber(YamlMapping written, TableKey child, TableKey parent) {
    YamlScalar scalar = written.text("parent").orElseThrow();
    int offset =
        ReferenceText.parse(scalar.text()) instanceof ReferenceText.Reading.Understood understood
            ? understood.columnsOffset()
            : 0;
    mistakes.add(
        scalar,
        offset,
        counted(parent)
            + " here and "
            + counted(child)
            + " in child: they are paired by position, so write as many");
  }

  private static String counted(TableKey key) {
    int count = key.columns().size();
    return count + (count == 1 ? " column" : " columns");
  }

  private static <E extends Enum<E>> Optional<E> word(
      YamlMapping written, String name, Class<E> words) {
    return written
        .text(name)
        .map(text -> Enum.valueOf(words, text.text().toUpperCase(Locale.ROOT)));
  }
}
