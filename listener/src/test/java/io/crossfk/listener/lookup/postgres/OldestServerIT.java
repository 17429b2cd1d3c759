package io.crossfk.listener.lookup.postgres;

import static io.crossfk.listener.lookup.postgres.World.ask;
import static io.crossfk.listener.lookup.postgres.World.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.lookup.AuditOutcome;
import io.crossfk.listener.lookup.AuditSink;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Sight;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.sandbox.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OldestServerIT {

  @Test
  void everyStatementRunsOnTheOldestServerToo() throws Exception {
    try (World world = World.on(PostgresServer.builder().version(14).start(), "users", "orders")) {
      for (String database : List.of("users", "orders")) {
        world.sql(
            database,
            "create extension citext",
            "create type mood as enum ('good', 'bad')",
            "create table people (name citext, mood mood, primary key (name, mood))",
            "create table notes (id int primary key, name citext, mood mood)",
            "create index on notes (name)",
            "insert into notes values (1, 'Alice', 'good')");
      }
      List<BoundRule> rules =
          world.bind(
              rule("across", "orders:public.notes(name, mood)", "users:public.people(name, mood)"),
              rule("inside", "users:public.notes(name, mood)", "users:public.people(name, mood)"));
      try (PostgresLookups lookups = world.lookups(rules);
          PostgresAudits audits = new PostgresAudits(world.databases(1, Duration.ofSeconds(5)))) {
        for (BoundRule rule : rules) {
          Key key = rule.shape().fromChild("Alice", "good");
          assertThat(ask(lookups, world.presence(rule, key))).isInstanceOf(Finding.Absent.class);
          assertThat(ask(lookups, world.proof(rule, key))).isInstanceOf(Finding.Broken.class);
          assertThat(
                  ((Finding.Referring)
                          ask(
                              lookups,
                              world.referrers(rule, rule.shape().fromChild("aLICE", "good"))))
                      .keys())
              .containsExactly(key);
          assertThat(ask(lookups, world.visibility("users"))).isInstanceOf(Finding.Seen.class);
          assertThat(
                  audits.audit(
                      rule,
                      Optional.empty(),
                      new AuditSink() {
                        @Override
                        public boolean opened(Sight child) {
                          return true;
                        }

                        @Override
                        public boolean keys(List<Key> keys) {
                          assertThat(keys).containsExactly(key);
                          return true;
                        }

                        @Override
                        public boolean passed(String place) {
                          return true;
                        }
                      }))
              .isEqualTo(new AuditOutcome.Complete(1, 1));
        }
        long transaction = audits.nextTransaction("users");
        assertThat(audits.waitUntilEnded("users", transaction, Duration.ofSeconds(5))).isTrue();
      }
    }
  }
}
