package io.crossfk.listener.catalog;

import io.crossfk.rules.model.Rule;
import io.crossfk.rules.model.TableKey;
import io.crossfk.rules.model.TableReference;
import io.crossfk.sandbox.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Databases and a role of one test, on servers that the tests of a class share. */
final class World {
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** What a message says to run: all statements, without the words around them. */
  private static final Pattern STATEMENT =
      Pattern.compile("(?:run|run as a superuser|NO INHERIT|:) ([A-Z]{4,} [^;]*;)");

  private final PostgresServer server;
  final String role;
  private final int number = NUMBER.incrementAndGet();
  private final List<CatalogDatabase> databases = new ArrayList<>();

  /** The role may replicate, and nothing else. */
  World(PostgresServer server) throws SQLException {
    this.server = server;
    this.role = "reader_" + number;
    server.execute("postgres", "create role " + role + " login replication password 'secret'");
  }

  /** A database that the configuration calls by this name. */
  World with(String name, String... sql) throws SQLException {
    server.createDatabase(real(name));
    databases.add(database(name, server.jdbcUrl(real(name))));
    return andRun(name, sql);
  }

  World andRun(String name, String... sql) throws SQLException {
    for (String statement : sql) {
      execute(name, statement);
    }
    return this;
  }

  /** Lets the role read all that is there now. */
  World readable(String name) throws SQLException {
    execute(name, "grant select on all tables in schema public to " + role);
    return this;
  }

  CatalogDatabase database(String name, String url) {
    return new CatalogDatabase(
        name,
        url,
        Optional.of(role),
        Optional.of("secret"),
        "crossfk_" + number + "_" + name,
        TIMEOUT);
  }

  String real(String name) {
    return name + "_" + number;
  }

  String url(String name) {
    return server.jdbcUrl(real(name));
  }

  void execute(String name, String sql) throws SQLException {
    server.execute(real(name), sql);
  }

  CatalogReport read(Rule... rules) throws InterruptedException {
    return PostgresCatalog.read(databases, List.of(rules));
  }

  static List<String> messages(CatalogReport report) {
    return report.findings().stream().map(CatalogFinding::message).toList();
  }

  /** Runs what the message says. */
  void cure(String name, String message) throws SQLException {
    for (String statement : statements(message)) {
      execute(name, statement);
    }
  }

  static List<String> statements(String message) {
    List<String> statements = new ArrayList<>();
    Matcher matcher = STATEMENT.matcher(message);
    while (matcher.find()) {
      statements.add(matcher.group(1));
    }
    return statements;
  }

  /** {@code orders:public.orders(user_id)}, as in a rule file, without quoting. */
  static TableKey key(String text) {
    Matcher matcher = Pattern.compile("(\\w+):(\\w+)\\.(\\w+)\\((.*)\\)").matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text);
    }
    return new TableKey(
        new TableReference(matcher.group(1), matcher.group(2), matcher.group(3)),
        List.of(matcher.group(4).split(", *", -1)));
  }

  static Rule rule(String name, String child, String parent) {
    return Rule.of(name, key(child), key(parent));
  }
}
