package io.crossfk.listener.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Subject;
import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each bad situation of a database is made, told, cured by the very lines that are printed, and
 * gone.
 */
class DoctorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A cure may uncover what is next; it must come to an end. */
  private static final int MOST_ROUNDS = 3;

  @TempDir private static Path folder;
  private static Map<Integer, PostgresServer> servers = Map.of();

  @BeforeAll
  static void start() throws SQLException {
    servers = Map.of(14, server(14), 18, server(18));
  }

  private static PostgresServer server(int version) throws SQLException {
    return Clinic.prepare(
        PostgresServer.builder()
            .version(version)
            .name("doctor")
            .setting("max_slot_wal_keep_size", "10GB")
            .start());
  }

  @AfterAll
  static void close() {
    servers.values().forEach(PostgresServer::close);
  }

  @AfterEach
  void settingsAsTheyWere() throws SQLException {
    for (PostgresServer server : servers.values()) {
      server.execute("postgres", "alter system reset all");
      server.execute("postgres", "select pg_reload_conf()");
    }
  }

  private static Clinic clinic(int version) throws Exception {
    return clinic(version, Clinic.NO_KAFKA);
  }

  private static Clinic clinic(int version, String kafka) throws Exception {
    return Clinic.open(Objects.requireNonNull(servers.get(version)), folder, kafka);
  }

  static Stream<Situation> situations() {
    return Situations.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("situations")
  void isToldAndCuredByWhatIsPrinted(Situation situation) throws Exception {
    try (Clinic clinic = clinic(situation.version())) {
      isToldAndCured(situation, clinic);
    }
  }

  private static void isToldAndCured(Situation situation, Clinic clinic) throws Exception {
    clinic.run(situation.database(), situation.sql());

    List<Finding> told = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .untilAsserted(
            () -> {
              told.clear();
              told.addAll(clinic.complaints());
              assertThat(told)
                  .anySatisfy(
                      finding -> {
                        assertThat(finding.subject()).isEqualTo(situation.subject());
                        assertThat(finding.level()).isEqualTo(situation.level());
                        assertThat(finding.sentence()).contains(situation.text());
                      })
                  .allSatisfy(
                      finding -> assertThat(situation.subjects()).contains(finding.subject()));
            });
    if (situation.harmful()) {
      assertThatThrownBy(() -> clinic.run("orders", List.of("update orders set id = id")))
          .isInstanceOf(SQLException.class);
    }
    for (int round = 1; !told.isEmpty(); round++) {
      assertThat(round).as("still there: %s", told).isLessThanOrEqualTo(MOST_ROUNDS);
      for (Finding finding : told) {
        boolean words = finding.cure().orElseThrow().kind() == Cure.Kind.WORDS;
        assertThat(words).as(finding.sentence()).isEqualTo(hasRemedy(situation, finding));
        if (words) {
          clinic.run(situation.database(), situation.remedy());
        } else {
          clinic.cure(finding);
        }
      }
      List<Finding> before = List.copyOf(told);
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .untilAsserted(
              () -> {
                told.clear();
                told.addAll(clinic.complaints());
                assertThat(told).doesNotContainAnyElementsOf(before);
              });
    }
    assertThatCode(() -> clinic.run("orders", List.of("update orders set id = id")))
        .doesNotThrowAnyException();
  }

  private static boolean hasRemedy(Situation situation, Finding finding) {
    return finding.subject() == situation.subject() && !situation.remedy().isEmpty();
  }

  @Test
  void whatIsSoundIsToldToo() throws Exception {
    Diagnosis diagnosis;
    try (KafkaBroker kafka = KafkaBroker.start();
        Clinic clinic = clinic(18, "bootstrap.servers: " + kafka.bootstrapServers())) {
      diagnosis = clinic.examine();
    }

    assertThat(diagnosis.findings()).allMatch(finding -> finding.level() == Level.OK);
    assertThat(diagnosis.findings().stream().map(Finding::subject).distinct())
        .containsExactlyInAnyOrder(
            Stream.of(Subject.values())
                .filter(subject -> !ofTopicsThatExist(subject))
                .toArray(Subject[]::new));
  }

  private static boolean ofTopicsThatExist(Subject subject) {
    return subject.code().startsWith("topic-") && subject != Subject.TOPIC_EXISTS;
  }

  @Test
  void aClockThatIsWrongIsTold() throws Exception {
    try (Clinic clinic = clinic(18)) {
      clinic.at(() -> InstantSource.system().instant().plusSeconds(10));

      assertThat(clinic.complaints())
          .hasSize(2)
          .allSatisfy(
              finding -> {
                assertThat(finding.subject()).isEqualTo(Subject.CLOCK);
                assertThat(finding.level()).isEqualTo(Level.WARNING);
                assertThat(finding.found()).containsPattern("(10|9)[.][0-9] s behind this");
              });

      clinic.at(InstantSource.system());
      assertThat(clinic.complaints()).isEmpty();
    }
  }
}
