package io.crossfk.listener.lookup.postgres;

import static io.crossfk.listener.lookup.postgres.World.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.AuditSink;
import io.crossfk.listener.lookup.LookupException;
import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.key.KeyValue;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Match;
import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresAuditsIT {
  private World world;
  private BoundRule ordersUser;
  private PostgresAudits audits;

  @BeforeAll
  void start() throws Exception {
    world = World.on(PostgresServer.start(), "users", "orders");
    world.sql(
        "users",
        "create table users (id int primary key)",
        "create table lines (a int, b bool, primary key (a, b))");
    world.sql(
        "orders",
        "create table orders (id int primary key, user_id int)",
        "insert into orders select g, g / 2 from generate_series(1, 10000) g",
        "insert into orders values (0, null)",
        "create table pairs (id int primary key, a int, b bool)",
        "insert into pairs values (1, 1, true), (2, 1, null), (3, null, false), (4, null, null)");
    ordersUser =
        world
            .bind(rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"))
            .getFirst();
    audits = new PostgresAudits(world.databases(1, Duration.ofSeconds(5)));
  }

  @AfterAll
  void stop() {
    audits.close();
    world.close();
  }

  /** Keeps all that it is given. */
  private static class Kept implements AuditSink {
    final List<Sight> sights = new ArrayList<>();
    final List<Key> keys = new ArrayList<>();
    final List<String> places = new ArrayList<>();
    int chunks;

    @Override
    public boolean opened(Sight child) {
      sights.add(child);
      return true;
    }

    @Override
    public boolean keys(List<Key> more) {
      chunks++;
      keys.addAll(more);
      return true;
    }

    @Override
    public boolean passed(String place) {
      places.add(place);
      return true;
    }
  }

  @Test
  void allKeysAreReadInChunksWithoutRepetitionsInARow() {
    Kept kept = new Kept();

    AuditOutcome outcome = audits.audit(ordersUser, Optional.empty(), kept);

    assertThat(outcome).isEqualTo(new AuditOutcome.Complete(10_000, 5001));
    assertThat(kept.sights).hasSize(1);
    assertThat(kept.chunks).isEqualTo(3);
    assertThat(kept.keys).hasSize(5001).contains(Key.of(0), Key.of(5000)).doesNotHaveDuplicates();
  }

  private PostgresAudits inPiecesOf(int blocks) {
    return new PostgresAudits(world.databases(1, Duration.ofSeconds(5)), blocks);
  }

  @Test
  void aTableIsReadPieceByPieceEachFromASnapshotOfItsOwn() {
    Kept kept = new Kept();

    try (PostgresAudits inPieces = inPiecesOf(10)) {
      assertThat(inPieces.audit(ordersUser, Optional.empty(), kept))
          .isEqualTo(new AuditOutcome.Complete(10_000, 5001 + kept.places.size()));
    }

    // 10,000 rows of 226 a page; a key of two rows may lie on both sides of a border.
    assertThat(kept.sights).hasSize(5);
    assertThat(kept.places).hasSize(4);
    assertThat(kept.keys).contains(Key.of(0), Key.of(5000));
  }

  @Test
  void anAuditGoesOnAtAPlaceThatItHadReached() {
    Kept all = new Kept();
    Kept rest = new Kept();
    try (PostgresAudits inPieces = inPiecesOf(10)) {
      inPieces.audit(ordersUser, Optional.empty(), all);

      inPieces.audit(ordersUser, Optional.of(all.places.get(1)), rest);
    }

    assertThat(rest.sights).hasSize(3);
    assertThat(rest.keys)
        .doesNotContain(Key.of(1), Key.of(2000))
        .contains(Key.of(3000), Key.of(5000));
  }

  @Test
  void aTableWhoseFilesWereReplacedIsReadFromTheBeginning() throws Exception {
    world.sql(
        "orders",
        "create table moved (id int primary key, user_id int)",
        "insert into moved select g, g from generate_series(1, 10000) g");
    BoundRule moved =
        world
            .bind(rule("moved", "orders:public.moved(user_id)", "users:public.users(id)"))
            .getFirst();
    Kept before = new Kept();
    Kept after = new Kept();
    Kept meanwhile =
        new Kept() {
          @Override
          public boolean passed(String place) {
            super.passed(place);
            if (places.size() == 2) {
              try {
                world.sql("orders", "vacuum full moved");
              } catch (SQLException e) {
                throw new AssertionError(e);
              }
            }
            return true;
          }
        };
    try (PostgresAudits inPieces = inPiecesOf(10)) {
      inPieces.audit(moved, Optional.empty(), before);
      world.sql("orders", "delete from moved where id <= 5000", "vacuum full moved");

      inPieces.audit(moved, Optional.of(before.places.get(2)), after);
      inPieces.audit(moved, Optional.empty(), meanwhile);
    }

    assertThat(after.keys).hasSize(5000).doesNotHaveDuplicates();
    assertThat(meanwhile.keys).contains(Key.of(5001)).hasSizeGreaterThan(5000);
    assertThat(List.copyOf(new java.util.HashSet<>(meanwhile.keys))).hasSize(5000);
  }

  @Test
  void piecesOfAPartitionedTableReachEveryPartition() throws Exception {
    world.sql(
        "orders",
        "create table parts (id int, user_id int, primary key (id)) partition by range (id)",
        "create table parts_small partition of parts for values from (0) to (100)",
        "create table parts_large partition of parts for values from (100) to (100000)",
        "insert into parts select g, g from generate_series(0, 10000) g");
    BoundRule parts =
        world
            .bind(rule("parts", "orders:public.parts(user_id)", "users:public.users(id)"))
            .getFirst();
    Kept kept = new Kept();
    try (PostgresAudits inPieces = inPiecesOf(10)) {
      inPieces.audit(parts, Optional.empty(), kept);
    }

    assertThat(kept.keys).hasSize(10_001).doesNotHaveDuplicates();
    assertThat(kept.places).hasSize(4);
  }

  @Test
  void whatIsCommittedAfterTheSightIsNotAmongTheKeys() throws Exception {
    List<TransactionId> later = new ArrayList<>();
    Kept kept =
        new Kept() {
          @Override
          public boolean opened(Sight child) {
            try (Connection connection = world.server("orders").connect("orders");
                Statement statement = connection.createStatement()) {
              connection.setAutoCommit(false);
              statement.execute("insert into orders values (20000, 777777)");
              try (ResultSet row = statement.executeQuery("select pg_current_xact_id()::text")) {
                row.next();
                later.add(TransactionId.of(Long.parseLong(row.getString(1))));
              }
              connection.commit();
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
            return super.opened(child);
          }
        };

    audits.audit(ordersUser, Optional.empty(), kept);

    assertThat(kept.keys).isNotEmpty().doesNotContain(Key.of(777_777));
    Sight.Primary sight = (Sight.Primary) kept.sights.getFirst();
    assertThat(sight.snapshot().sees(later.getFirst())).isFalse();
    world.sql("orders", "delete from orders where id = 20000");
  }

  @Test
  void theMatchDecidesWhichNullsAreRead() throws Exception {
    BoundRule simple =
        world
            .bind(rule("pairs", "orders:public.pairs(a, b)", "users:public.lines(a, b)"))
            .getFirst();
    BoundRule full =
        world
            .bind(
                rule("pairs", "orders:public.pairs(a, b)", "users:public.lines(a, b)")
                    .withMatch(Match.FULL))
            .getFirst();
    Kept ofSimple = new Kept();
    Kept ofFull = new Kept();

    audits.audit(simple, Optional.empty(), ofSimple);
    audits.audit(full, Optional.empty(), ofFull);

    Key whole = Key.of(new KeyValue.Whole(1), new KeyValue.Truth(true));
    assertThat(ofSimple.keys).containsExactly(whole);
    assertThat(ofFull.keys)
        .containsExactly(
            whole, Key.of(new KeyValue.Whole(1), null), Key.of(null, new KeyValue.Truth(false)));
  }

  @Test
  void aSinkThatWantsNoMoreEndsTheReading() {
    AuditSink atOnce =
        new Kept() {
          @Override
          public boolean opened(Sight child) {
            return false;
          }
        };
    Kept afterAChunk =
        new Kept() {
          @Override
          public boolean keys(List<Key> more) {
            super.keys(more);
            return false;
          }
        };

    assertThat(audits.audit(ordersUser, Optional.empty(), atOnce))
        .isEqualTo(new AuditOutcome.Aborted());
    assertThat(audits.audit(ordersUser, Optional.empty(), afterAChunk))
        .isEqualTo(new AuditOutcome.Aborted());
    assertThat(afterAChunk.chunks).isEqualTo(1);
  }

  @Test
  void aMissingTableIsAnOutcomeWithAReason() throws Exception {
    world.sql("orders", "create table gone (id int primary key, user_id int)");
    BoundRule rule =
        world
            .bind(rule("gone", "orders:public.gone(user_id)", "users:public.users(id)"))
            .getFirst();
    world.sql("orders", "drop table gone");

    assertThat(audits.audit(rule, Optional.empty(), new Kept()))
        .isEqualTo(new AuditOutcome.Failed("orders", "relation \"public.gone\" does not exist"));
  }

  @Test
  void closingEndsAnAuditThatRuns() throws Exception {
    PostgresAudits own = new PostgresAudits(world.databases(1, Duration.ofSeconds(5)));
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Kept slow =
        new Kept() {
          @Override
          public boolean keys(List<Key> more) {
            reading.countDown();
            try {
              assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return super.keys(more);
          }
        };
    CompletableFuture<AuditOutcome> outcome =
        CompletableFuture.supplyAsync(() -> own.audit(ordersUser, Optional.empty(), slow));
    assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

    own.close();
    closed.countDown();

    AuditOutcome stopping = new AuditOutcome.Failed("orders", "crossfk is stopping");
    assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(stopping);
    assertThat(own.audit(ordersUser, Optional.empty(), new Kept())).isEqualTo(stopping);
  }

  @Test
  void aTransactionThatRunsIsWaitedFor() throws Exception {
    try (Connection writer = world.server("orders").connect("orders");
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("insert into orders values (30000, 1)");
      long barrier = audits.nextTransaction("orders");

      assertThat(audits.waitUntilEnded("orders", barrier, Duration.ofMillis(200))).isFalse();
      writer.rollback();
      assertThat(audits.waitUntilEnded("orders", barrier, Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void aDatabaseThatCannotBeAskedIsNamed() {
    assertThatThrownBy(() -> audits.nextTransaction("nowhere"))
        .isInstanceOf(LookupException.class)
        .hasMessage("database nowhere is not configured");
  }
}
