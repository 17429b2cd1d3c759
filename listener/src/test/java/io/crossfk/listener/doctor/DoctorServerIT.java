package io.crossfk.listener.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import io.crossfk.listener.finding.Subject;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a restart of the server cures, and what stands before everything else. */
class DoctorServerIT {
  private static final String CHILD = "orders:public.orders(user_id)";
  private static final String PARENT = "users:public.users(id)";

  @TempDir private static Path folder;

  /** With everything too small, until it is cured. */
  private static PostgresServer server =
      PostgresServer.builder()
          .version(14)
          .name("doctor-small")
          .setting("wal_level", "replica")
          .setting("max_wal_senders", "0")
          .setting("max_replication_slots", "0")
          .setting("max_slot_wal_keep_size", "10GB")
          .start();

  @AfterAll
  static void close() {
    server.close();
  }

  @Test
  void allThatAServerLacksIsToldAtOnceAndCuredByARestart() throws Exception {
    Clinic.prepare(server);
    try (Clinic clinic = clinic()) {
      List<Finding> told = clinic.complaints();

      assertThat(told.stream().map(finding -> finding.place().name() + " " + finding.subject()))
          .containsExactly(
              "users WAL_LEVEL",
              "users FREE_SLOTS",
              "users FREE_SENDERS",
              "orders WAL_LEVEL",
              "orders FREE_SLOTS",
              "orders FREE_SENDERS");
      assertThat(told).allMatch(finding -> finding.level() == Level.ERROR);
      assertThat(told).allMatch(finding -> finding.sentence().contains("restart the server"));
      for (Finding finding : told) {
        clinic.cure(finding);
      }
      server.stop();
      server.startAgain();
      assertThat(clinic.complaints()).isEmpty();

      // There is one slot now, and somebody takes it.
      server.execute("postgres", "select pg_create_physical_replication_slot('idle')");
      Finding taken = clinic.complaints().getFirst();
      assertThat(taken.subject()).isEqualTo(Subject.FREE_SLOTS);
      assertThat(taken.sentence()).contains("SELECT pg_drop_replication_slot('idle');");
      server.execute("postgres", "select pg_drop_replication_slot('idle')");
      assertThat(clinic.complaints()).isEmpty();

      aServerThatIsDown(clinic);
      aPasswordThatIsWrong(clinic);
      aLoginThatIsNotAllowed(clinic);
      oneSlotForTwoDatabases(clinic);
      aSlotOfAnotherDatabase(clinic);
      aStandby(clinic);
    }
  }

  private static Clinic clinic() throws Exception {
    return Clinic.open(server, folder, Clinic.NO_KAFKA);
  }

  private static void aServerThatIsDown(Clinic clinic) throws Exception {
    server.stop();

    Diagnosis diagnosis = clinic.examine();

    assertThat(diagnosis.isIncomplete()).isTrue();
    assertThat(clinic.complaints())
        .hasSize(2)
        .allMatch(finding -> finding.subject() == Subject.REACHABLE && finding.mayPass())
        .allMatch(finding -> finding.sentence().endsWith("; start the server, or correct the url"));
    server.startAgain();
    assertThat(clinic.complaints()).isEmpty();
  }

  private static void aPasswordThatIsWrong(Clinic clinic) throws Exception {
    clinic.configure("wrong", Clinic.NO_KAFKA, CHILD, PARENT);

    List<Finding> told = clinic.complaints();

    assertThat(told)
        .hasSize(2)
        .allMatch(finding -> finding.subject() == Subject.REACHABLE && !finding.mayPass());
    String cure = told.getFirst().cure().orElseThrow().lines().getFirst();
    assertThat(cure).isEqualTo("ALTER ROLE " + clinic.role() + " LOGIN PASSWORD '…';");
    server.execute("postgres", cure.replace("…", "wrong"));
    assertThat(clinic.complaints()).isEmpty();
    clinic.configure("secret", Clinic.NO_KAFKA, CHILD, PARENT);
    server.execute("postgres", cure.replace("…", "secret"));
  }

  private static void aLoginThatIsNotAllowed(Clinic clinic) throws Exception {
    server.execute("postgres", "revoke connect on database users from public");
    List<Finding> told = clinic.complaints();
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().subject()).isEqualTo(Subject.REACHABLE);
    clinic.cure(told.getFirst());
    assertThat(clinic.complaints()).isEmpty();
    server.execute("postgres", "grant connect on database users to public");
  }

  private static void oneSlotForTwoDatabases(Clinic clinic) throws Exception {
    clinic.configure(
        Map.of("users", clinic.slot("users"), "orders", clinic.slot("users")),
        "secret",
        Clinic.NO_KAFKA);

    List<Finding> told = clinic.complaints();

    assertThat(told).hasSize(1);
    assertThat(told.getFirst().subject()).isEqualTo(Subject.SLOT);
    assertThat(told.getFirst().sentence())
        .endsWith("; give one of them another with slot: " + clinic.slot("users") + "_orders");
    clinic.configure(
        Map.of("users", clinic.slot("users"), "orders", clinic.slot("users") + "_orders"),
        "secret",
        Clinic.NO_KAFKA);
    assertThat(clinic.complaints()).isEmpty();
  }

  private static void aSlotOfAnotherDatabase(Clinic clinic) throws Exception {
    server.execute(
        "template1",
        "select pg_create_logical_replication_slot('%s', 'pgoutput')"
            .formatted(clinic.slot("users")));

    List<Finding> told = clinic.complaints();

    assertThat(told.stream().map(Finding::subject))
        .containsExactly(Subject.SLOT, Subject.FREE_SLOTS);
    assertThat(told.getFirst().sentence())
        .endsWith("; name another with slot: " + clinic.slot("users") + "_users");
    server.execute(
        "template1", "select pg_drop_replication_slot('%s')".formatted(clinic.slot("users")));
    assertThat(clinic.complaints()).isEmpty();
  }

  private static void aStandby(Clinic clinic) throws Exception {
    server.stop();
    Path signal = Files.createFile(server.log().resolveSibling("data").resolve("standby.signal"));
    server.startAgain();

    assertThat(clinic.complaints())
        .hasSize(2)
        .allMatch(finding -> finding.subject() == Subject.PRIMARY)
        .allMatch(finding -> finding.sentence().contains("name the primary in its url"));

    // The same place, and a primary.
    server.stop();
    Files.delete(signal);
    server.startAgain();
    assertThat(clinic.complaints()).isEmpty();
  }
}
