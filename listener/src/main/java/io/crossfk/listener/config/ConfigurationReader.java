package io.crossfk.listener.config;

import io.crossfk.rules.text.DocumentSchema;
import io.crossfk.rules.text.Mistakes;
import io.crossfk.rules.text.Place;
import io.crossfk.rules.text.RuleReader;
import io.crossfk.rules.text.RuleSet;
import io.crossfk.rules.text.ScheduleReader;
import io.crossfk.rules.text.SourceText;
import io.crossfk.rules.text.YamlMapping;
import io.crossfk.rules.text.YamlScalar;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads crossfk.yaml and the rule files it names. What is wrong in one part does not hide what is
 * wrong in another.
 */
public final class ConfigurationReader {
  private static final Pattern BROKER = Pattern.compile("\\S+:[0-9]{1,5}");

  private final Path file;
  private final Path folder;
  private final Mistakes mistakes = new Mistakes();

  private ConfigurationReader(Path file) {
    this.file = file;
    Path parent = file.getParent();
    this.folder = parent == null ? Path.of("") : parent;
  }

  /** Reads a configuration in this process's environment. */
  public static Configuration read(Path file) throws ConfigurationMistakes {
    return read(file, System.getenv());
  }

  /**
   * @param file crossfk.yaml; mistakes show it as it is given
   * @param environment what {@code ${NAME}} is looked up in
   * @throws ConfigurationMistakes with everything that is wrong in all files
   */
  public static Configuration read(Path file, Map<String, String> environment)
      throws ConfigurationMistakes {
    ConfigurationReader reader = new ConfigurationReader(file);
    Optional<Configuration> configuration = reader.configuration(environment);
    if (configuration.isEmpty() || !reader.mistakes.isEmpty()) {
      throw new ConfigurationMistakes(reader.mistakes.all());
    }
    return configuration.get();
  }

  private Optional<Configuration> configuration(Map<String, String> environment) {
    return text()
        .flatMap(
            source ->
                DocumentSchema.CROSSFK.read(source, new Variables(folder, environment), mistakes))
        .flatMap(this::configuration);
  }

  private Optional<SourceText> text() {
    return switch (TextFiles.read(file, RuleFiles.LONGEST_FILE)) {
      case TextFiles.Content.Text text -> Optional.of(new SourceText(file.toString(), text.text()));
      case TextFiles.Content.Unreadable unreadable -> {
        mistakes.add(new Place(file.toString(), unreadable.line(), 1), "", unreadable.reason());
        yield Optional.empty();
      }
    };
  }

  /** Reads every part before it asks whether all is well. */
  private Optional<Configuration> configuration(YamlMapping root) {
    String name = root.text("name").map(YamlScalar::text).orElse(Configuration.DEFAULT_NAME);
    Optional<YamlMapping> written = root.mapping("databases");
    Map<String, DatabaseSettings> databases =
        written.map(new DatabaseReader(name, mistakes)::read).orElse(Map.of());
    Map<String, String> kafka = root.mapping("kafka").map(this::kafka).orElse(Map.of());
    FeedSettings feed = root.mapping("feed").map(this::feed).orElse(FeedSettings.DEFAULT);
    CacheSettings cache =
        root.mapping("cache").map(ConfigurationReader::cache).orElse(CacheSettings.DEFAULT);
    OpsSettings ops = root.mapping("ops").map(this::ops).orElse(OpsSettings.DEFAULT);
    Optional<Set<String>> names = written.map(mapping -> mapping.properties().keySet());
    Optional<RuleSet> rules =
        RuleReader.read(
            RuleFiles.read(root, file, folder, mistakes),
            names,
            root.mapping("audit").flatMap(audit -> ScheduleReader.read(audit, mistakes)),
            mistakes);
    if (rules.isEmpty() || !mistakes.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Configuration(
            name, databases, new KafkaSettings(kafka), feed, cache, ops, rules.get()));
  }

  private Map<String, String> kafka(YamlMapping written) {
    Map<String, String> properties = new LinkedHashMap<>();
    written
        .properties()
        .forEach(
            (name, property) -> {
              String reason = KafkaSettings.SET_BY_CROSSFK.get(name);
              if (reason != null) {
                mistakes.add(
                    property.place(),
                    property.value().path(),
                    "\"" + name + "\" is set by crossfk itself: " + reason + "; remove it here");
              }
              written.scalar(name).ifPresent(value -> properties.put(name, plain(value)));
            });
    written.text(KafkaSettings.BOOTSTRAP_SERVERS).ifPresent(this::checkBrokers);
    return properties;
  }

  /** As Kafka's own properties files have it, whatever YAML allows for the same number. */
  private static String plain(YamlScalar value) {
    OptionalLong number = value.wholeNumber();
    if (number.isPresent()) {
      return Long.toString(number.getAsLong());
    }
    return value.kind() == YamlScalar.Kind.TRUTH
        ? value.text().toLowerCase(Locale.ROOT)
        : value.text();
  }

  private void checkBrokers(YamlScalar brokers) {
    for (String broker : brokers.text().split(",", -1)) {
      if (!broker.isBlank() && !BROKER.matcher(broker.strip()).matches()) {
        mistakes.add(
            brokers,
            "in \"" + brokers.shown() + "\" a broker has no port: write host:9092, host:9092");
      }
    }
  }

  private FeedSettings feed(YamlMapping written) {
    String violations =
        written.text("violations").map(YamlScalar::text).orElse(FeedSettings.DEFAULT_VIOLATIONS);
    String alerts =
        written.text("alerts").map(YamlScalar::text).orElse(FeedSettings.DEFAULT_ALERTS);
    String state = written.text("state").map(YamlScalar::text).orElse(FeedSettings.DEFAULT_STATE);
    oneTopic(written, "violations", violations, "state", state);
    oneTopic(written, "violations", violations, "alerts", alerts);
    oneTopic(written, "alerts", alerts, "state", state);
    return new FeedSettings(
        violations,
        alerts,
        state,
        (int) written.wholeNumber("partitions").orElse(FeedSettings.DEFAULT_PARTITIONS));
  }

  private void oneTopic(YamlMapping written, String one, String its, String other, String topic) {
    if (its.equals(topic)) {
      mistakes.add(
          written, one + " and " + other + " are one topic, \"" + topic + "\", and must be two");
    }
  }

  private static CacheSettings cache(YamlMapping written) {
    return new CacheSettings(written.wholeNumber("size").orElse(CacheSettings.DEFAULT_SIZE));
  }

  private OpsSettings ops(YamlMapping written) {
    return written
        .text("listen")
        .flatMap(
            text -> {
              Optional<ListenAddress> address = ListenAddress.parse(text.text());
              if (address.isEmpty()) {
                mistakes.add(
                    text,
                    "\""
                        + text.shown()
                        + "\" is not host:port with a port from 0 to 65535, for example "
                        + OpsSettings.DEFAULT_LISTEN);
              }
              return address;
            })
        .map(OpsSettings::new)
        .orElse(OpsSettings.DEFAULT);
  }
}
