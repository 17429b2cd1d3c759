package io.crossfk.listener.hard;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.config.ConfigurationReader;
import io.crossfk.listener.endtoend.AntiJoin;
import io.crossfk.listener.endtoend.Arena;
import io.crossfk.listener.endtoend.FeedLog;
import io.crossfk.listener.endtoend.Stage;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code crossfk run} against servers of four versions that somebody else started, each the parent
 * of one and the child of another; as a role that owns nothing and reads the key columns only.
 */
class VersionsIT {
  private static final List<Integer> VERSIONS = List.of(14, 15, 17, 18);
  private static final String ROLE = "crossfk";

  private static Arena arena;

  @BeforeAll
  static void startServers() {
    Map<String, Integer> versions = new LinkedHashMap<>();
    VERSIONS.forEach(version -> versions.put("v" + version, version));
    arena = Arena.with(versions);
  }

  @AfterAll
  static void closeServers() {
    arena.close();
  }

  @Test
  void serversOfAllVersionsTellTheSameStoryToARoleThatOwnsNothing() throws Exception {
    Stage stage = arena.stage();
    for (Map.Entry<String, PostgresServer> server : arena.servers().entrySet()) {
      stage.sql(
          server.getKey(),
          "create table parents (id bigint primary key, secret text)",
          "create table children (id int primary key, parent_id int, secret text)",
          "create index on children (parent_id)",
          "insert into parents values (1), (2), (3), (4)",
          "insert into children values (1, 1), (2, 2), (3, 3), (7, 7)",
          "drop role if exists " + ROLE,
          "create role " + ROLE + " login replication password 'sesame'",
          "grant select (id) on parents to " + ROLE,
          "grant select (id, parent_id, xmin, ctid) on children to " + ROLE);
    }
    Path configuration = asRole(stage.configure(rules()));
    publishAsTheStartDemands(stage, configuration);
    AntiJoin antiJoin =
        new AntiJoin(stage, ConfigurationReader.read(configuration).rules().enabled());
    try (FeedLog feed = FeedLog.of(stage);
        CrossfkProcess crossfk = CrossfkProcess.run(configuration)) {
      tellStory(stage, feed);
      antiJoin.awaitEqual(feed, Duration.ofSeconds(30));
      feed.assertLawful();
      CrossfkProcess.Ending ending = crossfk.terminate();
      assertThat(ending.exitCode()).isZero();
      assertThat(ending.err()).doesNotContain("Exception");
    }
    for (String database : arena.servers().keySet()) {
      assertThat(stage.row(database, "select count(*) from pg_replication_slots where active"))
          .containsExactly("0");
    }
  }

  /** Each version is the child of the one before it. */
  private static String rules() {
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < VERSIONS.size(); i++) {
      rules.append(
          """
          - { name: %s, child: "%s:public.children(parent_id)",
              parent: "%s:public.parents(id)", grace: 200ms }
          """
              .formatted(name(i), child(i), parent(i)));
    }
    return rules.toString();
  }

  private static String child(int i) {
    return "v" + VERSIONS.get(i);
  }

  private static String parent(int i) {
    return "v" + VERSIONS.get((i + VERSIONS.size() - 1) % VERSIONS.size());
  }

  private static String name(int i) {
    return child(i) + "-of-" + parent(i);
  }

  private static Path asRole(Path configuration) throws IOException {
    String text =
        Files.readString(configuration)
            .replaceAll("user: \"postgres\"", "user: \"" + ROLE + "\"")
            .replaceAll("password: \"[^\"]*\"", "password: \"sesame\"");
    return Files.writeString(configuration, text);
  }

  /**
   * A role that owns no table may not publish one: the start says what an owner has to run, for
   * every database at once. We run just that.
   */
  private static void publishAsTheStartDemands(Stage stage, Path configuration) throws Exception {
    CrossfkProcess.Ending refused;
    try (CrossfkProcess crossfk = CrossfkProcess.run(configuration)) {
      refused = crossfk.awaitEnd();
    }
    assertThat(refused.exitCode()).isEqualTo(78);
    List<String> published = new ArrayList<>();
    String database = "";
    for (String line : refused.lines()) {
      if (line.startsWith("crossfk: ")) {
        database = line.replaceFirst("^crossfk: (v\\d+): publication .*$", "$1");
      } else if (line.startsWith("  CREATE PUBLICATION")) {
        stage.sql(database, line.strip());
        published.add(database);
      }
    }
    assertThat(published)
        .as(refused.err())
        .containsExactlyInAnyOrderElementsOf(arena.servers().keySet());
  }

  private static void tellStory(Stage stage, FeedLog feed) throws SQLException {
    each(i -> assertThat(feed.awaitOpened(id(i, 7)).text("cause")).isEqualTo("existing"));

    each(i -> stage.sql(child(i), "insert into children values (5, 5), (6, 1), (8, null)"));
    each(i -> assertThat(feed.awaitOpened(id(i, 5)).text("cause")).isEqualTo("child-insert"));
    each(i -> stage.sql(parent(i), "insert into parents values (5)"));
    each(
        i ->
            assertThat(feed.awaitResolved(id(i, 5)).text("resolution"))
                .isEqualTo("parent-arrived"));

    each(i -> stage.sql(parent(i), "delete from parents where id = 1"));
    each(
        i -> {
          assertThat(feed.awaitOpened(id(i, 1)).text("cause")).isEqualTo("parent-delete");
          assertThat(
                  feed.awaitOpened(id(i, 1)).value().orElseThrow().at("/orphans/count").intValue())
              .isEqualTo(2);
        });
    each(i -> stage.sql(child(i), "delete from children where parent_id = 1"));
    each(i -> assertThat(feed.awaitResolved(id(i, 1)).text("resolution")).isEqualTo("no-orphans"));

    each(i -> stage.sql(parent(i), "update parents set id = 20 where id = 2"));
    each(i -> assertThat(feed.awaitOpened(id(i, 2)).text("cause")).isEqualTo("parent-update"));
    each(i -> stage.sql(child(i), "update children set parent_id = 20 where parent_id = 2"));
    each(i -> feed.awaitResolved(id(i, 2)));
    each(i -> stage.sql(child(i), "update children set parent_id = 30 where parent_id = 20"));
    each(i -> assertThat(feed.awaitOpened(id(i, 30)).text("cause")).isEqualTo("child-update"));

    each(i -> stage.sql(parent(i), "truncate parents", "insert into parents values (5), (30)"));
    each(i -> assertThat(feed.awaitOpened(id(i, 3)).text("cause")).isEqualTo("parent-truncate"));
    each(i -> feed.awaitResolved(id(i, 30)));
    each(i -> stage.sql(child(i), "truncate children", "insert into children values (1, 5)"));
    each(i -> feed.awaitResolved(id(i, 3)));
    each(i -> feed.awaitResolved(id(i, 7)));
  }

  private interface Step {
    void of(int rule) throws SQLException;
  }

  private static void each(Step step) throws SQLException {
    for (int i = 0; i < VERSIONS.size(); i++) {
      step.of(i);
    }
  }

  private static String id(int rule, int key) {
    return name(rule) + "|[" + key + "]";
  }
}
