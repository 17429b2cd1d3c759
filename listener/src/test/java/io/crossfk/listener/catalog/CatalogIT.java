package io.crossfk.listener.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.catalog.CatalogFinding.Level;
import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import io.crossfk.sandbox.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every finding, made on a real server, with the message that people read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogIT {
  private PostgresServer server;

  @BeforeAll
  void start() throws SQLException {
    server = PostgresServer.start();
    server.createDatabase("users");
    server.createDatabase("orders");
    server.execute("users", "create role crossfk login replication password 'secret'");
    server.execute(
        "users",
        """
        create table users (id bigint primary key, email text unique not null, nick text unique);
        grant select on users to crossfk;
        """);
    server.execute(
        "orders",
        """
        create table orders (id int primary key, user_id bigint, note text);
        create index on orders (user_id);
        grant select on orders to crossfk;
        """);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private CatalogDatabase database(String name) {
    return database(name, server.jdbcUrl(name), "secret");
  }

  private static CatalogDatabase database(String name, String url, String password) {
    return new CatalogDatabase(
        name,
        url,
        Optional.of("crossfk"),
        Optional.of(password),
        "crossfk",
        Duration.ofSeconds(10));
  }

  private static Rule rule(String name, String child, String parent) {
    return Rule.of(name, key(child), key(parent));
  }

  /** Written {@code orders:public.orders(user_id)}. */
  private static TableKey key(String text) {
    String[] parts = text.split("[:.()]");
    return new TableKey(
        new TableReference(parts[0], parts[1], parts[2]), List.of(parts[3].split(", ")));
  }

  private CatalogReport read(Rule... rules) throws InterruptedException {
    return new Catalog(List.of(database("users"), database("orders"))).read(List.of(rules));
  }

  /** What is found against one rule on tables made for it. */
  private List<String> messages(String child, String parent) throws InterruptedException {
    return messages(read(rule("r", child, parent)));
  }

  private static List<String> messages(CatalogReport report) {
    return report.findings().stream().map(CatalogFinding::message).toList();
  }

  private void users(String... statements) throws SQLException {
    for (String statement : statements) {
      server.execute("users", statement);
    }
  }

  private void orders(String... statements) throws SQLException {
    for (String statement : statements) {
      server.execute("orders", statement);
    }
  }

  @Test
  void aRuleThatCanBeWatchedIsBoundToItsTables() throws Exception {
    CatalogReport report =
        read(rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)"));

    assertThat(report.findings()).isEmpty();
    BoundRule bound = report.bound().getFirst();
    assertThat(bound.child().columnTypes())
        .containsEntry("user_id", ColumnType.of(ColumnType.Kind.INT8));
    assertThat(bound.child().rowIdentity()).containsExactly("id");
    assertThat(bound.parent().columnTypes())
        .containsEntry("id", ColumnType.of(ColumnType.Kind.INT8));
  }

  @Test
  void aMissingParentIsNamedWithItsNearestNeighbour() throws Exception {
    CatalogReport report =
        read(rule("orders-user", "orders:public.orders(user_id)", "users:public.usres(id)"));

    assertThat(report.bound()).isEmpty();
    assertThat(messages(report))
        .containsExactly(
            "rule orders-user: parent table \"usres\" does not exist in users:public; did you mean"
                + " \"users\"?");
  }

  @Test
  void everythingThatIsMissingIsNamedAtOnce() throws Exception {
    orders("create schema shop", "create table shop.baskets (id int primary key)");
    CatalogReport report =
        read(
            rule("one", "orders:public.baskets(user_id)", "users:public.users(id)"),
            rule("two", "orders:publik.orders(user_id)", "users:public.users(idd)"),
            rule("three", "orders:public.orders(usr_id)", "users:public.accounts(id)"),
            rule("four", "orders:public.orders(user_id)", "users:public.users(id)"));

    assertThat(messages(report))
        .containsExactly(
            "rule one: child table \"baskets\" does not exist in orders:public; did you mean"
                + " \"shop.baskets\"?",
            "rule two: child schema \"publik\" does not exist in orders; did you mean \"public\"?",
            "rule two: parent column \"idd\" does not exist in users:public.users; did you mean"
                + " \"id\"?",
            "rule three: child column \"usr_id\" does not exist in orders:public.orders; did you"
                + " mean \"user_id\"?",
            "rule three: parent table \"accounts\" does not exist in users:public; correct the"
                + " rule, or create the table");
    assertThat(report.bound()).extracting(bound -> bound.rule().name()).containsExactly("four");
    assertThat(report.errors()).hasSize(5);
  }

  @Test
  void whatSeveralRulesShareIsSaidOnce() throws Exception {
    CatalogReport report =
        read(
            rule("one", "orders:public.orders(user_id)", "users:public.usres(id)"),
            rule("two", "orders:public.orders(id)", "users:public.usres(id)"));

    assertThat(messages(report).getFirst())
        .startsWith("rules one, two: parent table \"usres\" does not exist");
    assertThat(report.findings()).hasSize(1);
  }

  @Test
  void onlyTablesCanBeWatched() throws Exception {
    users(
        "create view people as select * from users",
        "create unlogged table quick (id int primary key)");
    orders(
        "create materialized view summary as select * from orders",
        "create extension postgres_fdw; create server far foreign data wrapper postgres_fdw;"
            + " create foreign table remote (id int) server far");

    assertThat(messages("orders:public.summary(user_id)", "users:public.people(id)"))
        .containsExactly(
            "rule r: child table orders:public.summary is a materialized view; name the table"
                + " beneath it",
            "rule r: parent table users:public.people is a view; name the table beneath it");
    assertThat(messages("orders:public.remote(id)", "users:public.quick(id)"))
        .containsExactly(
            "rule r: child table orders:public.remote is a foreign table: its changes are in"
                + " another server's log; name the table there",
            "rule r: parent table users:public.quick is unlogged: its changes are not in the log;"
                + " run: ALTER TABLE public.quick SET LOGGED");
  }

  @Test
  void typesThatDoNotCompareAreRefused() throws Exception {
    users("create table tokens (id uuid primary key); grant select on tokens to crossfk");

    assertThat(messages("orders:public.orders(user_id)", "users:public.tokens(id)"))
        .containsExactly(
            "rule r: orders:public.orders(user_id) of type bigint cannot refer to"
                + " users:public.tokens(id) of type uuid, because bigint and uuid do not compare;"
                + " give both columns one type");
  }

  @Test
  void aTypeThatCannotBeComparedIsRefused() throws Exception {
    users("create table times (id interval primary key); grant select on times to crossfk");

    assertThat(messages("orders:public.orders(user_id)", "users:public.times(id)"))
        .containsExactly(
            "rule r: parent column users:public.times(id) is of type interval, which crossfk cannot"
                + " compare; it compares boolean, integers, numeric, floats, texts, uuid, dates,"
                + " timestamps, bytea, enums and citext");
  }

  @Test
  void missingPrivilegesAreNamedWithTheGrant() throws Exception {
    users("create schema closed; create table closed.locked (id bigint primary key)");
    orders(
        "create table \"Order\" (id int primary key, \"user\" bigint); create index on \"Order\""
            + " (\"user\")");

    assertThat(messages("orders:public.Order(user)", "users:closed.locked(id)"))
        .containsExactly(
            "rule r: role \"crossfk\" lacks SELECT on \"user\", xmin of child table"
                + " orders:public.Order; run: GRANT SELECT (\"user\", xmin) ON public.\"Order\" TO"
                + " crossfk",
            "rule r: role \"crossfk\" may not read id of child table orders:public.Order, so"
                + " violations cannot say which rows they are; run: GRANT SELECT (id) ON"
                + " public.\"Order\" TO crossfk",
            "rule r: role \"crossfk\" lacks USAGE on its schema and SELECT on id of parent table"
                + " users:closed.locked; run: GRANT USAGE ON SCHEMA closed TO crossfk; GRANT SELECT"
                + " (id) ON closed.locked TO crossfk");
  }

  @Test
  void grantsOnTheKeyColumnsAreEnough() throws Exception {
    users(
        "create table narrow (id bigint primary key, secret text); grant select (id) on narrow to"
            + " crossfk");
    orders(
        "create table narrow (id int primary key, user_id bigint, secret text); create index on"
            + " narrow (user_id); grant select (user_id, xmin) on narrow to crossfk");

    CatalogReport report =
        read(rule("r", "orders:public.narrow(user_id)", "users:public.narrow(id)"));

    assertThat(report.errors()).isEmpty();
    assertThat(report.bound().getFirst().child().rowIdentity())
        .as("the role may not read it")
        .isEmpty();

    orders("grant select (id) on narrow to crossfk");
    report = read(rule("r", "orders:public.narrow(user_id)", "users:public.narrow(id)"));
    assertThat(report.findings()).isEmpty();
    assertThat(report.bound().getFirst().child().rowIdentity()).containsExactly("id");
  }

  @Test
  void rowLevelSecurityThatHidesRowsIsRefused() throws Exception {
    users(
        "create table tenants (id bigint primary key); grant select on tenants to crossfk; alter"
            + " table tenants enable row level security");
    orders(
        "create table owned (id int primary key, user_id bigint); create index on owned (user_id);"
            + " alter table owned owner to crossfk; alter table owned enable row level security");

    assertThat(messages("orders:public.owned(user_id)", "users:public.tenants(id)"))
        .as("the owner of a table sees its rows")
        .containsExactly(
            "rule r: row-level security of parent table users:public.tenants hides rows from role"
                + " \"crossfk\", which would look like orphans; run: ALTER ROLE crossfk BYPASSRLS");

    orders("alter table owned force row level security");
    assertThat(messages("orders:public.owned(user_id)", "users:public.users(id)"))
        .containsExactly(
            "rule r: row-level security of child table orders:public.owned hides rows from role"
                + " \"crossfk\", which would look like orphans; run: ALTER ROLE crossfk BYPASSRLS");
  }

  @Test
  void aParentKeyNeedsAUniqueIndexThatAForeignKeyCouldUse() throws Exception {
    users(
        """
        create table loose (id bigint, part bigint unique where_is text);
        """
            .replace(
                "part bigint unique where_is text", "part bigint, late bigint unique deferrable"),
        """
        create unique index on loose (part) where part > 0;
        create unique index on loose (abs(id));
        alter table loose replica identity full;
        grant select on loose to crossfk
        """);
    orders(
        "create table keys (id int primary key, a bigint); create index on keys (a); grant select"
            + " on keys to crossfk");

    for (String column : List.of("id", "part", "late")) {
      assertThat(messages("orders:public.keys(a)", "users:public.loose(" + column + ")"))
          .containsExactly(
              "rule r: parent key users:public.loose("
                  + column
                  + ") has no unique index (a partial, deferrable, invalid or expression index does"
                  + " not count); run: CREATE UNIQUE INDEX CONCURRENTLY ON public.loose ("
                  + column
                  + ")");
    }
  }

  @Test
  void aParentKeyMustBeInTheReplicaIdentity() throws Exception {
    orders(
        "create table mails (id int primary key, email text, nick text); create index on mails"
            + " (email); create index on mails (nick); grant select on mails to crossfk");

    assertThat(messages("orders:public.mails(email)", "users:public.users(email)"))
        .containsExactly(
            "rule r: parent key users:public.users(email) is not in the replica identity, so the"
                + " log does not say which key a delete removed; run: ALTER TABLE public.users"
                + " REPLICA IDENTITY USING INDEX users_email_key");
    assertThat(messages("orders:public.mails(nick)", "users:public.users(nick)"))
        .as("an index on a column that may be NULL cannot be the identity")
        .containsExactly(
            "rule r: parent key users:public.users(nick) is not in the replica identity, so the log"
                + " does not say which key a delete removed; run: ALTER TABLE public.users REPLICA"
                + " IDENTITY FULL");
  }

  @Test
  void aChildWithoutReplicaIdentityIsNotPublished() throws Exception {
    orders(
        "create table heap (user_id bigint); create index on heap (user_id); grant select on heap"
            + " to crossfk");

    assertThat(messages("orders:public.heap(user_id)", "users:public.users(id)"))
        .containsExactly(
            "rule r: child table orders:public.heap has no replica identity: once published, its"
                + " own UPDATE and DELETE would fail; add a primary key, or run: ALTER TABLE"
                + " public.heap REPLICA IDENTITY FULL");

    orders("alter table heap replica identity full");
    assertThat(messages("orders:public.heap(user_id)", "users:public.users(id)")).isEmpty();
  }

  @Test
  void eachPartitionHasItsOwnReplicaIdentity() throws Exception {
    users(
        """
        create table parts (id bigint primary key) partition by range (id);
        create table parts_1 partition of parts for values from (0) to (10);
        create table parts_2 partition of parts for values from (10) to (20);
        grant select on parts to crossfk
        """);
    assertThat(messages("orders:public.orders(user_id)", "users:public.parts(id)")).isEmpty();

    users("alter table parts_2 replica identity nothing");
    assertThat(messages("orders:public.orders(user_id)", "users:public.parts(id)"))
        .containsExactly(
            "rule r: parent key users:public.parts(id) is not in the replica identity of"
                + " public.parts_2, so the log does not say which key a delete removed; run for"
                + " each partition: ALTER TABLE … REPLICA IDENTITY USING INDEX … (or FULL)");
  }

  @Test
  void aChildWithoutAnIndexIsAWarningThatNamesItsSize() throws Exception {
    orders(
        "create table big (id int primary key, user_id bigint); insert into big select g, g from"
            + " generate_series(1, 3000) g; grant select on big to crossfk");

    CatalogReport report = read(rule("r", "orders:public.big(user_id)", "users:public.users(id)"));

    assertThat(report.findings())
        .containsExactly(
            new CatalogFinding.OfRules(
                Level.WARNING,
                List.of("r"),
                "rule r: child table orders:public.big (136 kB) has no index on user_id, so each"
                    + " delete of a parent and each proof reads the whole table; run: CREATE INDEX"
                    + " CONCURRENTLY ON public.big (user_id)"));
    assertThat(report.bound()).hasSize(1);

    orders("create index on big (user_id) where user_id is not null");
    assertThat(messages("orders:public.big(user_id)", "users:public.users(id)")).isEmpty();
  }

  @Test
  void generatedColumnsNeedALogThatTellsThem() throws Exception {
    orders(
        """
        create table made (id int primary key, raw bigint,
          stored bigint generated always as (raw + 1) stored,
          imagined bigint generated always as (raw + 1) virtual);
        create index on made (stored);
        grant select on made to crossfk
        """);

    assertThat(messages("orders:public.made(stored)", "users:public.users(id)")).isEmpty();
    assertThat(messages("orders:public.made(imagined)", "users:public.users(id)").getFirst())
        .isEqualTo(
            "rule r: child column orders:public.made(imagined) is a generated column that is not"
                + " stored, so the log never tells it; make it STORED");
  }

  @Test
  void olderServersLeaveGeneratedColumnsOutOfTheLog() throws Exception {
    try (PostgresServer old = PostgresServer.builder().version(14).start()) {
      old.execute("postgres", "create role crossfk login replication password 'secret'");
      old.execute(
          "postgres",
          """
          create table made (id int primary key, raw bigint,
            stored bigint generated always as (raw + 1) stored);
          create index on made (stored);
          grant select on made to crossfk
          """);
      CatalogReport report =
          new Catalog(
                  List.of(database("users"), database("old", old.jdbcUrl("postgres"), "secret")))
              .read(List.of(rule("r", "old:public.made(stored)", "users:public.users(id)")));

      assertThat(messages(report))
          .containsExactly(
              "rule r: child column old:public.made(stored) is a generated column, which PostgreSQL"
                  + " 14 leaves out of the log (18 and later do not); name the columns that it is"
                  + " made of");
    }
  }

  @Test
  void domainsEnumsAndCollationsAreSeenThrough() throws Exception {
    String types =
        """
        create extension citext;
        create schema extra;
        create type extra."Mood" as enum ('good', 'bad');
        create domain short as varchar(10) check (value <> '');
        create domain shorter as short;
        create collation loud (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create table zoo (id int primary key, a shorter unique, b extra."Mood" unique, c citext unique,
          d text collate loud unique, e char(3) unique, f text collate "C" unique);
        alter table zoo replica identity full;
        grant select on zoo to crossfk;
        """;
    users(types);
    orders(types);
    List<Rule> rules =
        Arrays.stream("a b c d e f".split(" "))
            .map(
                column ->
                    rule(
                        column,
                        "orders:public.zoo(" + column + ")",
                        "users:public.zoo(" + column + ")"))
            .toList();

    CatalogReport report = read(rules.toArray(Rule[]::new));

    assertThat(report.findings()).isEmpty();
    assertThat(report.bound())
        .extracting(bound -> bound.child().columnTypes().values().iterator().next())
        .containsExactly(
            new ColumnType(ColumnType.Kind.TEXT, "varchar", true),
            new ColumnType(ColumnType.Kind.ENUM, "\"extra\".\"Mood\"", true),
            new ColumnType(ColumnType.Kind.CITEXT, "\"public\".\"citext\"", false),
            new ColumnType(ColumnType.Kind.TEXT, "text", false),
            ColumnType.of(ColumnType.Kind.CHAR),
            ColumnType.of(ColumnType.Kind.TEXT));
  }

  @Test
  void twoIdeasOfEqualityAreRefused() throws Exception {
    orders(
        """
        create collation louder (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
        create table shouts (id int primary key, name text collate louder);
        create index on shouts (name); grant select on shouts to crossfk
        """);
    users(
        """
        create collation whisper (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create table names (name text collate whisper primary key); grant select on names to crossfk
        """);

    assertThat(messages("orders:public.shouts(name)", "users:public.names(name)"))
        .containsExactly(
            "rule r: orders:public.shouts(name) of type text cannot refer to"
                + " users:public.names(name) of type text, because their collations are"
                + " nondeterministic and differ; give both columns one collation");
  }

  @Test
  void aRoleThatMayNotReadTheLogIsToldHow() throws Exception {
    users("create role reader login password 'secret'; grant select on users to reader");
    CatalogDatabase asReader =
        new CatalogDatabase(
            "users",
            server.jdbcUrl("users"),
            Optional.of("reader"),
            Optional.of("secret"),
            "crossfk",
            Duration.ofSeconds(10));

    assertThat(messages(new Catalog(List.of(asReader)).read(List.of())))
        .containsExactly(
            "database users: role \"reader\" may not read the log; run: ALTER ROLE reader"
                + " REPLICATION (Amazon RDS: GRANT rds_replication TO reader)");
  }

  @Test
  void aServerWhoseLogIsNotLogicalIsToldHowToChangeIt() throws Exception {
    try (PostgresServer quiet =
        PostgresServer.builder()
            .setting("wal_level", "replica")
            .setting("max_replication_slots", "0")
            .start()) {
      quiet.execute("postgres", "create role crossfk login replication password 'secret'");

      assertThat(
              messages(
                  new Catalog(List.of(database("quiet", quiet.jdbcUrl("postgres"), "secret")))
                      .read(List.of())))
          .containsExactly(
              "database quiet: wal_level is \"replica\", so the log tells no rows; run: ALTER"
                  + " SYSTEM SET wal_level = 'logical'; then restart the server (Amazon RDS:"
                  + " rds.logical_replication = 1)",
              "database quiet: no replication slot is free for \"crossfk\", all 0 are taken; drop"
                  + " one that nobody uses, or raise max_replication_slots and restart the server");
    }
  }

  @Test
  void aSlotThatIsThereNeedsNoFreeOne() throws Exception {
    try (PostgresServer full =
        PostgresServer.builder().setting("max_replication_slots", "1").start()) {
      full.execute("postgres", "create role crossfk login replication password 'secret'");
      full.execute("postgres", "select pg_create_logical_replication_slot('crossfk', 'pgoutput')");

      assertThat(
              messages(
                  new Catalog(List.of(database("full", full.jdbcUrl("postgres"), "secret")))
                      .read(List.of())))
          .isEmpty();
    }
  }

  @Test
  void whoIsNotLetInIsToldWhy() throws Exception {
    CatalogReport report =
        new Catalog(
                List.of(
                    database("one", server.jdbcUrl("users"), "wrong"),
                    database("two", server.jdbcUrl("usrs"), "secret"),
                    database("three", "jdbc:mysql://localhost/users", "secret")))
            .read(List.of(rule("r", "one:public.a(x)", "two:public.b(y)")));

    String place = "127.0.0.1:" + server.port();
    assertThat(messages(report))
        .containsExactly(
            "database one: "
                + place
                + "/users refused the password of role \"crossfk\"; correct \"password\" of"
                + " database one, or set another with: ALTER ROLE … PASSWORD '…'",
            "database two: "
                + place
                + " has no database \"usrs\"; correct the last part of \"url\"",
            "database three: \"jdbc:mysql://localhost/users\" is not of the form"
                + " jdbc:postgresql://host:port/database; correct \"url\" of database three");
    assertThat(report.errors()).hasSize(3);
    assertThat(report.waiting()).isEmpty();
  }

  @Test
  void aDatabaseThatIsDownLetsItsRulesWaitAndTheOthersRun() throws Exception {
    PostgresServer down = PostgresServer.start();
    String url = down.jdbcUrl("postgres");
    int port = down.port();
    down.close();

    CatalogReport report =
        new Catalog(List.of(database("users"), database("orders"), database("down", url, "secret")))
            .read(
                List.of(
                    rule("runs", "orders:public.orders(user_id)", "users:public.users(id)"),
                    rule("waits", "down:public.orders(user_id)", "users:public.users(id)"),
                    rule("is wrong", "down:public.orders(user_id)", "users:public.usres(id)")));

    assertThat(report.bound()).extracting(bound -> bound.rule().name()).containsExactly("runs");
    assertThat(report.waiting()).extracting(Rule::name).containsExactly("waits");
    CatalogFinding finding = report.findings().getFirst();
    assertThat(finding).isInstanceOf(CatalogFinding.Unreachable.class);
    assertThat(finding.message())
        .startsWith(
            "database down: 127.0.0.1:" + port + "/postgres cannot be reached (Connection to")
        .endsWith("see that the server runs and that \"url\" is right, rules that touch it wait");
    assertThat(report.errors())
        .extracting(CatalogFinding::message)
        .containsExactly(
            "rule is wrong: parent table \"usres\" does not exist in users:public; did you mean"
                + " \"users\"?");
  }

  @Test
  void aServerThatHangsIsUnreachableAfterABoundedTime() throws Exception {
    try (PostgresServer hung = PostgresServer.start()) {
      hung.execute("postgres", "create role crossfk login replication password 'secret'");
      hung.pause();
      long started = System.nanoTime();

      CatalogReport report =
          new Catalog(List.of(database("hung", hung.jdbcUrl("postgres"), "secret")))
              .read(List.of());

      assertThat(report.findings().getFirst()).isInstanceOf(CatalogFinding.Unreachable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(15));
      hung.resume();
    }
  }

  @Test
  void aStandbyIsNoPrimary() throws Exception {
    try (PostgresServer standby = PostgresServer.start()) {
      standby.execute("postgres", "create role crossfk login replication password 'secret'");
      standby.execute("postgres", "alter role crossfk set default_transaction_read_only = on");
      standby.stop();
      java.nio.file.Path data = standby.log().resolveSibling("data");
      java.nio.file.Files.createFile(data.resolve("standby.signal"));
      standby.startAgain();

      assertThat(
              messages(
                  new Catalog(List.of(database("standby", standby.jdbcUrl("postgres"), "secret")))
                      .read(List.of())))
          .containsExactly(
              "database standby: the server is a standby (in recovery), whose answers may be late;"
                  + " point \"url\" to the primary");
    }
  }
}
