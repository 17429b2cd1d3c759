package io.crossfk.listener.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.model.AuditSchedule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import io.crossfk.rules.text.DurationText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ConfigurationReaderTest {
  private static final String RULE =
      "rules: [{name: %s, child: 'orders:public.orders(user_id)', parent:"
          + " 'users:public.users(id)'}]";

  @TempDir Path folder;

  private Configuration read(String text, Map<String, String> environment)
      throws ConfigurationMistakes, IOException {
    return ConfigurationReader.read(write("crossfk.yaml", text), environment);
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    return Files.writeString(file, text);
  }

  @Test
  void theShortestConfigurationHasEveryDefault() throws Exception {
    write("r.yaml", RULE.formatted("orders-user"));

    Configuration configuration =
        read(
            """
            databases:
              users: { url: "jdbc:postgresql://users-db/users" }
              orders: { url: "jdbc:postgresql:orders" }
            kafka: { bootstrap.servers: "kafka:9092" }
            rules: [ r.yaml ]
            """,
            Map.of());

    assertThat(configuration.name()).isEqualTo("crossfk");
    assertThat(configuration.transactionalId()).isEqualTo("crossfk-crossfk");
    assertThat(configuration.databases())
        .containsExactly(
            Map.entry("users", withDefaults("users", "jdbc:postgresql://users-db/users")),
            Map.entry("orders", withDefaults("orders", "jdbc:postgresql:orders")));
    assertThat(configuration.databases().get("users"))
        .extracting(DatabaseSettings::connectionProperties)
        .isEqualTo(Map.of());
    assertThat(configuration.kafka())
        .isEqualTo(new KafkaSettings(Map.of("bootstrap.servers", "kafka:9092")));
    assertThat(configuration.feed())
        .isEqualTo(new FeedSettings("crossfk.violations", "crossfk.alerts", "crossfk.state", 3));
    assertThat(configuration.cache()).isEqualTo(new CacheSettings(1_000_000));
    assertThat(configuration.ops())
        .isEqualTo(new OpsSettings(new ListenAddress("127.0.0.1", 8484)));
    assertThat(configuration.rules().rules())
        .containsExactly(
            Rule.of(
                "orders-user",
                new TableKey(new TableReference("orders", "public", "orders"), List.of("user_id")),
                new TableKey(new TableReference("users", "public", "users"), List.of("id"))));
  }

  private static DatabaseSettings withDefaults(String name, String url) {
    return new DatabaseSettings(
        name,
        url,
        Optional.empty(),
        Optional.empty(),
        "crossfk",
        "crossfk",
        new LookupSettings(4, Duration.ofSeconds(5)),
        OnGap.AUDIT,
        Duration.ofMinutes(1));
  }

  @Test
  void theConfigurationsAuditIsThatOfEachRuleThatNamesNone() throws Exception {
    write("r.yaml", RULE.formatted("never, audit: {every: 0}"));
    write("s.yaml", RULE.formatted("hourly"));

    Configuration configuration =
        read(
            """
            databases:
              users: { url: "jdbc:postgresql://users-db/users" }
              orders: { url: "jdbc:postgresql://orders-db/orders" }
            kafka: { bootstrap.servers: "a:1" }
            audit: { every: 1h }
            rules: [ r.yaml, s.yaml ]
            """,
            Map.of());

    assertThat(configuration.rules().rules())
        .extracting(rule -> rule.name() + " " + rule.audit().map(AuditSchedule::every))
        .containsExactlyInAnyOrder("never Optional.empty", "hourly Optional[PT1H]");
  }

  @Test
  void everyPropertyReachesTheSettings() throws Exception {
    write("r.yaml", RULE.formatted("orders-user"));
    write("secrets/orders", "geheim\n");

    Configuration configuration =
        read(
            """
            name: staging_2
            databases:
              users:
                url: "jdbc:postgresql://${HOST}:5432/users?sslmode=require"
                user: "reader of ${HOST}"
                password: "${PASSWORD}"
                slot: other_slot
                publication: other_publication
                lookups: { connections: 9, timeout: 250ms }
                on-gap: stop
                probe: 10s
              orders:
                url: "jdbc:postgresql://a:1,[::1]:2/orders"
                password: ${file:secrets/orders}
            kafka:
              bootstrap.servers: a:1, b:2
              linger.ms: 0x10
              security.protocol: SASL_SSL
              sasl.jaas.config: "x password='$${not} $a'"
              use.feature: True
            rules: [ r.yaml ]
            feed: { violations: v, alerts: a, state: s, partitions: 12 }
            cache: { size: 0 }
            ops: { listen: "[::]:0" }
            """,
            Map.of("HOST", "users-db", "PASSWORD", "hunter2: #1"));

    assertThat(configuration)
        .isEqualTo(
            new Configuration(
                "staging_2",
                Map.of(
                    "users",
                    new DatabaseSettings(
                        "users",
                        "jdbc:postgresql://users-db:5432/users?sslmode=require",
                        Optional.of("reader of users-db"),
                        Optional.of(new Secret("hunter2: #1")),
                        "other_slot",
                        "other_publication",
                        new LookupSettings(9, Duration.ofMillis(250)),
                        OnGap.STOP,
                        Duration.ofSeconds(10)),
                    "orders",
                    new DatabaseSettings(
                        "orders",
                        "jdbc:postgresql://a:1,[::1]:2/orders",
                        Optional.empty(),
                        Optional.of(new Secret("geheim")),
                        "staging_2",
                        "staging_2",
                        LookupSettings.DEFAULT,
                        OnGap.AUDIT,
                        Duration.ofMinutes(1))),
                new KafkaSettings(
                    Map.of(
                        "bootstrap.servers", "a:1, b:2",
                        "linger.ms", "16",
                        "security.protocol", "SASL_SSL",
                        "sasl.jaas.config", "x password='${not} $a'",
                        "use.feature", "true")),
                new FeedSettings("v", "a", "s", 12),
                new CacheSettings(0),
                new OpsSettings(new ListenAddress("::", 0)),
                configuration.rules()));
    assertThat(configuration.ops().listen()).hasToString("[::]:0");
    assertThat(configuration.toString()).doesNotContain("hunter2", "geheim", "sslmode", "not}");
    assertThat(configuration.databases().get("users"))
        .extracting(DatabaseSettings::connectionProperties)
        .isEqualTo(Map.of("user", "reader of users-db", "password", "hunter2: #1"));
  }

  @Test
  void theDefaultsThatEditorsShowAreThoseOfTheSettings() throws IOException {
    JsonNode schema;
    try (InputStream json =
        Configuration.class.getResourceAsStream("/io/crossfk/schema/crossfk.schema.json")) {
      schema = new ObjectMapper().readTree(json);
    }
    JsonNode properties = schema.path("properties");
    JsonNode lookups = schema.at("/$defs/database/properties/lookups/properties");
    assertThat(lookups.at("/connections/default").asInt())
        .isEqualTo(LookupSettings.DEFAULT_CONNECTIONS);
    assertThat(lookups.at("/timeout/default").asString())
        .isEqualTo(DurationText.print(LookupSettings.DEFAULT_TIMEOUT));
    assertThat(properties.at("/name/default").asString()).isEqualTo(Configuration.DEFAULT_NAME);
    assertThat(properties.at("/feed/properties/violations/default").asString())
        .isEqualTo(FeedSettings.DEFAULT_VIOLATIONS);
    assertThat(properties.at("/feed/properties/state/default").asString())
        .isEqualTo(FeedSettings.DEFAULT_STATE);
    assertThat(properties.at("/feed/properties/partitions/default").asInt())
        .isEqualTo(FeedSettings.DEFAULT_PARTITIONS);
    assertThat(properties.at("/cache/properties/size/default").asLong())
        .isEqualTo(CacheSettings.DEFAULT_SIZE);
    assertThat(properties.at("/ops/properties/listen/default").asString())
        .isEqualTo(OpsSettings.DEFAULT_LISTEN.toString());
  }

  @Test
  void foldersAreReadWithAllFoldersInsideInTheOrderOfTheirNames() throws Exception {
    write("rules/b.yaml", RULE.formatted("b"));
    write("rules/a/z.yml", RULE.formatted("z"));
    write("rules/.hidden/x.yaml", "no rules");
    write("rules/.x.yaml", "no rules");
    write("rules/notes.txt", "no rules");
    write("one.yaml", RULE.formatted("one"));

    String text =
        """
        databases: { users: { url: "jdbc:postgresql:u" }, orders: { url: "jdbc:postgresql:o" } }
        kafka: { bootstrap.servers: "kafka:9092" }
        rules: [ one.yaml, rules/, rules/b.yaml, ./rules/../one.yaml ]
        """;
    assertThat(read(text, Map.of()).rules().rules())
        .extracting(Rule::name)
        .containsExactly("one", "z", "b");
  }

  @Test
  void aMountedConfigMapIsReadOnceAndTheConfigurationItselfIsNoRuleFile() throws Exception {
    write("..2026/r.yaml", RULE.formatted("r"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(folder.resolve("r.yaml"), Path.of("..data/r.yaml"));

    String text =
        """
        databases: { users: { url: "jdbc:postgresql:u" }, orders: { url: "jdbc:postgresql:o" } }
        kafka: { bootstrap.servers: "kafka:9092" }
        rules: [ "." ]
        """;
    assertThat(read(text, Map.of()).rules().rules()).extracting(Rule::name).containsExactly("r");
  }

  @Test
  void theExampleIsRight() throws Exception {
    Path examples = Path.of("../rules/examples");
    Path secret = write("secret", "x");
    String text =
        Files.readString(examples.resolve("crossfk.yaml"), StandardCharsets.UTF_8)
            .replace("/run/secrets/orders", secret.toString())
            .replace("[ rules/ ]", "[ " + examples.resolve("rules").toAbsolutePath() + " ]");

    Configuration configuration = read(text, Map.of("USERS_DB_PASSWORD", "x"));

    assertThat(configuration.databases()).containsOnlyKeys("users", "orders");
    assertThat(configuration.rules().named("orders-user")).isPresent();
    assertThat(configuration.rules().named("shipments-order-line")).isPresent();
  }
}
