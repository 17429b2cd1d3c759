package io.crossfk.listener.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.feed.FeedExamination;
import io.crossfk.listener.feed.FeedSettings;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Subject;
import io.crossfk.sandbox.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each bad situation of Kafka is made, told, cured by the commands that are printed, and gone. */
class DoctorKafkaIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MOST_ROUNDS = 6;
  private static final String SOUND =
      "cleanup.policy=compact min.insync.replicas=2 unclean.leader.election.enable=false"
          + " min.compaction.lag.ms=604800000";

  private static KafkaBroker kafka = KafkaBroker.start();
  private static Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));

  /** Lets nobody but the boss do anything, and has short transactions. */
  private static KafkaBroker strict = kafka;

  @BeforeAll
  static void start() {
    strict =
        KafkaBroker.builder()
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .setting("super.users", "User:boss")
            .setting(
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT")
            .setting("sasl.enabled.mechanisms", "PLAIN")
            .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .setting("sasl.mechanism.controller.protocol", "PLAIN")
            .setting("inter.broker.listener.name", "PLAINTEXT")
            .setting("listener.name.plaintext.plain.sasl.jaas.config", users())
            .setting("listener.name.controller.plain.sasl.jaas.config", users())
            .setting("transaction.max.timeout.ms", "60000")
            .start();
  }

  @AfterAll
  static void close() {
    admin.close();
    kafka.close();
    strict.close();
  }

  private static FeedSettings feed(String name, Map<String, String> properties) {
    return new FeedSettings(
        name, name + ".violations", name + ".alerts", name + ".state", 3, properties);
  }

  private static List<Finding> complaints(FeedSettings feed) throws InterruptedException {
    return FeedExamination.examine(feed).stream()
        .filter(finding -> finding.level() != Level.OK)
        .toList();
  }

  /** As a DBA made it, with one setting otherwise. */
  private static void create(String topic, int partitions, String setting) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (String each : (SOUND + " " + setting).split(" ", -1)) {
      settings.put(each.split("=", 2)[0], each.split("=", 2)[1]);
    }
    admin
        .createTopics(
            List.of(
                new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings)))
        .all()
        .get();
  }

  @ParameterizedTest(name = "{2} of {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          violations | 3 | cleanup.policy=delete                | ERROR   | TOPIC_CLEANUP
          violations | 3 | cleanup.policy=compact,delete        | WARNING | TOPIC_CLEANUP
          state      | 1 | cleanup.policy=compact,delete        | ERROR   | TOPIC_CLEANUP
          state      | 1 | min.insync.replicas=1                | WARNING | TOPIC_REPLICAS
          violations | 3 | unclean.leader.election.enable=true  | WARNING | TOPIC_ELECTION
          violations | 3 | min.compaction.lag.ms=0              | WARNING | TOPIC_COMPACTION_LAG
          state      | 2 | cleanup.policy=compact               | ERROR   | TOPIC_PARTITIONS
          alerts     | 1 | cleanup.policy=delete                | ERROR   | TOPIC_CLEANUP
          """)
  void aTopicIsToldAndCuredByWhatIsPrinted(
      String topic, int partitions, String setting, Level level, Subject subject) throws Exception {
    FeedSettings feed =
        feed(
            "t" + Integer.toHexString(List.of(topic, setting, partitions).hashCode()),
            Map.of("bootstrap.servers", kafka.bootstrapServers()));
    create(feed.name() + "." + topic, partitions, setting);

    List<Finding> told = complaints(feed);

    assertThat(told).hasSize(1);
    assertThat(told.getFirst().level()).isEqualTo(level);
    assertThat(told.getFirst().subject()).isEqualTo(subject);
    assertThat(told.getFirst().place().name()).isEqualTo(feed.name() + "." + topic);
    for (String command : told.getFirst().cure().orElseThrow().lines()) {
      new KafkaTools(admin, "User:nobody").run(command);
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(complaints(feed)).isEmpty());
  }

  @Test
  void rightsAreToldAndGrantedByWhatIsPrinted() throws Exception {
    FeedSettings feed = feed("rights", as("crossfk"));
    Set<Subject> seen = EnumSet.noneOf(Subject.class);
    try (Admin boss = Admin.create(new HashMap<>(as("boss")))) {
      KafkaTools tools = new KafkaTools(boss, "User:crossfk");
      List<Finding> told = new ArrayList<>(complaints(feed));
      for (int round = 1; !told.isEmpty(); round++) {
        assertThat(round).as("still there: %s", told).isLessThanOrEqualTo(MOST_ROUNDS);
        for (Finding finding : told) {
          seen.add(finding.subject());
          assertThat(finding.cure().orElseThrow().kind()).isEqualTo(Cure.Kind.COMMAND);
          for (String command : finding.cure().orElseThrow().lines()) {
            tools.run(command);
          }
        }
        List<Finding> before = List.copyOf(told);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  told.clear();
                  told.addAll(complaints(feed));
                  assertThat(told).doesNotContainAnyElementsOf(before);
                });
      }
    }
    assertThat(seen)
        .contains(
            Subject.TOPIC_RIGHTS,
            Subject.TOPIC_EXISTS,
            Subject.TOPIC_SETTINGS_HIDDEN,
            Subject.KAFKA_TRANSACTIONS,
            Subject.KAFKA_GROUP);
  }

  @Test
  void aTransactionThatIsTooLongForTheBrokersIsTold() throws Exception {
    Map<String, String> boss = new HashMap<>(as("boss"));

    List<Finding> told = complaints(feed("long", boss));

    assertThat(told).hasSize(1);
    assertThat(told.getFirst().subject()).isEqualTo(Subject.KAFKA_TRANSACTIONS);
    assertThat(told.getFirst().sentence()).endsWith("; set kafka: transaction.timeout.ms: 60000");
    boss.put("transaction.timeout.ms", "60000");
    assertThat(complaints(feed("long", boss))).isEmpty();
  }

  @Test
  void whatCannotBeReachedMayPassAndWhatRefusesDoesNot() throws Exception {
    List<Finding> nobody = complaints(feed("x", Map.of("bootstrap.servers", "127.0.0.1:1")));
    assertThat(nobody).hasSize(1);
    assertThat(nobody.getFirst().subject()).isEqualTo(Subject.KAFKA_REACHABLE);
    assertThat(nobody.getFirst().mayPass()).isTrue();

    List<Finding> stranger = complaints(feed("x", as("stranger")));
    assertThat(stranger).hasSize(1);
    assertThat(stranger.getFirst().sentence()).contains("does not accept crossfk's credentials");
    assertThat(stranger.getFirst().mayPass()).isFalse();

    Map<String, String> loose = Map.of("bootstrap.servers", "127.0.0.1:1", "acks", "1");
    assertThat(complaints(feed("x", loose)).getFirst())
        .satisfies(
            finding -> {
              assertThat(finding.subject()).isEqualTo(Subject.KAFKA_PROPERTIES);
              assertThat(finding.sentence()).endsWith("; take the line out");
            });
  }

  private static Map<String, String> as(String user) {
    return Map.of(
        "bootstrap.servers",
        strict.bootstrapServers(),
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
            + user
            + "\" password=\"secret\";");
  }

  private static String users() {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"boss\""
        + " password=\"secret\" user_boss=\"secret\" user_crossfk=\"secret\";";
  }
}
