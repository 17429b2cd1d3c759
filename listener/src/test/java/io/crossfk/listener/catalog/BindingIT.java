package io.crossfk.listener.catalog;

import static io.crossfk.listener.catalog.World.messages;
import static io.crossfk.listener.catalog.World.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.key.ColumnType;
import io.crossfk.rules.key.ColumnType.Kind;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.TableDescription;
import io.crossfk.sandbox.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules against which nothing speaks, on the oldest and on the newest PostgreSQL. */
class BindingIT {
  private static Map<Integer, PostgresServer> servers = Map.of();

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

  private static PostgresServer server(int version) {
    PostgresServer server = servers.get(version);
    if (server == null) {
      throw new IllegalArgumentException("no server of version " + version);
    }
    return server;
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void integersOfDifferentWidthAreBound(int version) throws Exception {
    World world = world(version, "int8", "int4");

    BoundRule bound = only(world);

    assertThat(bound.child())
        .isEqualTo(
            new TableDescription(
                bound.rule().child().table(),
                Map.of("parent", ColumnType.of(Kind.INT4)),
                List.of("id")));
    assertThat(bound.parent())
        .isEqualTo(
            new TableDescription(
                bound.rule().parent().table(),
                Map.of("key", ColumnType.of(Kind.INT8)),
                List.of("key")));
    assertThat(bound.shape().exact()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void uuidsAndTextsWithACollationAreBound(int version) throws Exception {
    assertThat(typesOf(world(version, "uuid", "uuid")))
        .containsExactly(ColumnType.of(Kind.UUID), ColumnType.of(Kind.UUID));
    assertThat(typesOf(world(version, "varchar(40) collate \"C\"", "text collate \"POSIX\"")))
        .containsExactly(ColumnType.of(Kind.TEXT), ColumnType.of(Kind.TEXT));
    assertThat(typesOf(world(version, "char(8)", "char(4)")))
        .containsExactly(ColumnType.of(Kind.CHAR), ColumnType.of(Kind.CHAR));
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void aNondeterministicCollationIsNotExact(int version) throws Exception {
    String collation =
        "create collation folded (provider = icu, locale = 'und-u-ks-level2',"
            + " deterministic = false)";
    World world = world(version, "text collate folded", "text collate folded", collation);

    BoundRule bound = only(world);

    assertThat(bound.shape().exact()).isFalse();
    assertThat(bound.parent().typeOf("key")).contains(new ColumnType(Kind.TEXT, "text", false));
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void citextIsBoundByTheNameOfItsOwnSchema(int version) throws Exception {
    World world =
        world(
            version,
            "\"Odd\".citext",
            "\"Odd\".citext",
            "create schema \"Odd\"",
            "create extension citext schema \"Odd\"",
            "grant usage on schema \"Odd\" to public");

    BoundRule bound = only(world);

    assertThat(bound.parent().typeOf("key"))
        .contains(new ColumnType(Kind.CITEXT, "\"Odd\".\"citext\"", false));
    assertThat(bound.shape().exact()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void enumsAndDomainsAreBound(int version) throws Exception {
    assertThat(typesOf(world(version, "mood", "mood", "create type mood as enum ('glad', 'sad')")))
        .containsOnly(new ColumnType(Kind.ENUM, "\"public\".\"mood\"", true));
    assertThat(
            typesOf(
                world(
                    version,
                    "positive",
                    "account",
                    "create domain positive as int8 check (value > 0)",
                    "create domain account as positive")))
        .containsOnly(ColumnType.of(Kind.INT8));
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void columnsArePairedByPositionWhateverTheIndexesOrder(int version) throws Exception {
    World world =
        new World(server(version))
            .with(
                "sales",
                "create table order_lines (order_id int8, line_no int2, primary key (line_no,"
                    + " order_id))")
            .readable("sales")
            .with(
                "depot",
                "create table shipments (id uuid primary key, line int4, order_id int8)",
                "create index on shipments (line, order_id) where order_id is not null and line"
                    + " is not null")
            .readable("depot");

    CatalogReport report =
        world.read(
            rule(
                "lines",
                "depot:public.shipments(order_id, line)",
                "sales:public.order_lines(order_id, line_no)"));

    assertThat(messages(report)).isEmpty();
    assertThat(report.bound())
        .singleElement()
        .satisfies(
            bound -> {
              assertThat(bound.shape().pairs().get(1).child()).isEqualTo(ColumnType.of(Kind.INT4));
              assertThat(bound.shape().pairs().get(1).parent()).isEqualTo(ColumnType.of(Kind.INT2));
              assertThat(bound.parent().rowIdentity()).containsExactly("line_no", "order_id");
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void partitionedTablesAreBoundByTheirRootAndReadByColumnGrants(int version) throws Exception {
    World world =
        new World(server(version))
            .with(
                "one",
                "create table users (region int2, id int8, name text, primary key (region, id))"
                    + " partition by list (region)",
                "create table users_1 partition of users for values in (1)",
                "create table users_n partition of users default partition by range (id)",
                "create table users_n1 partition of users_n default",
                "create table orders (id int8, region int2, user_id int8, note text)"
                    + " partition by range (id)",
                "create table orders_1 partition of orders default",
                "create unique index orders_identity on orders (id)",
                "create index on orders (region, user_id)",
                "alter table orders alter id set not null",
                "alter table orders replica identity using index orders_identity");
    world.execute("one", "grant select (region, id) on users to " + world.role);
    world.execute(
        "one", "grant select (id, region, user_id, xmin, ctid) on orders to " + world.role);

    CatalogReport report =
        world.read(
            rule("inside", "one:public.orders(region, user_id)", "one:public.users(region, id)"));

    assertThat(messages(report)).isEmpty();
    assertThat(report.bound())
        .singleElement()
        .satisfies(bound -> assertThat(bound.child().rowIdentity()).containsExactly("id"));
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 18})
  void rulesThatShareATableShareItsDescription(int version) throws Exception {
    World world =
        new World(server(version))
            .with(
                "one",
                "create table people (id int8 primary key, mail text unique not null)",
                "create table posts (person int8, writer text)",
                "create index on posts (person)",
                "create index on posts (writer)")
            .readable("one");

    CatalogReport report =
        world.read(
            rule("person", "one:public.posts(person)", "one:public.people(id)"),
            rule("writer", "one:public.posts(writer)", "one:public.people(mail)"));

    assertThat(messages(report)).isEmpty();
    assertThat(report.bound()).hasSize(2);
    BoundRule first = report.bound().getFirst();
    assertThat(first.parent().columnTypes()).containsOnlyKeys("id", "mail");
    assertThat(first.parent()).isSameAs(report.bound().getLast().parent());
    assertThat(first.child().rowIdentity()).isEmpty();
  }

  private static World world(int version, String parentType, String childType, String... before)
      throws SQLException {
    World world = new World(server(version));
    return world
        .with("parents", before)
        .with("children", before)
        .andRun("parents", "create table parents (key " + parentType + " primary key)")
        .andRun(
            "children",
            "create table children (id int8 primary key, parent " + childType + ")",
            "create index on children (parent)")
        .readable("parents")
        .readable("children");
  }

  private static BoundRule only(World world) throws InterruptedException {
    CatalogReport report =
        world.read(rule("r", "children:public.children(parent)", "parents:public.parents(key)"));
    assertThat(messages(report)).isEmpty();
    assertThat(report.bound()).hasSize(1);
    return report.bound().getFirst();
  }

  private static List<ColumnType> typesOf(World world) throws InterruptedException {
    BoundRule bound = only(world);
    return List.of(
        bound.child().columnTypes().values().iterator().next(),
        bound.parent().columnTypes().values().iterator().next());
  }
}
