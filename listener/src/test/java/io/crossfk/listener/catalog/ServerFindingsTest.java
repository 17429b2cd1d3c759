package io.crossfk.listener.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.finding.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the sandbox has no server for. */
class ServerFindingsTest {
  private static final CatalogDatabase DATABASE =
      new CatalogDatabase(
          "users",
          "jdbc:postgresql://users-db/users",
          Optional.of("crossfk"),
          Optional.empty(),
          "crossfk",
          Duration.ofSeconds(5));

  private static DatabaseFacts.Server server(
      boolean inRecovery, String walLevel, boolean replication, Optional<Boolean> rds) {
    return new DatabaseFacts.Server(
        170004,
        "17.4",
        "1 2",
        "users",
        inRecovery,
        walLevel,
        "crossfk",
        replication,
        rds,
        new DatabaseFacts.Slots(0, 10, false, Optional.empty(), List.of()),
        0,
        10);
  }

  private static List<String> messages(DatabaseFacts.Server server) {
    return ServerFindings.of(DATABASE, server, Purpose.WATCH).stream()
        .filter(finding -> finding.level() != Level.OK)
        .map(CatalogFinding.OfDatabase::message)
        .toList();
  }

  @Test
  void aServerBeforePostgres14IsRefused() {
    assertThat(
            ServerFindings.tooOld(DATABASE, new CatalogReader.Version(130_021, "13.21")).message())
        .isEqualTo(
            "database users runs PostgreSQL 13.21, and crossfk needs 14 or newer; upgrade the"
                + " server");
  }

  @Test
  void aStandbyIsRefusedAndAskedForNothingElse() {
    assertThat(messages(server(true, "replica", false, Optional.empty())))
        .containsExactly(
            "database users is a standby, and only a primary can prove a violation; name the"
                + " primary in its url, or all of its hosts with ?targetServerType=primary");
  }

  @Test
  void onRdsReplicationIsAMembership() {
    assertThat(messages(server(false, "logical", false, Optional.of(true)))).isEmpty();
    assertThat(messages(server(false, "logical", false, Optional.of(false))))
        .containsExactly(
            "database users does not let role crossfk read its log; run as a superuser GRANT"
                + " rds_replication TO crossfk;");
  }
}
