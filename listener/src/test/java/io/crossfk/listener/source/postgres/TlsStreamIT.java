package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.rules.change.Position;
import io.crossfk.sandbox.PostgresServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our socket lies beneath TLS, whose records do not end where messages do. */
final class TlsStreamIT {
  private static final char[] PASSWORD = "sandbox".toCharArray();

  @TempDir Path folder;

  @Test
  void anEncryptedStreamIsPromptWhenIdleAndWholeUnderLoad() throws Exception {
    try (PostgresServer server = PostgresServer.builder().name("tls").start()) {
      TestDatabase database = TestDatabase.on(server);
      encrypt(server);
      database.execute("create table orders (id bigint primary key, user_id bigint)");
      Position from = database.publish("orders");
      PostgresAddress address =
          new PostgresAddress(
              "shop",
              server.jdbcUrl(database.name) + "?sslmode=require",
              Map.of("user", server.user(), "password", server.password()));
      RecordingSink sink = new RecordingSink();
      try (PostgresSource source =
          new PostgresSource(
              database.settings(address, from, StreamLimits.DEFAULT, watched("orders", "id")),
              sink)) {
        source.start();
        await().until(() -> !sink.started.isEmpty());
        assertThat(
                database.query(
                    "select ssl from pg_stat_ssl s join pg_stat_replication r using (pid)"))
            .isEqualTo("t");
        for (int i = 1; i <= 20; i++) {
          database.execute("insert into orders values (" + i + ", 1)");
          long before = System.nanoTime();
          sink.storyOf(i);
          assertThat(Duration.ofNanos(System.nanoTime() - before))
              .isLessThan(Duration.ofSeconds(1));
        }
        database.execute("insert into orders select n, n from generate_series(100, 20099) n");
        assertThat(sink.storyOf(21)).hasSize(60 + 20_002);
        source.acknowledge(sink.end());
        await().until(() -> !database.confirmed().isBefore(sink.end()));
        server.kill();
        await().until(() -> !sink.lost.isEmpty());
      }
      assertThat(sink.faults).isEmpty();
    }
  }

  /** A certificate of its own; the server itself writes the files, for they must be its own. */
  private void encrypt(PostgresServer server) throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream bytes = Files.newInputStream(store)) {
      keys.load(bytes, PASSWORD);
    }
    write(server, "server.key", pem("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
    write(server, "server.crt", pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
    server.execute("postgres", "alter system set ssl = on");
    server.execute("postgres", "select pg_reload_conf()");
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes)
        + "\n-----END "
        + what
        + "-----";
  }

  private static void write(PostgresServer server, String file, String text) throws SQLException {
    try (Connection connection = server.connect("postgres");
        PreparedStatement keep =
            connection.prepareStatement("select set_config('crossfk.file', ?, false)")) {
      keep.setString(1, text);
      keep.execute();
      connection
          .createStatement()
          .execute(
              "copy (select regexp_split_to_table(current_setting('crossfk.file'), '\n'))"
                  + " to program 'umask 077; cat > "
                  + file
                  + "'");
    }
  }
}
