package io.crossfk.listener.lookup.postgres;

import static io.crossfk.listener.lookup.postgres.World.ask;
import static io.crossfk.listener.lookup.postgres.World.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.change.TransactionId;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.judge.RowIdentity;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each kind of question, and the rows of I4 that a real server can play. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresLookupsIT {
  private World world;

  @BeforeAll
  void start() throws SQLException {
    world = World.on(PostgresServer.start(), "users", "orders");
    world.sql(
        "users",
        "create table users (id bigint primary key, name text)",
        "create table lines (order_id int, line_no int, primary key (line_no, order_id))");
    world.sql(
        "orders",
        "create table orders (id int primary key, user_id int)",
        "create index on orders (user_id)",
        "create table shipments (id int primary key, order_id int, line_no int)",
        "create index on shipments (order_id, line_no)",
        "create table employees (id int primary key, boss int)",
        "create index on employees (boss)");
  }

  @AfterAll
  void stop() {
    world.close();
  }

  private BoundRule ordersUser() throws InterruptedException {
    return world
        .bind(rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"))
        .getFirst();
  }

  @Test
  void aKeyIsPresentOrAbsentAndTheAnswerSaysWhatItSaw() throws Exception {
    world.sql("users", "insert into users values (11)");
    BoundRule rule = ordersUser();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> findings =
          ask(lookups, List.of(world.presence(rule, Key.of(11)), world.presence(rule, Key.of(12))));

      assertThat(findings.get(0)).isInstanceOf(Finding.Present.class);
      assertThat(findings.get(1)).isInstanceOf(Finding.Absent.class);
      Sight sight = ((Finding.Absent) findings.get(1)).parent();
      assertThat(sight).isInstanceOf(Sight.Primary.class);
      assertThat(sees(sight, transactionOf("users", "users", "id = 11"))).isTrue();
    }
  }

  @Test
  void aTransactionThatRunsIsNotSeenUntilItsCommit() throws Exception {
    BoundRule rule = ordersUser();
    try (PostgresLookups lookups = world.lookups(List.of(rule));
        Connection writer = world.server("users").connect("users");
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("insert into users values (21)");
      TransactionId transaction = current(statement);

      Finding before = ask(lookups, world.presence(rule, Key.of(21)));
      writer.commit();
      Finding after = ask(lookups, world.presence(rule, Key.of(21)));

      assertThat(before).isInstanceOf(Finding.Absent.class);
      assertThat(sees(((Finding.Absent) before).parent(), transaction)).isFalse();
      assertThat(after).isInstanceOf(Finding.Present.class);
      assertThat(sees(((Finding.Present) after).parent(), transaction)).isTrue();
    }
  }

  @Test
  void aKeyThatSeveralRulesAskForGoesToTheDatabaseOnce() throws Exception {
    world.sql("users", "insert into users values (31)");
    List<BoundRule> rules =
        world.bind(
            rule("one", "orders:public.orders(user_id)", "users:public.users(id)"),
            rule("two", "orders:public.orders(id)", "users:public.users(id)"));
    try (PostgresLookups lookups = world.lookups(rules)) {
      List<Finding> findings =
          ask(
              lookups,
              List.of(
                  world.presence(rules.get(0), Key.of(31)),
                  world.presence(rules.get(1), Key.of(31)),
                  world.presence(rules.get(1), Key.of(31))));

      assertThat(findings).hasOnlyElementsOfType(Finding.Present.class);
      assertThat(lookups.counters().keys()).isEqualTo(1);
      assertThat(lookups.counters().statements()).isEqualTo(1);
      assertThat(lookups.counters().asked()).isEqualTo(3);
      assertThat(lookups.counters().answered()).isEqualTo(3);
      assertThat(lookups.counters().failed()).isZero();
    }
  }

  @Test
  void aKeyBeyondTheParentsTypeIsAbsentAndItsNeighboursAreAnswered() throws Exception {
    world.sql(
        "users", "create table small (id smallint primary key)", "insert into small values (7)");
    BoundRule rule =
        world
            .bind(rule("small", "orders:public.orders(user_id)", "users:public.small(id)"))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> findings =
          ask(
              lookups,
              List.of(world.presence(rule, Key.of(100_000)), world.presence(rule, Key.of(7))));

      assertThat(findings.get(0)).isInstanceOf(Finding.Absent.class);
      assertThat(findings.get(1)).isInstanceOf(Finding.Present.class);
    }
  }

  @Test
  void aKeyWithOrphansIsBrokenAndNamesThem() throws Exception {
    world.sql("orders", "insert into orders values (41, 410), (42, 410)");
    BoundRule rule = ordersUser();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      Finding.Broken broken = (Finding.Broken) ask(lookups, world.proof(rule, Key.of(410)));

      assertThat(broken.orphans().count()).isEqualTo(2);
      assertThat(broken.orphans().atLeast()).isFalse();
      assertThat(broken.orphans().sample())
          .containsExactlyInAnyOrder(
              new RowIdentity(List.of("id"), List.of("41")),
              new RowIdentity(List.of("id"), List.of("42")));
      TransactionId written = transactionOf("orders", "orders", "id = 41");
      assertThat(sees(broken.childBefore(), written)).isTrue();
      assertThat(sees(broken.childAfter(), written)).isTrue();
      assertThat(broken.parent()).isInstanceOf(Sight.Primary.class);
    }
  }

  @Test
  void moreOrphansThanAreReadAreCountedAsAtLeast() throws Exception {
    world.sql("orders", "insert into orders select g, 500 from generate_series(5000, 5249) g");
    BoundRule rule = ordersUser();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      Finding.Broken broken = (Finding.Broken) ask(lookups, world.proof(rule, Key.of(500)));

      assertThat(broken.orphans().count()).isEqualTo(100);
      assertThat(broken.orphans().atLeast()).isTrue();
      assertThat(broken.orphans().sample()).hasSize(10);
    }
  }

  @Test
  void oneBatchOfProofsTellsTheKeysApart() throws Exception {
    world.sql("users", "insert into users values (61)");
    world.sql("orders", "insert into orders values (610, 61), (620, 62)");
    BoundRule rule = ordersUser();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> findings =
          ask(
              lookups,
              List.of(
                  world.proof(rule, Key.of(61)),
                  world.proof(rule, Key.of(62)),
                  world.proof(rule, Key.of(63)),
                  // Beyond the child's int: nobody can refer to it.
                  world.proof(rule, Key.of(1L << 40))));

      assertThat(findings.get(0)).isInstanceOf(Finding.Present.class);
      assertThat(findings.get(1)).isInstanceOf(Finding.Broken.class);
      assertThat(findings.get(2)).isInstanceOf(Finding.NobodyRefers.class);
      assertThat(findings.get(3)).isInstanceOf(Finding.NobodyRefers.class);
      assertThat(lookups.counters().statements()).isEqualTo(3);
    }
  }

  /** "I4 child, then parent": c is read, c− and p− become visible, the parent is absent. */
  @Test
  void aChildThatLeftBeforeItsParentIsNoViolation() throws Exception {
    world.sql("users", "insert into users values (71)");
    world.sql("orders", "insert into orders values (710, 71)");
    BoundRule rule = ordersUser();
    ProofLookup.Between between =
        instant -> {
          if (instant == ProofLookup.Instant.BEFORE_PARENT) {
            run("orders", "delete from orders where id = 710");
            run("users", "delete from users where id = 71");
          }
        };
    try (PostgresLookups lookups = world.lookups(List.of(rule), between)) {
      assertThat(ask(lookups, world.proof(rule, Key.of(71))))
          .isInstanceOf(Finding.NobodyRefers.class);
    }
  }

  /** "I4 the same key, not the same version": between the reads all leaves and all comes back. */
  @Test
  void aChildThatLeftAndCameBackProvesNothing() throws Exception {
    world.sql("users", "insert into users values (81)");
    world.sql("orders", "insert into orders values (810, 81)");
    BoundRule rule = ordersUser();
    AtomicInteger round = new AtomicInteger();
    ProofLookup.Between between =
        instant -> {
          switch (instant) {
            case BEFORE_PARENT -> {
              round.incrementAndGet();
              run("orders", "delete from orders where id = 810");
              run("users", "delete from users where id = 81");
            }
            case BEFORE_SECOND_CHILDREN -> {
              run("users", "insert into users values (81)");
              run("orders", "insert into orders values (810, 81)");
            }
          }
        };
    try (PostgresLookups lookups = world.lookups(List.of(rule), between)) {
      Finding finding = ask(lookups, world.proof(rule, Key.of(81)));

      assertThat(finding).isInstanceOf(Finding.Inconclusive.class);
      assertThat(round).as("rounds of reading").hasValue(4);
    }
  }

  @Test
  void aKeyThatIsInconclusiveIsReadAgainAloneAndItsNeighboursAreNot() throws Exception {
    world.sql("orders", "insert into orders values (910, 91), (920, 92)");
    BoundRule rule = ordersUser();
    AtomicInteger round = new AtomicInteger();
    ProofLookup.Between between =
        instant -> {
          if (instant == ProofLookup.Instant.BEFORE_PARENT && round.incrementAndGet() == 1) {
            // A new version of the row, still an orphan: only reading again can tell.
            run("orders", "update orders set id = 911 where id = 910");
          }
        };
    try (PostgresLookups lookups = world.lookups(List.of(rule), between)) {
      List<Finding> findings =
          ask(lookups, List.of(world.proof(rule, Key.of(91)), world.proof(rule, Key.of(92))));

      assertThat(findings).hasOnlyElementsOfType(Finding.Broken.class);
      assertThat(round).hasValue(2);
      assertThat(lookups.counters().keys()).as("3 reads of two keys, 3 of one").isEqualTo(9);
      assertThat(((Finding.Broken) findings.get(0)).orphans().sample())
          .containsExactly(new RowIdentity(List.of("id"), List.of("911")));
    }
  }

  @Test
  void oneOfSeveralChildrenThatStoodThroughIsProofEnough() throws Exception {
    world.sql(
        "orders", "insert into orders values (1010, 101)", "insert into orders values (1011, 101)");
    BoundRule rule = ordersUser();
    ProofLookup.Between between =
        instant -> {
          if (instant == ProofLookup.Instant.BEFORE_PARENT) {
            run("orders", "delete from orders where id = 1010");
          }
        };
    try (PostgresLookups lookups = world.lookups(List.of(rule), between)) {
      Finding.Broken broken = (Finding.Broken) ask(lookups, world.proof(rule, Key.of(101)));

      assertThat(broken.orphans().sample())
          .as("the orphans of the second read")
          .containsExactly(new RowIdentity(List.of("id"), List.of("1011")));
    }
  }

  @Test
  void aCompositeKeyIsPairedByPositionAndNotByTheIndexesOrder() throws Exception {
    world.sql("users", "insert into lines values (1, 2)");
    world.sql("orders", "insert into shipments values (1, 1, 2), (2, 2, 1)");
    BoundRule rule =
        world
            .bind(
                rule(
                    "lines",
                    "orders:public.shipments(order_id, line_no)",
                    "users:public.lines(order_id, line_no)"))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> findings =
          ask(lookups, List.of(world.proof(rule, pair(1, 2)), world.proof(rule, pair(2, 1))));

      assertThat(findings.get(0)).isInstanceOf(Finding.Present.class);
      assertThat(findings.get(1)).isInstanceOf(Finding.Broken.class);
    }
  }

  @Test
  void aPartlyNullKeyIsJudgedOnItsChildrenAlone() throws Exception {
    world.sql(
        "orders", "insert into shipments values (30, 3, null), (31, null, 3), (32, null, null)");
    BoundRule rule =
        world
            .bind(
                rule(
                        "full",
                        "orders:public.shipments(order_id, line_no)",
                        "users:public.lines(order_id, line_no)")
                    .withMatch(Match.FULL))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> findings =
          ask(
              lookups,
              List.of(
                  world.proof(rule, Key.of(new KeyValue.Whole(3), null)),
                  world.proof(rule, Key.of(null, new KeyValue.Whole(3))),
                  world.proof(rule, Key.of(new KeyValue.Whole(4), null))));

      assertThat(((Finding.Broken) findings.get(0)).orphans().sample())
          .containsExactly(new RowIdentity(List.of("id"), List.of("30")));
      assertThat(((Finding.Broken) findings.get(1)).orphans().sample())
          .containsExactly(new RowIdentity(List.of("id"), List.of("31")));
      assertThat(findings.get(2)).isInstanceOf(Finding.NobodyRefers.class);
    }
  }

  @Test
  void aTableThatRefersToItselfIsReadInOneStatement() throws Exception {
    world.sql("orders", "insert into employees values (1, null), (2, 1), (3, 99)");
    BoundRule rule =
        world
            .bind(rule("boss", "orders:public.employees(boss)", "orders:public.employees(id)"))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      List<Finding> findings =
          ask(
              lookups,
              List.of(
                  world.proof(rule, Key.of(1)),
                  world.proof(rule, Key.of(99)),
                  world.proof(rule, Key.of(3))));

      assertThat(findings.get(0)).isInstanceOf(Finding.Present.class);
      Finding.Broken broken = (Finding.Broken) findings.get(1);
      assertThat(broken.parent()).isSameAs(broken.childBefore()).isSameAs(broken.childAfter());
      assertThat(broken.orphans().sample())
          .containsExactly(new RowIdentity(List.of("id"), List.of("3")));
      assertThat(findings.get(2)).isInstanceOf(Finding.NobodyRefers.class);
      assertThat(lookups.counters().statements()).isEqualTo(1);
    }
  }

  @Test
  void partitionedTablesAreReadThroughTheirRoot() throws Exception {
    world.sql(
        "orders",
        "create table events (id int, user_id int, primary key (id)) partition by range (id)",
        "create table events_low partition of events for values from (0) to (100)",
        "create table events_high (user_id int, id int primary key)",
        "alter table events attach partition events_high for values from (100) to (200)",
        "create index on events (user_id)",
        "insert into events values (1, 1201), (101, 1201)");
    BoundRule rule =
        world
            .bind(rule("events", "orders:public.events(user_id)", "users:public.users(id)"))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      Finding.Broken broken = (Finding.Broken) ask(lookups, world.proof(rule, Key.of(1201)));

      assertThat(broken.orphans().count()).isEqualTo(2);
    }
  }

  @Test
  void aBareSnapshotIsSeen() throws Exception {
    try (PostgresLookups lookups = world.lookups(List.of())) {
      List<Finding> findings =
          ask(lookups, List.of(world.visibility("users"), world.visibility("orders")));

      assertThat(findings).hasOnlyElementsOfType(Finding.Seen.class);
    }
  }

  @Test
  void aQuestionThatNobodyCanAnswerFails() throws Exception {
    BoundRule rule = ordersUser();
    try (PostgresLookups lookups = world.lookups(List.of())) {
      List<Question> questions =
          List.of(world.visibility("nowhere"), world.presence(rule, Key.of(1)));
      List<Finding> findings = ask(lookups, questions);

      assertThat(findings)
          .containsExactly(
              new Finding.Failed("nowhere", "database nowhere is not configured"),
              new Finding.Failed("users", "its tables are not known yet"));
    }
  }

  @Test
  void aDroppedTableFailsItsOwnQuestionsAndComesBack() throws Exception {
    world.sql("users", "create table fleeting (id int primary key)");
    List<BoundRule> rules =
        world.bind(
            rule("fleeting", "orders:public.orders(user_id)", "users:public.fleeting(id)"),
            rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"));
    try (PostgresLookups lookups = world.lookups(rules)) {
      world.sql("users", "drop table fleeting");
      List<Finding> findings =
          ask(
              lookups,
              List.of(
                  world.presence(rules.get(0), Key.of(1)),
                  world.presence(rules.get(1), Key.of(1))));

      assertThat(findings.get(0))
          .isEqualTo(new Finding.Failed("users", "relation \"public.fleeting\" does not exist"));
      assertThat(findings.get(1)).isInstanceOf(Finding.Absent.class);

      world.sql("users", "create table fleeting (id int primary key)");
      assertThat(ask(lookups, world.presence(rules.get(0), Key.of(1))))
          .isInstanceOf(Finding.Absent.class);
    }
  }

  @Test
  void theTypeOfAColumnMayGrowUnderALookUpThatIsPrepared() throws Exception {
    world.sql("users", "create table grows (id int primary key)", "insert into grows values (1)");
    BoundRule rule =
        world
            .bind(rule("grows", "orders:public.orders(user_id)", "users:public.grows(id)"))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      for (int i = 0; i < 10; i++) {
        ask(lookups, world.presence(rule, Key.of(1)));
      }
      world.sql("users", "alter table grows alter id type bigint");

      assertThat(ask(lookups, world.presence(rule, Key.of(1)))).isInstanceOf(Finding.Present.class);
    }
  }

  @Test
  void rowsThatAPolicyWouldHideFailTheLookUpInsteadOfLookingAbsent() throws Exception {
    world.sql(
        "users",
        "create role watcher login password 'w'",
        "create table hidden (id int primary key, tenant text)",
        "grant select on hidden to watcher",
        "insert into hidden values (1, 'a')");
    BoundRule rule =
        world
            .bind(rule("hidden", "orders:public.orders(user_id)", "users:public.hidden(id)"))
            .getFirst();
    List<PostgresDatabase> databases = new ArrayList<>();
    for (PostgresDatabase one : world.databases(2, PostgresDatabase.DEFAULT_TIMEOUT)) {
      databases.add(
          one.name().equals("users")
              ? new PostgresDatabase(
                  one.name(),
                  one.url(),
                  java.util.Optional.of("watcher"),
                  java.util.Optional.of("w"),
                  2,
                  one.timeout())
              : one);
    }
    try (PostgresLookups lookups = new PostgresLookups(databases, List.of(rule))) {
      assertThat(ask(lookups, world.presence(rule, Key.of(1)))).isInstanceOf(Finding.Present.class);

      world.sql(
          "users",
          "alter table hidden enable row level security",
          "create policy own on hidden using (tenant = current_user)");

      assertThat(ask(lookups, world.presence(rule, Key.of(1))))
          .isEqualTo(
              new Finding.Failed(
                  "users",
                  "query would be affected by row-level security policy for table \"hidden\""));
    }
  }

  private static Key pair(long one, long other) {
    return Key.of(new KeyValue.Whole(one), new KeyValue.Whole(other));
  }

  private static boolean sees(Sight sight, TransactionId transaction) {
    return ((Sight.Primary) sight).snapshot().sees(transaction);
  }

  private TransactionId transactionOf(String database, String table, String where)
      throws SQLException {
    try (Connection connection = world.server(database).connect(database);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select xmin::text from " + table + " where " + where)) {
      row.next();
      return TransactionId.of(Long.parseLong(row.getString(1)));
    }
  }

  private static TransactionId current(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select pg_current_xact_id()::text")) {
      row.next();
      return TransactionId.of(Long.parseLong(row.getString(1)));
    }
  }

  private void run(String database, String sql) {
    try {
      world.sql(database, sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
