package io.crossfk.listener.lookup.postgres;

import static io.crossfk.listener.lookup.postgres.World.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.sandbox.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Types whose equality has no canonical form: a key is the child's own spelling. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpellingsIT {
  private World world;

  @BeforeAll
  void start() throws SQLException {
    world = World.on(PostgresServer.start(), "users", "orders");
    for (String database : List.of("users", "orders")) {
      world.sql(
          database,
          "create schema \"Ext.\"\"s\"",
          "create extension citext schema \"Ext.\"\"s\"",
          "create collation loud (provider = icu, locale = 'und-u-ks-level2', deterministic ="
              + " false)");
    }
    world.sql(
        "users",
        "create table people (name \"Ext.\"\"s\".citext primary key, loud text collate loud"
            + " unique)",
        "alter table people replica identity full");
    world.sql(
        "orders",
        "create table notes (id int primary key, name \"Ext.\"\"s\".citext, loud text collate loud,"
            + " plain text)",
        "create index on notes (name)",
        "create index on notes (loud)",
        "create index on notes (plain)",
        "insert into notes select g, n, n, n from unnest(array['Alice', 'ALICE', 'ALICE', 'alice',"
            + " 'Bob', null]) with ordinality x(n, g)");
  }

  @AfterAll
  void stop() {
    world.close();
  }

  private BoundRule rule(String child, String parent) throws InterruptedException {
    return world
        .bind(
            World.rule(
                child, "orders:public.notes(" + child + ")", "users:public.people(" + parent + ")"))
        .getFirst();
  }

  @Test
  void aRemovedParentFindsItsChildrenInAllTheirSpellings() throws Exception {
    for (String column : List.of("name", "loud")) {
      BoundRule rule = rule(column, column);
      try (PostgresLookups lookups = world.lookups(List.of(rule))) {
        List<Finding> findings =
            ask(
                lookups,
                List.of(
                    world.referrers(rule, Key.of("aLiCe")),
                    world.referrers(rule, Key.of("Carol"))));

        Finding.Referring alice = (Finding.Referring) findings.get(0);
        assertThat(alice.keys())
            .as(column)
            .containsExactlyInAnyOrder(Key.of("Alice"), Key.of("ALICE"), Key.of("alice"));
        assertThat(alice.more()).isFalse();
        assertThat(((Finding.Referring) findings.get(1)).keys()).isEmpty();
      }
    }
  }

  @Test
  void aProofCountsTheChildrenOfOneSpelling() throws Exception {
    for (String column : List.of("name", "loud")) {
      BoundRule rule = rule(column, column);
      try (PostgresLookups lookups = world.lookups(List.of(rule))) {
        Finding.Broken broken = (Finding.Broken) ask(lookups, world.proof(rule, Key.of("ALICE")));

        assertThat(broken.orphans().count()).as(column).isEqualTo(2);
        assertThat(ask(lookups, world.proof(rule, Key.of("aLiCe"))))
            .isInstanceOf(Finding.NobodyRefers.class);
      }
    }
  }

  @Test
  void theParentsOwnEqualityHasTheLastWord() throws Exception {
    world.sql("users", "insert into people values ('bOB', 'bOB')");
    for (String column : List.of("name", "loud")) {
      BoundRule rule = rule(column, column);
      try (PostgresLookups lookups = world.lookups(List.of(rule))) {
        assertThat(ask(lookups, world.presence(rule, Key.of("Bob"))))
            .isInstanceOf(Finding.Present.class);
        assertThat(ask(lookups, world.presence(rule, Key.of("Bab"))))
            .isInstanceOf(Finding.Absent.class);
      }
    }
  }

  @Test
  void whereOnlyTheParentsCollationCouldTellEverythingMustBeRead() throws Exception {
    BoundRule rule = rule("plain", "loud");
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      Finding.Referring referring =
          (Finding.Referring) ask(lookups, world.referrers(rule, Key.of("aLiCe")));

      assertThat(referring.keys()).isEmpty();
      assertThat(referring.more()).isTrue();
    }
  }

  @Test
  void moreSpellingsThanAreReturnedAreAnnounced() throws Exception {
    world.sql(
        "orders",
        "create table many (id serial primary key, name \"Ext.\"\"s\".citext)",
        // All 2^11 ways to write the same eleven letters.
        "insert into many (name) select string_agg(case when g >> b & 1 = 1 then 'A' else 'a' end,"
            + " '') from generate_series(0, 2047) g, generate_series(0, 10) b group by g",
        "create index on many (name)");
    BoundRule rule =
        world
            .bind(World.rule("many", "orders:public.many(name)", "users:public.people(name)"))
            .getFirst();
    try (PostgresLookups lookups = world.lookups(List.of(rule))) {
      Finding.Referring referring =
          (Finding.Referring) ask(lookups, world.referrers(rule, Key.of("aaaaaaaaaaa")));

      assertThat(referring.keys()).hasSize(1000).doesNotHaveDuplicates();
      assertThat(referring.more()).isTrue();
    }
  }
}
