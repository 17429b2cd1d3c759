package io.crossfk.listener.catalog;

import static io.crossfk.listener.catalog.World.messages;
import static io.crossfk.listener.catalog.World.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfk.rules.model.Rule;
import io.crossfk.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tables can have against a rule: told in one sentence, and cured by what it says. */
class TableFindingsIT {
  private static Map<Integer, PostgresServer> servers = Map.of();

  private static final Rule ORDERS_USER =
      rule("orders-user", "orders:public.orders(user_id)", "users:public.users(id)");

  @BeforeAll
  static void start() {
    servers =
        Map.of(
            14, PostgresServer.builder().version(14).name("catalog").start(),
            18, PostgresServer.builder().version(18).name("catalog").start());
  }

  @AfterAll
  static void close() {
    servers.values().forEach(PostgresServer::close);
  }

  private static World world() throws SQLException {
    return world(18);
  }

  private static World world(int version) throws SQLException {
    PostgresServer server = servers.get(version);
    if (server == null) {
      throw new IllegalArgumentException("no server of version " + version);
    }
    return new World(server);
  }

  /** Users and orders as they should be. */
  private static World soundWorld(int version) throws SQLException {
    return world(version)
        .with("users", "create table users (id int8 primary key, name text)")
        .readable("users")
        .with(
            "orders",
            "create table orders (id int8 primary key, user_id int8)",
            "create index on orders (user_id)")
        .readable("orders");
  }

  /** The one finding there is; cured by its own words, there is none. */
  private static void cures(World world, String database, Rule rule, String message)
      throws SQLException, InterruptedException {
    assertThat(messages(world.read(rule))).containsExactly(message);
    world.cure(database, message);
    CatalogReport after = world.read(rule);
    assertThat(messages(after)).isEmpty();
    assertThat(after.bound()).hasSize(1);
  }

  @Test
  void aMissingTableIsNamedWithItsNearestNeighbour() throws Exception {
    World world = soundWorld(18);

    CatalogReport report =
        world.read(
            ORDERS_USER,
            rule("misspelled", "orders:public.orders(user_id)", "users:public.usres(id)"),
            rule("elsewhere", "orders:public.orders(user_id)", "users:publik.users(id)"),
            rule("unlike", "orders:public.shipments(user_id)", "users:public.users(id)"),
            rule("columns", "orders:public.orders(userid)", "users:public.users(key)"),
            rule("again", "orders:public.orders(user_id)", "users:public.usres(id)"));

    assertThat(messages(report))
        .containsExactly(
            "rules misspelled, again: parent table \"usres\" does not exist in users:public; did"
                + " you mean \"users\"?",
            "rule elsewhere: parent schema \"publik\" does not exist in users; did you mean"
                + " \"public\"?",
            "rule unlike: child table \"shipments\" does not exist in orders:public; correct the"
                + " rule (there are the tables orders)",
            "rule columns: child column \"userid\" does not exist in orders:public.orders; did you"
                + " mean \"user_id\"?",
            "rule columns: parent column \"key\" does not exist in users:public.users; correct the"
                + " rule (there are the columns id, name)");
    assertThat(report.bound()).extracting(bound -> bound.rule().name()).containsOnly("orders-user");
    assertThat(report.errors()).hasSize(5);
  }

  @Test
  void aTableOfAnotherSchemaIsFound() throws Exception {
    World world =
        soundWorld(18)
            .andRun("users", "create schema app", "alter table users set schema app")
            .andRun("users", "create table unlike (id int8)");

    assertThat(messages(world.read(ORDERS_USER)))
        .containsExactly(
            "rule orders-user: parent table \"users\" does not exist in users:public; did you mean"
                + " \"app.users\"?");
  }

  @Test
  void whatIsNoTableIsRefused() throws Exception {
    World world =
        soundWorld(18)
            .andRun("users", "create view people as select * from users")
            .andRun("users", "create materialized view folk as select * from users")
            .andRun("users", "create extension postgres_fdw")
            .andRun("users", "create server far foreign data wrapper postgres_fdw")
            .andRun("users", "create foreign table strangers (id int8) server far")
            .readable("users");
    String child = "orders:public.orders(user_id)";

    assertThat(
            messages(
                world.read(
                    rule("v", child, "users:public.people(id)"),
                    rule("m", child, "users:public.folk(id)"),
                    rule("f", child, "users:public.strangers(id)"),
                    rule("s", child, "users:pg_catalog.pg_class(oid)"))))
        .containsExactly(
            "rule v: parent table users:public.people is a view, and the log has changes of"
                + " ordinary and partitioned tables only; name the table that the rows come from",
            "rule m: parent table users:public.folk is a materialized view, and the log has"
                + " changes of ordinary and partitioned tables only; name the table that the rows"
                + " come from",
            "rule f: parent table users:public.strangers is a foreign table, and the log has"
                + " changes of ordinary and partitioned tables only; name the table in its own"
                + " database",
            "rule s: parent table users:pg_catalog.pg_class is PostgreSQL's own, and its changes"
                + " are not in the log; name another");
  }

  @Test
  void anUnloggedTableIsRefused() throws Exception {
    World world = soundWorld(18).andRun("orders", "alter table orders set unlogged");

    cures(
        world,
        "orders",
        ORDERS_USER,
        "rule orders-user: child table orders:public.orders is unlogged, so its changes are not in"
            + " the log; run ALTER TABLE public.orders SET LOGGED;");
  }

  @Test
  void aTemporaryTableIsRefused() throws Exception {
    World world = soundWorld(18);
    try (Connection connection =
            DriverManager.getConnection(world.url("orders"), "postgres", "sandbox");
        Statement statement = connection.createStatement()) {
      statement.execute("create temporary table carts (user_id int8)");
      var schema = statement.executeQuery("select pg_my_temp_schema()::regnamespace::text");
      schema.next();
      String name = schema.getString(1);

      assertThat(
              messages(
                  world.read(
                      rule("t", "orders:" + name + ".carts(user_id)", "users:public.users(id)"))))
          .contains(
              "rule t: child table orders:"
                  + name
                  + ".carts is temporary, so its changes are not in the log; name a permanent one");
    }
  }

  @Test
  void typesThatDoNotCompareAreRefused() throws Exception {
    World world =
        world()
            .with(
                "users",
                "create table users (id int8 primary key, codes text[] unique, slot int4range"
                    + " unique)")
            .readable("users")
            .with("orders", "create table orders (user_id uuid, codes text[])")
            .andRun("orders", "create index on orders (user_id)")
            .readable("orders");

    assertThat(
            messages(
                world.read(
                    ORDERS_USER,
                    rule("codes", "orders:public.orders(user_id)", "users:public.users(codes)"))))
        .containsExactly(
            "rule orders-user: child column orders:public.orders.user_id and parent column"
                + " users:public.users.id cannot be compared, because uuid and bigint do not"
                + " compare; give both columns one type",
            "rule codes: parent column users:public.users.codes has the type text[], which cannot"
                + " be a key; refer to a column of one of these types: "
                + ColumnTypes.ACCEPTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void missingPrivilegesAreNamedWithTheGrantThatSuffices(int version) throws Exception {
    World world = soundWorld(version);
    world.execute("orders", "revoke all on orders from " + world.role);
    world.execute("orders", "create schema \"Types\"");
    world.execute("orders", "create type \"Types\".mood as enum ('glad')");
    world.execute("orders", "alter table orders add mood \"Types\".mood");
    world.execute("orders", "create index on orders (mood)");
    world.execute("users", "create type mood as enum ('glad')");
    world.execute("users", "create table moods (name mood primary key)");
    world.execute("users", "revoke usage on schema public from public");
    world.readable("users");
    Rule mood = rule("mood", "orders:public.orders(mood)", "users:public.moods(name)");

    List<String> messages = messages(world.read(ORDERS_USER, mood));

    String role = world.role;
    assertThat(messages)
        .containsExactly(
            "rules orders-user, mood: child table orders:public.orders does not let role "
                + role
                + " read user_id, id, xmin, ctid, mood; run GRANT SELECT (user_id, id, xmin, ctid,"
                + " mood) ON public.orders TO "
                + role
                + ";",
            "rule orders-user: parent table users:public.users is in a schema that role "
                + role
                + " may not use; run GRANT USAGE ON SCHEMA public TO "
                + role
                + ";",
            "rule mood: child column orders:public.orders.mood has the type \"Types\".mood of a"
                + " schema that role "
                + role
                + " may not use; run GRANT USAGE ON SCHEMA \"Types\" TO "
                + role
                + ";",
            "rule mood: parent column users:public.moods.name has the type public.mood of a schema"
                + " that role "
                + role
                + " may not use; run GRANT USAGE ON SCHEMA public TO "
                + role
                + ";",
            "rule mood: parent table users:public.moods is in a schema that role "
                + role
                + " may not use; run GRANT USAGE ON SCHEMA public TO "
                + role
                + ";");
    world.cure("orders", messages.get(0));
    world.cure("users", messages.get(1));
    world.cure("orders", messages.get(2));
    assertThat(messages(world.read(ORDERS_USER, mood))).isEmpty();
    // The grant must suffice for what look-ups really do.
    try (Connection connection = DriverManager.getConnection(world.url("orders"), role, "secret");
        Statement statement = connection.createStatement()) {
      statement.execute("select xmin, id, user_id from public.orders");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void rowLevelSecurityMustNotApplyToUs(int version) throws Exception {
    World world =
        soundWorld(version).andRun("users", "alter table users enable row level security");

    cures(
        world,
        "users",
        ORDERS_USER,
        "rule orders-user: parent table users:public.users has row-level security, which may hide"
            + " rows from role "
            + world.role
            + ", and what is hidden looks missing; run as a superuser ALTER ROLE "
            + world.role
            + " BYPASSRLS;");
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void aParentMustBeUnique(int version) throws Exception {
    World world =
        world(version)
            .with("users", "create table \"Users\" (tenant int2, \"user\" int8, at date)")
            .andRun("users", "create index on \"Users\" (\"user\", tenant)")
            .andRun("users", "create unique index on \"Users\" (\"user\", tenant, at)")
            .andRun("users", "create unique index on \"Users\" (tenant, (\"user\" + 1))")
            .readable("users")
            .with("orders", "create table orders (tenant int2, user_id int8)")
            .andRun("orders", "create index on orders (user_id, tenant)")
            .readable("orders");

    cures(
        world,
        "users",
        rule("r", "orders:public.orders(user_id, tenant)", "users:public.Users(user, tenant)"),
        "rule r: parent columns users:public.Users(user, tenant) have no unique index, so several"
            + " rows may have one key; run CREATE UNIQUE INDEX CONCURRENTLY ON public.\"Users\""
            + " (\"user\", tenant);");
  }

  @Test
  void aUniqueIndexThatDoesNotCountIsNamedWithTheReason() throws Exception {
    World world =
        world()
            .with(
                "users",
                "create table users (id int8, mail text, code int8, constraint deferred unique"
                    + " (id) deferrable)")
            .andRun("users", "create unique index partial on users (mail) where code > 0")
            .andRun("users", "insert into users values (1, 'a', 7), (2, 'b', 7)");
    assertThatThrownBy(
            () -> world.execute("users", "create unique index concurrently broken on users (code)"))
        .isInstanceOf(SQLException.class);
    world
        .andRun("users", "delete from users")
        .readable("users")
        .with("orders", "create table orders (id int8, mail text, code int8)")
        .andRun("orders", "create index on orders (id)", "create index on orders (mail)")
        .andRun("orders", "create index on orders (code)")
        .readable("orders");

    cures(
        world,
        "users",
        rule("r", "orders:public.orders(id)", "users:public.users(id)"),
        "rule r: parent column users:public.users(id) has no unique index, so several rows may have"
            + " one key (public.deferred is deferrable); run CREATE UNIQUE INDEX CONCURRENTLY ON"
            + " public.users (id);");
    cures(
        world,
        "users",
        rule("r", "orders:public.orders(mail)", "users:public.users(mail)"),
        "rule r: parent column users:public.users(mail) has no unique index, so several rows may"
            + " have one key (public.partial is partial); run CREATE UNIQUE INDEX CONCURRENTLY ON"
            + " public.users (mail);");
    cures(
        world,
        "users",
        rule("r", "orders:public.orders(code)", "users:public.users(code)"),
        "rule r: parent column users:public.users(code) has no unique index, so several rows may"
            + " have one key (public.broken is not valid); run REINDEX INDEX CONCURRENTLY"
            + " public.broken;");
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void aChildWithoutAnIndexIsAWarning(int version) throws Exception {
    World world = soundWorld(version);
    world.execute("orders", "drop index orders_user_id_idx");
    world.execute("orders", "create index elsewhere on orders (id, user_id)");
    world.execute("orders", "create index partly on orders (user_id) where id > 0");
    world.execute("orders", "insert into orders select g, g from generate_series(1, 10000) g");

    CatalogReport report = world.read(ORDERS_USER);

    String message =
        "rule orders-user: child column orders:public.orders(user_id) has no index, so each delete"
            + " of a parent scans the whole table (4?? kB); run CREATE INDEX CONCURRENTLY ON"
            + " public.orders (user_id);";
    assertThat(messages(report))
        .singleElement()
        .satisfies(
            text ->
                assertThat(text.replaceFirst("\\(4\\d\\d kB\\)", "(4?? kB)")).isEqualTo(message));
    assertThat(report.errors()).isEmpty();
    assertThat(report.bound()).hasSize(1);
    world.cure("orders", message);
    assertThat(messages(world.read(ORDERS_USER))).isEmpty();
  }

  @Test
  void aTableThatIsLockedIsReadWithoutItsSize() throws Exception {
    World world = soundWorld(18);
    world.execute("orders", "drop index orders_user_id_idx");
    try (Connection connection =
            DriverManager.getConnection(world.url("orders"), "postgres", "sandbox");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table orders");

      assertThat(messages(world.read(ORDERS_USER)))
          .containsExactly(
              "rule orders-user: child column orders:public.orders(user_id) has no index, so each"
                  + " delete of a parent scans the whole table; run CREATE INDEX CONCURRENTLY ON"
                  + " public.orders (user_id);");
    }
  }

  @Test
  void aStoredGeneratedColumnNeedsPostgres18() throws Exception {
    String[] orders = {
      "create table orders (id int8 primary key, code text, user_id int8 generated always as"
          + " (length(code)) stored)",
      "create index on orders (user_id)"
    };
    World old = world(14).with("users", "create table users (id int8 primary key)");
    old.readable("users").with("orders", orders).readable("orders");

    assertThat(messages(old.read(ORDERS_USER)))
        .singleElement()
        .satisfies(
            text ->
                assertThat(text.replaceFirst("14\\.[0-9.]+", "14.x"))
                    .isEqualTo(
                        "rule orders-user: child column orders:public.orders.user_id is generated,"
                            + " and PostgreSQL 14.x publishes no generated columns; upgrade to 18,"
                            + " or keep its value by a trigger instead: ALTER TABLE public.orders"
                            + " ALTER COLUMN user_id DROP EXPRESSION;"));
    old.cure("orders", messages(old.read(ORDERS_USER)).getFirst());
    assertThat(messages(old.read(ORDERS_USER))).isEmpty();

    World young = world(18).with("users", "create table users (id int8 primary key)");
    young.readable("users").with("orders", orders).readable("orders");
    assertThat(messages(young.read(ORDERS_USER))).isEmpty();
    young.execute("orders", "alter table orders drop user_id");
    young.execute("orders", "alter table orders add user_id int8 generated always as (id) virtual");
    assertThat(messages(young.read(ORDERS_USER)))
        .containsExactly(
            "rule orders-user: child column orders:public.orders.user_id is generated as it is"
                + " read, and never in the log; drop it and add it again as STORED");
  }

  @Test
  void partitionsWhoseChangesAreNotInTheLogAreNamed() throws Exception {
    World world = soundWorld(18);
    world.execute("orders", "create extension postgres_fdw");
    world.execute("orders", "create server far foreign data wrapper postgres_fdw");
    world.execute("orders", "create table events (id int8, user_id int8) partition by range (id)");
    world.execute("orders", "create unlogged table events_1 partition of events default");
    world.execute("orders", "create index on events (user_id)");
    world.execute(
        "orders",
        "create foreign table events_0 partition of events for values from (0) to (9) server far");
    world.readable("orders");
    Rule events = rule("events", "orders:public.events(user_id)", "users:public.users(id)");

    List<String> messages = messages(world.read(events));

    assertThat(messages)
        .containsExactly(
            "rule events: child table orders:public.events has the foreign table public.events_0"
                + " for a partition, whose changes are not in this log; run ALTER TABLE"
                + " public.events DETACH PARTITION public.events_0;",
            "rule events: child table orders:public.events has the unlogged partition"
                + " public.events_1, whose changes are not in the log; run ALTER TABLE"
                + " public.events_1 SET LOGGED;");
    for (String message : messages) {
      world.cure("orders", message);
    }
    assertThat(messages(world.read(events))).isEmpty();
  }

  @Test
  void aPartitionAndItsRootAreNotWatchedTogether() throws Exception {
    World world = soundWorld(18);
    world.execute("orders", "create table events (id int8, user_id int8) partition by range (id)");
    world.execute("orders", "create table events_1 partition of events default");
    world.execute("orders", "create index on events (user_id)");
    world.readable("orders");
    Rule leaf = rule("leaf", "orders:public.events_1(user_id)", "users:public.users(id)");
    Rule root = rule("root", "orders:public.events(user_id)", "users:public.users(id)");

    assertThat(messages(world.read(leaf))).isEmpty();
    assertThat(messages(world.read(leaf, root)))
        .containsExactly(
            "rule leaf: child table orders:public.events_1 is a partition of orders:public.events,"
                + " which another rule names, and changes come under the name of one of them only;"
                + " name orders:public.events in both rules");
  }

  @Test
  void aTableThatOthersInheritFromIsRefused() throws Exception {
    World world = soundWorld(18).andRun("users", "create table vips (stars int) inherits (users)");

    cures(
        world,
        "users",
        ORDERS_USER,
        "rule orders-user: parent table users:public.users has rows of the table public.vips, which"
            + " inherits from it and is published under its own name; run ALTER TABLE public.vips"
            + " NO INHERIT public.users; or make a partition of it");
  }

  @Test
  void aPartitionedParentSaysWhetherItCanBeUnique() throws Exception {
    World world =
        world()
            .with(
                "users",
                "create table users (id int8, region int2, at date) partition by list (region)",
                "create table users_1 partition of users default")
            .readable("users")
            .with("orders", "create table orders (user_id int8, region int2)")
            .andRun("orders", "create index on orders (user_id, region)")
            .readable("orders");

    assertThat(messages(world.read(ORDERS_USER)))
        .contains(
            "rule orders-user: parent column users:public.users(id) has no unique index, so several"
                + " rows may have one key, nor is one possible: it would have to contain the"
                + " partition key (region); refer to columns that do");
    cures(
        world,
        "users",
        rule("r", "orders:public.orders(user_id, region)", "users:public.users(id, region)"),
        "rule r: parent columns users:public.users(id, region) have no unique index, so several"
            + " rows may have one key; run CREATE UNIQUE INDEX ON public.users (id, region);");
  }

  @Test
  void aTableThatIsChildAndParentIsNamedOnce() throws Exception {
    World world =
        world()
            .with(
                "staff",
                "create unlogged table people (id int8 primary key, boss int8)",
                "create index on people (boss)")
            .readable("staff");

    cures(
        world,
        "staff",
        rule("boss", "staff:public.people(boss)", "staff:public.people(id)"),
        "rule boss: child and parent table staff:public.people is unlogged, so its changes are not"
            + " in the log; run ALTER TABLE public.people SET LOGGED;");
  }
}
