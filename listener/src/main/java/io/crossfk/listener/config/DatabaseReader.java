package io.crossfk.listener.config;

import io.crossfk.rules.text.DurationText;
import io.crossfk.rules.text.Mistakes;
import io.crossfk.rules.text.YamlMapping;
import io.crossfk.rules.text.YamlScalar;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code databases} of a configuration. No message shows a URL: it may hold a password. */
final class DatabaseReader {
  private static final String FORM = "jdbc:postgresql://host:5432/database";
  private static final Pattern OTHER_ENGINE =
      Pattern.compile("jdbc:([a-z0-9]+):.*", Pattern.DOTALL);
  private static final Pattern WITHOUT_JDBC = Pattern.compile("postgres(ql)?:.*", Pattern.DOTALL);
  private static final Pattern POSTGRESQL =
      Pattern.compile(
          "jdbc:postgresql:(?://(?<hosts>[^/?]*)(?:/[^?]*)?|/?[^/?]*)(?:\\?(?<options>.*))?");
  private static final Pattern HOST =
      Pattern.compile("(?:\\[[^]]*]|[^:\\[\\]]*)(?::(?<port>[^:]*))?");
  private static final Pattern PASSWORD_OPTION =
      Pattern.compile("(?:^|&)(?<name>password|sslpassword)=");

  private final String installation;
  private final Mistakes mistakes;
  private final Map<String, String> namesByUrlAndSlot = new HashMap<>();

  DatabaseReader(String installation, Mistakes mistakes) {
    this.installation = installation;
    this.mistakes = mistakes;
  }

  /** The databases that are right, in the order of the file. */
  Map<String, DatabaseSettings> read(YamlMapping databases) {
    Map<String, DatabaseSettings> settings = new LinkedHashMap<>();
    for (String name : databases.properties().keySet()) {
      databases
          .mapping(name)
          .flatMap(written -> database(name, written))
          .ifPresent(database -> settings.put(name, database));
    }
    return settings;
  }

  private Optional<DatabaseSettings> database(String name, YamlMapping written) {
    String slot = written.text("slot").map(YamlScalar::text).orElse(installation);
    String publication = written.text("publication").map(YamlScalar::text).orElse(installation);
    LookupSettings lookups =
        written.mapping("lookups").map(this::lookups).orElse(LookupSettings.DEFAULT);
    Duration probe =
        DurationText.read(
                written,
                "probe",
                DatabaseSettings.SHORTEST_PROBE,
                DatabaseSettings.LONGEST_PROBE,
                mistakes)
            .orElse(DatabaseSettings.DEFAULT_PROBE);
    return written
        .text("url")
        .filter(url -> isRight(url) && isAlone(name, url, slot))
        .map(
            url ->
                new DatabaseSettings(
                    name,
                    url.text(),
                    written.text("user").map(YamlScalar::text),
                    written.text("password").map(YamlScalar::text).map(Secret::new),
                    slot,
                    publication,
                    lookups,
                    written
                        .text("on-gap")
                        .map(word -> OnGap.valueOf(word.text().toUpperCase(Locale.ROOT)))
                        .orElse(OnGap.AUDIT),
                    probe));
  }

  private LookupSettings lookups(YamlMapping written) {
    return new LookupSettings(
        (int) written.wholeNumber("connections").orElse(LookupSettings.DEFAULT_CONNECTIONS),
        DurationText.read(
                written,
                "timeout",
                LookupSettings.SHORTEST_TIMEOUT,
                LookupSettings.LONGEST_TIMEOUT,
                mistakes)
            .orElse(LookupSettings.DEFAULT_TIMEOUT));
  }

  /** One slot gives each change once: of two readers each would see a part. */
  private boolean isAlone(String name, YamlScalar url, String slot) {
    String first = namesByUrlAndSlot.putIfAbsent(slot + " " + url.text(), name);
    if (first != null) {
      mistakes.add(
          url,
          "the same URL and the same slot as database \""
              + first
              + "\": use that name in the rules, or give one of them another slot");
    }
    return first == null;
  }

  private boolean isRight(YamlScalar url) {
    Optional<String> mistake = url.text().isEmpty() ? Optional.empty() : mistakeIn(url.text());
    mistake.ifPresent(message -> mistakes.add(url, message));
    return mistake.isEmpty() && !url.text().isEmpty();
  }

  private static Optional<String> mistakeIn(String url) {
    if (!url.startsWith("jdbc:postgresql:")) {
      return Optional.of(notPostgresql(url));
    }
    Matcher parts = POSTGRESQL.matcher(url);
    if (!parts.matches()) {
      return Optional.of("not a URL that the PostgreSQL driver takes: write " + FORM);
    }
    String hosts = parts.group("hosts") == null ? "" : parts.group("hosts");
    if (hosts.contains("@")) {
      return Optional.of(
          "user and password are no part of a JDBC URL: write user and password below it");
    }
    for (String host : hosts.split(",", -1)) {
      Matcher parsed = HOST.matcher(host);
      if (!parsed.matches()) {
        return Optional.of("a host with more than one colon: write " + FORM + ", IPv6 in [ ]");
      }
      if (parsed.group("port") != null && !isPort(parsed.group("port"))) {
        return Optional.of("what follows a host's colon is no port from 1 to 65535: write " + FORM);
      }
    }
    Matcher password =
        PASSWORD_OPTION.matcher(parts.group("options") == null ? "" : parts.group("options"));
    return password.find()
        ? Optional.of(
            password.group("name").equals("password")
                ? "a URL is shown in logs, so it may hold no password: write password below it"
                : "a URL is shown in logs, so it may hold no sslpassword: use a key without one")
        : Optional.empty();
  }

  private static String notPostgresql(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    Matcher other = OTHER_ENGINE.matcher(lower);
    if (other.matches() && !other.group(1).equals("postgresql")) {
      return other.group(1) + " is not watched yet: for now crossfk reads PostgreSQL only, " + FORM;
    }
    if (WITHOUT_JDBC.matcher(lower).matches()) {
      return "jdbc: is missing before it, and user and password stand below it: write " + FORM;
    }
    return "not a JDBC URL: write " + FORM;
  }

  private static boolean isPort(String text) {
    if (!text.matches("[0-9]{1,5}")) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= 65_535;
  }
}
