package io.crossfk.listener.lookup.postgres;

import static io.crossfk.listener.lookup.postgres.World.ask;
import static io.crossfk.listener.lookup.postgres.World.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfk.rules.change.Position;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** I1 where it is widest: a commit that waits for a standby, and a server that is one. */
class VisibilityIT {

  @Test
  void aCommitThatHangsOnADeadStandbyIsInNoListAndNotSeen() throws Exception {
    PostgresServer server = PostgresServer.start();
    try (World world = World.on(server, "users", "orders")) {
      world.sql("users", "create table users (id int primary key)");
      world.sql(
          "orders",
          "create table orders (id int primary key, user_id int)",
          "create index on orders (user_id)");
      BoundRule rule =
          world
              .bind(rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"))
              .getFirst();
      world.sql(
          "users",
          "alter system set synchronous_standby_names = 'ghost'",
          "select pg_reload_conf()");
      try (PostgresLookups lookups = world.lookups(List.of(rule));
          PostgresAudits audits = new PostgresAudits(world.databases(1, Duration.ofSeconds(5)));
          Connection writer = server.connect("users");
          Statement statement = writer.createStatement()) {
        await().until(() -> text(server, "show synchronous_standby_names").equals("ghost"));
        writer.setAutoCommit(false);
        statement.execute("insert into users values (1)");
        String written = text(statement, "select pg_current_xact_id()::text");
        CompletableFuture<Void> commit =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    writer.commit();
                  } catch (SQLException e) {
                    throw new AssertionError(e);
                  }
                });
        await()
            .until(
                () ->
                    text(
                            server,
                            "select count(*) from pg_stat_activity where wait_event = 'SyncRep'")
                        .equals("1"));

        Finding.Absent absent = (Finding.Absent) ask(lookups, world.presence(rule, Key.of(1)));
        Sight.Primary sight = (Sight.Primary) absent.parent();
        assertThat(sight.snapshot()).hasToString(written + ":" + written + ":");
        assertThat(sight.snapshot().sees(TransactionId.of(Long.parseLong(written)))).isFalse();

        long barrier = audits.nextTransaction("users");
        assertThat(audits.waitUntilEnded("users", barrier, Duration.ofMillis(300)))
            .as("the transaction is beyond every snapshot's xmax, and runs")
            .isFalse();

        // Released as a DBA would: the standby is not waited for any more.
        server.execute("users", "alter system reset synchronous_standby_names");
        server.execute("users", "select pg_reload_conf()");
        commit.get(10, TimeUnit.SECONDS);
        assertThat(audits.waitUntilEnded("users", barrier, Duration.ofSeconds(10))).isTrue();
        Finding.Present present = (Finding.Present) ask(lookups, world.presence(rule, Key.of(1)));
        assertThat(
                ((Sight.Primary) present.parent())
                    .snapshot()
                    .sees(TransactionId.of(Long.parseLong(written))))
            .isTrue();
      }
    }
  }

  @Test
  void aServerInRecoveryNeverCounts() throws Exception {
    PostgresServer server = PostgresServer.start();
    try (World world = World.on(server, "users", "orders")) {
      world.sql("users", "create table users (id int primary key)", "insert into users values (1)");
      world.sql("orders", "create table orders (id int primary key, user_id int)");
      BoundRule rule =
          world
              .bind(rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"))
              .getFirst();
      server.stop();
      Files.createFile(server.log().resolveSibling("data").resolve("standby.signal"));
      server.startAgain();
      try (PostgresLookups lookups = world.lookups(List.of(rule))) {
        assertThat(ask(lookups, world.presence(rule, Key.of(1))))
            .isEqualTo(new Finding.Present(new Sight.Standby(Position.ZERO)));
        assertThat(ask(lookups, world.proof(rule, Key.of(1))))
            .isEqualTo(new Finding.NobodyRefers(new Sight.Standby(Position.ZERO)));
      }
    }
  }

  private static String text(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("users");
        Statement statement = connection.createStatement()) {
      return text(statement, sql);
    }
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
