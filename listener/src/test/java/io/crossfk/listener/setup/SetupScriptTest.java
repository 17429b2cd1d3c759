package io.crossfk.listener.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a person gets to read, and psql to run. */
class SetupScriptTest {
  private static final Step PASSWORD = new Step.Password("watcher", "to log in");

  private static SetupPlan plan(String server, List<Decision> decisions, List<Step> steps) {
    return new SetupPlan(
        "users", server, "a superuser", false, decisions, Optional.empty(), steps, List.of(server));
  }

  @Test
  void aNameCannotBreakOutOfAComment() {
    String name = "PostgreSQL 18, database a\nDROP TABLE users; --\r\\! reboot";
    List<String> lines =
        SetupScript.of(
            plan(
                name,
                List.of(new Decision("decide\nDROP TABLE a;", List.of("ALTER TABLE b;"))),
                List.of(new Step.Statement("SELECT 1;", "because\nDROP TABLE c;"))),
            Optional.empty());

    assertThat(lines)
        .filteredOn(line -> !line.isEmpty() && !line.startsWith("-- "))
        .containsExactly("\\set ON_ERROR_STOP on", "SELECT 1;");
  }

  @Test
  void aPasswordIsShownOnRequestOnlyAndQuotedThen() {
    SetupPlan plan = plan("PostgreSQL 18", List.of(), List.of(PASSWORD));

    assertThat(SetupScript.of(plan, Optional.empty())).contains("\\password \"watcher\"");
    assertThat(SetupScript.of(plan, Optional.of("it's")))
        .contains("ALTER ROLE \"watcher\" PASSWORD 'it''s';")
        .noneMatch(line -> line.startsWith("\\password"));
  }

  @Test
  void aPlanWithoutStepsSaysThatAllIsThere() {
    assertThat(SetupScript.of(plan("PostgreSQL 18", List.of(), List.of()), Optional.empty()))
        .contains("-- Nothing to do: all is there.");
  }

  @Test
  void aServersOwnRolesTellWhoRunsIt() {
    assertThat(Flavor.of(Set.of("rds_replication"))).isEqualTo(Flavor.RDS);
    assertThat(Flavor.of(Set.of("cloudsqlsuperuser"))).isEqualTo(Flavor.CLOUDSQL);
    assertThat(Flavor.of(Set.of("azure_pg_admin"))).isEqualTo(Flavor.AZURE);
    assertThat(Flavor.of(Set.of())).isEqualTo(Flavor.PLAIN);
  }
}
