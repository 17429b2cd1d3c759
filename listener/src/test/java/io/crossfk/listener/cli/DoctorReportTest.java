package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.doctor.Diagnosis;
import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import io.crossfk.rules.model.TableReference;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What people and machines get to read of a diagnosis, and how the command ends. */
class DoctorReportTest {
  private static final Place USERS = Place.database("users");
  private static final Finding SOUND =
      Finding.ok(Subject.VERSION, USERS, "database users runs PostgreSQL 18.1");
  private static final Finding ERROR =
      Finding.error(
          Subject.WAL_LEVEL,
          USERS,
          "database users has wal_level = replica, and crossfk needs logical",
          Cure.asSuperuser("ALTER SYSTEM SET wal_level = logical;")
              .then(" and restart the server"));
  private static final Finding WARNING =
      Finding.warning(
              Subject.CHILD_INDEX,
              Place.table(new TableReference("orders", "public", "orders")),
              "column orders:public.orders(user_id) has no index",
              Cure.run("CREATE INDEX CONCURRENTLY ON public.orders (user_id);"))
          .of(List.of("orders-user"));
  private static final Finding SILENT =
      Finding.silent(
          Subject.REACHABLE,
          USERS,
          "database users cannot be reached at jdbc:postgresql://users-db/users: refused",
          Cure.words("start the server, or correct the url"));

  private static String table(boolean signs, Finding... findings) {
    return DoctorReport.Format.TABLE.text(new Diagnosis(List.of(findings)), signs);
  }

  @Test
  void peopleReadEachPlaceOnceAndCanCopyTheCure() {
    assertThat(table(false, SOUND, ERROR, WARNING))
        .isEqualTo(
            """
            database users
              ok       version                runs PostgreSQL 18.1
              error    wal-level              has wal_level = replica, and crossfk needs logical
                                              cure: run as a superuser
                                                ALTER SYSTEM SET wal_level = logical;
                                              and restart the server

            table orders:public.orders
              warning  child-index            column orders:public.orders(user_id) has no index
                                              cure: run
                                                CREATE INDEX CONCURRENTLY ON public.orders (user_id);

            1 error, 1 warning, 1 ok. Nothing was changed.
            """);
  }

  @Test
  void aTerminalGetsSigns() {
    assertThat(table(true, SOUND, ERROR, WARNING))
        .contains("  ✓  version", "  ✗  wal-level", "  !  child");
  }

  @Test
  void machinesGetOneDocumentInWhichTheCureStandsApart() {
    JsonNode document =
        new JsonMapper()
            .readTree(
                DoctorReport.Format.JSON.text(new Diagnosis(List.of(SOUND, ERROR, WARNING)), true));

    assertThat(document.required("errors").intValue()).isEqualTo(1);
    assertThat(document.required("findings")).hasSize(3);
    assertThat(document.required("findings").get(0).has("cure")).isFalse();
    JsonNode error = document.required("findings").get(1);
    assertThat(error.required("level").stringValue()).isEqualTo("error");
    assertThat(error.required("subject").stringValue()).isEqualTo("wal-level");
    assertThat(error.required("place").required("name").stringValue()).isEqualTo("users");
    assertThat(error.required("cure").required("kind").stringValue()).isEqualTo("sql");
    assertThat(error.required("cure").required("lines").get(0).stringValue())
        .isEqualTo("ALTER SYSTEM SET wal_level = logical;");
    JsonNode warning = document.required("findings").get(2);
    assertThat(warning.required("place").required("database").stringValue()).isEqualTo("orders");
    assertThat(warning.required("rules").get(0).stringValue()).isEqualTo("orders-user");
  }

  @Test
  void theExitCodeTellsWhetherSomebodyHasToActOrToWait() {
    assertThat(exitCode(SOUND, WARNING)).isZero();
    assertThat(exitCode(SOUND, SILENT)).isEqualTo(69);
    assertThat(exitCode(SILENT, ERROR, WARNING)).isEqualTo(78);
  }

  private static int exitCode(Finding... findings) {
    return DoctorCommand.exitCode(new Diagnosis(List.of(findings)));
  }
}
