package io.crossfk.listener.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.crossfk.rules.text.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationMistakesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "DB_PASSWORD", "hunter2", "EMPTY", "", "BROKEN_URL", "jdbc:postgresql://u:hunter2@h/d");

  @TempDir Path folder;

  @BeforeEach
  void oneRightRuleFile() throws IOException {
    Files.writeString(
        folder.resolve("r.yaml"),
        "rules: [{name: r, child: 'orders:public.o(id)', parent: 'users:public.u(id)'}]");
  }

  private ConfigurationMistakes mistakesIn(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("crossfk.yaml"), text);
    ConfigurationMistakes mistakes =
        catchThrowableOfType(
            ConfigurationMistakes.class, () -> ConfigurationReader.read(file, ENVIRONMENT));
    assertThat(mistakes).isNotNull();
    assertThat(mistakes.report()).doesNotContain("hunter2");
    return mistakes;
  }

  /** Without the temporary folder. */
  private List<String> linesOf(ConfigurationMistakes mistakes) {
    return mistakes.mistakes().stream()
        .map(Mistake::toString)
        .map(line -> line.replace(folder + "/", ""))
        .toList();
  }

  private static String with(String users, String kafka, String more) {
    return """
    databases:
      orders: { url: "jdbc:postgresql:orders" }
      users:
        %s
    kafka:
      %s
    rules: [ r.yaml ]
    %s
    """
        .formatted(users, kafka, more);
  }

  static Stream<Arguments> wrongDatabase() {
    return Stream.of(
        arguments(
            "{}",
            "4:5: databases.users: \"url\" is missing, for example"
                + " jdbc:postgresql://users-db:5432/users"),
        arguments(
            "url:",
            "4:9: databases.users.url: expected text, found nothing, for example"
                + " jdbc:postgresql://users-db:5432/users"),
        arguments(
            "url: jdbc:mysql://h/d",
            "4:10: databases.users.url: mysql is not watched yet: for now crossfk reads PostgreSQL"
                + " only, jdbc:postgresql://host:5432/database"),
        arguments(
            "url: jdbc:mariadb://h/d",
            "4:10: databases.users.url: mariadb is not watched yet: for now crossfk reads"
                + " PostgreSQL only, jdbc:postgresql://host:5432/database"),
        arguments(
            "url: postgres://u:hunter2@h/d",
            "4:10: databases.users.url: jdbc: is missing before it, and user and password stand"
                + " below it: write jdbc:postgresql://host:5432/database"),
        arguments(
            "url: users-db",
            "4:10: databases.users.url: not a JDBC URL: write"
                + " jdbc:postgresql://host:5432/database"),
        arguments(
            "url: jdbc:postgresql://u:hunter2@h/d",
            "4:10: databases.users.url: user and password are no part of a JDBC URL: write user and"
                + " password below it"),
        arguments(
            "url: ${BROKEN_URL}",
            "4:10: databases.users.url: user and password are no part of a JDBC URL: write user and"
                + " password below it"),
        arguments(
            "url: jdbc:postgresql://h/d?ssl=true&password=hunter2",
            "4:10: databases.users.url: a URL is shown in logs, so it may hold no password: write"
                + " password below it"),
        arguments(
            "url: jdbc:postgresql://h/d?sslpassword=hunter2",
            "4:10: databases.users.url: a URL is shown in logs, so it may hold no sslpassword: use"
                + " a key without one"),
        arguments(
            "url: jdbc:postgresql://h:54321x/d",
            "4:10: databases.users.url: what follows a host's colon is no port from 1 to 65535:"
                + " write jdbc:postgresql://host:5432/database"),
        arguments(
            "url: jdbc:postgresql://h:99999/d",
            "4:10: databases.users.url: what follows a host's colon is no port from 1 to 65535:"
                + " write jdbc:postgresql://host:5432/database"),
        arguments(
            "url: jdbc:postgresql://::1/d",
            "4:10: databases.users.url: a host with more than one colon: write"
                + " jdbc:postgresql://host:5432/database, IPv6 in [ ]"),
        arguments(
            "url: jdbc:postgresql:orders",
            "4:10: databases.users.url: the same URL and the same slot as database \"orders\": use"
                + " that name in the rules, or give one of them another slot"),
        arguments(
            "{ url: 'jdbc:postgresql:u', host: h }",
            "4:33: databases.users.host: \"host\" is refused: it belongs into url, as in"
                + " jdbc:postgresql://host:5432/database"),
        arguments(
            "{ url: 'jdbc:postgresql:u', userName: h }",
            "4:33: databases.users.userName: \"userName\" is refused: write user"),
        arguments(
            "{ url: 'jdbc:postgresql:u', pasword: h }",
            "4:33: databases.users.pasword: unknown property \"pasword\"; did you mean"
                + " \"password\"?"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: 17 }",
            "4:43: databases.users.password: expected text, found a number: put it into quotes"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: '${EMPTY}' }",
            "4:43: databases.users.password: must not be empty, for example ${USERS_DB_PASSWORD}"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: '${DB_PASWORD}' }",
            "4:44: databases.users.password: the environment has no DB_PASWORD; did you mean"
                + " ${DB_PASSWORD}?"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: 'a${OTHER}' }",
            "4:45: databases.users.password: the environment has no OTHER: set it before crossfk"
                + " starts"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: 'a${OTHER' }",
            "4:45: databases.users.password: this ${ is never closed by a }; write $${ for the"
                + " letters themselves"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: '${A:-b}' }",
            "4:44: databases.users.password: ${A:-b} is neither ${NAME} nor ${file:/path}; write"
                + " $${ for the letters themselves"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: '${file:nowhere}' }",
            "4:44: databases.users.password: ${file:nowhere}: no such file"),
        arguments(
            "{ url: 'jdbc:postgresql:u', password: '${file:.}' }",
            "4:44: databases.users.password: ${file:.}: a folder, and no file"),
        arguments(
            "{ url: 'jdbc:postgresql:u', slot: My-Slot }",
            "4:39: databases.users.slot: \"My-Slot\" does not fit: PostgreSQL allows a-z, 0-9 and"
                + " '_' in the name of a replication slot"),
        arguments(
            "{ url: 'jdbc:postgresql:u', lookups: { connections: 0 } }",
            "4:57: databases.users.lookups.connections: 0 is below 1"),
        arguments(
            "{ url: 'jdbc:postgresql:u', lookups: { timeout: 1ms } }",
            "4:53: databases.users.lookups.timeout: 1ms is out of range: 100ms to 10m"));
  }

  @ParameterizedTest
  @MethodSource
  void wrongDatabase(String users, String mistake) throws IOException {
    ConfigurationMistakes mistakes = mistakesIn(with(users, "bootstrap.servers: k:1", ""));
    assertThat(linesOf(mistakes)).containsExactly("crossfk.yaml:" + mistake);
  }

  static Stream<Arguments> wrongKafka() {
    String missing = "6:3: kafka: \"bootstrap.servers\" is missing, for example kafka:9092";
    return Stream.of(
        arguments(
            "acks: 1",
            List.of(
                missing,
                "6:3: kafka.acks: \"acks\" is set by crossfk itself: it is all, since a verdict is"
                    + " as durable as its record; remove it here")),
        arguments(
            "{ bootstrap.servers: 'k:1', transactional.id: x }",
            List.of(
                "6:31: kafka[\"transactional.id\"]: \"transactional.id\" is set by crossfk itself:"
                    + " it comes from the installation's name, which you may set; remove it here")),
        arguments(
            "{ bootstrap.servers: 'k:1', linger.ms: [1] }",
            List.of(
                "6:42: kafka[\"linger.ms\"]: expected text or a number or true or false, found a"
                    + " list")),
        arguments(
            "{ bootstrap: { servers: 'k:1' } }",
            List.of(
                missing,
                "6:16: kafka.bootstrap: expected text or a number or true or false, found a"
                    + " mapping")),
        arguments(
            "bootstrap.servers: kafka",
            List.of(
                "6:22: kafka[\"bootstrap.servers\"]: in \"kafka\" a broker has no port: write"
                    + " host:9092, host:9092")));
  }

  @ParameterizedTest
  @MethodSource
  void wrongKafka(String kafka, List<String> expected) throws IOException {
    ConfigurationMistakes mistakes = mistakesIn(with("url: jdbc:postgresql:u", kafka, ""));
    assertThat(linesOf(mistakes))
        .containsExactlyElementsOf(
            expected.stream().map(mistake -> "crossfk.yaml:" + mistake).toList());
  }

  static Stream<Arguments> wrongElsewhere() {
    return Stream.of(
        arguments(
            "name: cross-fk",
            "8:7: name: \"cross-fk\" does not fit: the name of an installation is made of a-z, 0-9"
                + " and '_', and begins with no digit, since replication slots are named after it"),
        arguments(
            "topics: {}",
            "8:1: topics: unknown property \"topics\"; known here: audit, cache, databases, feed,"
                + " kafka, name, ops, rules"),
        arguments("feed: { partitions: 0 }", "8:21: feed.partitions: 0 is below 1"),
        arguments(
            "feed: { state: 'a b' }",
            "8:16: feed.state: \"a b\" does not fit: Kafka allows a-z, A-Z, 0-9, '.', '_' and '-'"
                + " in the name of a topic"),
        arguments(
            "feed: { state: t, violations: t }",
            "8:7: feed: violations and state are one topic, \"t\", and must be two"),
        arguments(
            "feed: { alerts: crossfk.violations }",
            "8:7: feed: violations and alerts are one topic, \"crossfk.violations\", and must be"
                + " two"),
        arguments(
            "cache: { size: big }",
            "8:16: cache.size: expected a whole number, found the text \"big\", for example"
                + " 1000000"),
        arguments("cache: { size: -1 }", "8:16: cache.size: -1 is below 0"),
        arguments(
            "ops: { listen: 8484 }",
            "8:16: ops.listen: expected text, found the number 8484: put it into quotes"),
        arguments(
            "ops: { listen: localhost }",
            "8:16: ops.listen: \"localhost\" is not host:port with a port from 0 to 65535, for"
                + " example 127.0.0.1:8484"),
        arguments(
            "ops: { listen: 'a:70000' }",
            "8:16: ops.listen: \"a:70000\" is not host:port with a port from 0 to 65535, for"
                + " example 127.0.0.1:8484"));
  }

  @ParameterizedTest
  @MethodSource
  void wrongElsewhere(String more, String mistake) throws IOException {
    ConfigurationMistakes mistakes =
        mistakesIn(with("url: jdbc:postgresql:u", "bootstrap.servers: k:1", more));
    assertThat(linesOf(mistakes)).containsExactly("crossfk.yaml:" + mistake);
  }

  @Test
  void aDatabaseWhoseNameNoRuleCouldWriteIsRefused() throws IOException {
    String text =
        with(
            "url: jdbc:postgresql:u\n  Other-DB: { url: 'jdbc:postgresql:x' }",
            "bootstrap.servers: k:1",
            "");
    assertThat(linesOf(mistakesIn(text)))
        .containsExactly(
            "crossfk.yaml:5:3: databases.Other-DB: \"Other-DB\" does not fit: a database's name is"
                + " made of a-z, 0-9, '-' and '_' (at most 100), and begins with a letter or a"
                + " digit");
  }

  @Test
  void everythingThatIsWrongInAllFilesIsToldAtOnce() throws IOException {
    Files.createDirectories(folder.resolve("rules"));
    Files.createDirectories(folder.resolve("empty"));
    Files.writeString(
        folder.resolve("rules/one.yaml"),
        "rules:\n  - name: r\n    child: orders:public.o(id)\n    parent: user:public.u(id)\n");
    Files.writeString(folder.resolve("rules/two.yaml"), "rules: [");
    Files.write(folder.resolve("rules/three.yaml"), new byte[] {'a', '\n', (byte) 0xff});

    ConfigurationMistakes mistakes =
        mistakesIn(
            """
            databases:
              users: { url: "jdbc:postgresql:u", password: "${NOPE}" }
              orders: { ulr: "jdbc:postgresql:o" }
            rules: [ nowhere.yaml, empty, rules, r.yaml ]
            feed: { partitions: many }
            """);

    assertThat(linesOf(mistakes))
        .containsExactly(
            "crossfk.yaml:1:1: $: \"kafka\" is missing, for example"
                + " {\"bootstrap.servers\":\"kafka:9092\"}",
            "crossfk.yaml:2:49: databases.users.password: the environment has no NOPE: set it"
                + " before crossfk starts",
            "crossfk.yaml:3:11: databases.orders: \"url\" is missing, for example"
                + " jdbc:postgresql://users-db:5432/users",
            "crossfk.yaml:3:13: databases.orders.ulr: unknown property \"ulr\"; did you mean"
                + " \"url\"?",
            "crossfk.yaml:4:10: rules[0]: no such file or folder: nowhere.yaml",
            "crossfk.yaml:4:24: rules[1]: no *.yaml and no *.yml in the folder empty",
            "crossfk.yaml:5:21: feed.partitions: expected a whole number, found the text \"many\","
                + " for example 3",
            "rules/one.yaml:4:13: rules[0].parent: unknown database \"user\"; did you mean"
                + " \"users\"?",
            "rules/three.yaml:2:1: $: this line is no text in UTF-8",
            "rules/two.yaml:1:9: $: not YAML: expected the node content, but found '<stream end>'"
                + " (while parsing a flow node)",
            "r.yaml:1:16: rules[0].name: the name \"r\" is taken: another rule has it at"
                + " rules/one.yaml:2:11");
    assertThat(mistakes.report()).endsWith("\n11 mistakes in 5 files; nothing was started");
    assertThat(mistakes).hasMessage(mistakes.report());
  }

  @Test
  void aConfigurationThatIsNotThereIsOneMistake() {
    ConfigurationMistakes mistakes =
        catchThrowableOfType(
            ConfigurationMistakes.class,
            () -> ConfigurationReader.read(Path.of("nowhere.yaml"), Map.of()));
    assertThat(mistakes.report())
        .isEqualTo("nowhere.yaml:1:1: $: no such file\n1 mistake in 1 file; nothing was started");
  }
}
