package io.crossfk.listener.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code crossfk doctor} from the command line to its exit code. */
class DoctorCommandIT {
  @TempDir private static Path folder;

  private record Ending(int exitCode, String out, String err) {}

  private static Ending doctor(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("doctor", "-c", folder.resolve("crossfk.yaml").toString()));
    arguments.addAll(List.of(options));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            Terminal.NONE,
            new PrintWriter(out),
            new PrintWriter(err),
            arguments.toArray(String[]::new));
    return new Ending(exitCode, out.toString(), err.toString());
  }

  @Test
  void findsCuresAndEndsAsTheExitCodesSay() throws Exception {
    try (PostgresServer server =
            PostgresServer.builder().setting("max_slot_wal_keep_size", "10GB").start();
        KafkaBroker kafka = KafkaBroker.start()) {
      server.createDatabase("shop");
      server.execute(
          "shop",
          "create table users (id int8 primary key);"
              + " create table orders (id int8 primary key, user_id int8);"
              + " create index on orders (user_id);"
              + " create role doctor login password 'doctor';"
              + " create publication crossfk for table only users, only orders;"
              + " grant select on users, orders to doctor");
      write(server, kafka);

      Ending wrong = doctor();
      assertThat(wrong.exitCode()).isEqualTo(78);
      assertThat(wrong.err()).isEmpty();
      assertThat(wrong.out()).contains("ALTER ROLE doctor REPLICATION;", "1 error, 0 warnings");

      server.execute("postgres", "alter role doctor replication");
      Ending sound = doctor("--format", "json");
      assertThat(sound.exitCode()).as(sound.out()).isZero();
      assertThat(new JsonMapper().readTree(sound.out()).required("errors").intValue()).isZero();
      assertThat(server.log()).content().doesNotContain("ERROR:");

      server.stop();
      assertThat(doctor().exitCode()).isEqualTo(69);
      assertThat(doctor("--format", "xml").exitCode()).isEqualTo(64);
      Files.writeString(folder.resolve("crossfk.yaml"), "databases: {}\n");
      assertThat(doctor().exitCode()).isEqualTo(78);
    }
  }

  private static void write(PostgresServer server, KafkaBroker kafka) throws Exception {
    Files.writeString(
        folder.resolve("crossfk.yaml"),
        """
        databases: { shop: { url: "%s", user: doctor, password: doctor } }
        kafka: { bootstrap.servers: "%s" }
        rules: [ rules.yaml ]
        """
            .formatted(server.jdbcUrl("shop"), kafka.bootstrapServers()));
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        rules:
          - name: orders-user
            child: "shop:public.orders(user_id)"
            parent: "shop:public.users(id)"
        """);
  }
}
