package io.crossfk.listener.lookup.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.catalog.CatalogDatabase;
import io.crossfk.listener.catalog.CatalogReport;
import io.crossfk.listener.catalog.PostgresCatalog;
import io.crossfk.rules.judge.Answer;
import io.crossfk.rules.judge.Finding;
import io.crossfk.rules.judge.Question;
import io.crossfk.rules.key.Key;
import io.crossfk.rules.model.BoundRule;
import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import io.crossfk.sandbox.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Databases on real servers, by the names that rules use, and what tests do with them. */
public final class World implements AutoCloseable {
  private static final Pattern KEY = Pattern.compile("(\\w+):(\\w+)\\.(\\w+)\\((.*)\\)");

  private final Map<String, PostgresServer> servers = new LinkedHashMap<>();
  private final List<PostgresServer> started = new ArrayList<>();
  private final AtomicLong numbers = new AtomicLong();

  /** All databases on one server. */
  public static World on(PostgresServer server, String... databases) throws SQLException {
    World world = new World();
    world.started.add(server);
    for (String database : databases) {
      world.add(database, server);
    }
    return world;
  }

  public World and(String database, PostgresServer server) throws SQLException {
    started.add(server);
    add(database, server);
    return this;
  }

  private void add(String database, PostgresServer server) throws SQLException {
    server.createDatabase(database);
    servers.put(database, server);
  }

  public PostgresServer server(String database) {
    return Objects.requireNonNull(servers.get(database), database);
  }

  public void sql(String database, String... statements) throws SQLException {
    for (String statement : statements) {
      server(database).execute(database, statement);
    }
  }

  public List<PostgresDatabase> databases(int connections, Duration timeout) {
    return servers.entrySet().stream()
        .map(
            entry ->
                new PostgresDatabase(
                    entry.getKey(),
                    entry.getValue().jdbcUrl(entry.getKey()),
                    Optional.of(entry.getValue().user()),
                    Optional.of(entry.getValue().password()),
                    connections,
                    timeout))
        .toList();
  }

  /** Written as in a rule file: {@code orders:public.orders(user_id)}. */
  public static Rule rule(String name, String child, String parent) {
    return Rule.of(name, key(child), key(parent));
  }

  private static TableKey key(String text) {
    Matcher matcher = KEY.matcher(text);
    assertThat(matcher.matches()).as(text).isTrue();
    return new TableKey(
        new TableReference(matcher.group(1), matcher.group(2), matcher.group(3)),
        List.of(matcher.group(4).split(", ")));
  }

  /** Binds as the service does. */
  public List<BoundRule> bind(Rule... rules) throws InterruptedException {
    List<CatalogDatabase> catalogues =
        databases(1, Duration.ofSeconds(10)).stream()
            .map(
                database ->
                    new CatalogDatabase(
                        database.name(),
                        database.url(),
                        database.user(),
                        database.password(),
                        "crossfk_" + database.name(),
                        database.timeout()))
            .toList();
    CatalogReport report = PostgresCatalog.read(catalogues, List.of(rules));
    assertThat(report.errors()).isEmpty();
    return report.bound();
  }

  public PostgresLookups lookups(List<BoundRule> rules) {
    return new PostgresLookups(databases(4, Duration.ofSeconds(10)), rules);
  }

  PostgresLookups lookups(List<BoundRule> rules, ProofLookup.Between between) {
    return new PostgresLookups(databases(4, Duration.ofSeconds(10)), rules, between);
  }

  Question presence(BoundRule rule, Key key) {
    return new Question.Presence(numbers.incrementAndGet(), rule.rule(), key);
  }

  Question proof(BoundRule rule, Key key) {
    return new Question.Proof(numbers.incrementAndGet(), rule.rule(), key);
  }

  Question referrers(BoundRule rule, Key parentKey) {
    return new Question.Referrers(numbers.incrementAndGet(), rule.rule(), parentKey);
  }

  Question visibility(String database) {
    return new Question.Visibility(numbers.incrementAndGet(), database);
  }

  /** The findings, in the order of the questions. */
  static List<Finding> ask(PostgresLookups lookups, List<Question> questions) throws Exception {
    Map<Long, Finding> found = new LinkedHashMap<>();
    CompletableFuture<Void> all = new CompletableFuture<>();
    lookups.ask(
        questions,
        answers -> {
          synchronized (found) {
            for (Answer answer : answers) {
              Finding twice = found.put(answer.question().number(), answer.finding());
              if (twice != null) {
                all.completeExceptionally(new AssertionError("answered twice: " + answer));
              }
            }
            if (found.size() == questions.size()) {
              all.complete(null);
            }
          }
        });
    all.get(60, TimeUnit.SECONDS);
    return questions.stream().map(question -> found.get(question.number())).toList();
  }

  static Finding ask(PostgresLookups lookups, Question question) throws Exception {
    return ask(lookups, List.of(question)).getFirst();
  }

  @Override
  public void close() {
    started.forEach(PostgresServer::close);
  }
}
