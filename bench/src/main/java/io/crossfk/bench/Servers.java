package io.crossfk.bench;

import io.crossfk.sandbox.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two servers on this machine, one with {@code users}, one with {@code orders}. */
record Servers(PostgresServer users, PostgresServer orders) implements AutoCloseable {
  static final String USERS = "users";
  static final String ORDERS = "orders";

  /** What two servers on a machine of this size would be given, and no checkpoint by size. */
  static Servers start() throws SQLException {
    PostgresServer users = server(USERS);
    try {
      PostgresServer orders = server(ORDERS);
      try {
        users.createDatabase(USERS);
        orders.createDatabase(ORDERS);
        return new Servers(users, orders);
      } catch (SQLException | RuntimeException e) {
        orders.close();
        throw e;
      }
    } catch (SQLException | RuntimeException e) {
      users.close();
      throw e;
    }
  }

  private static PostgresServer server(String name) {
    return PostgresServer.builder()
        .name("bench-" + name)
        .setting("shared_buffers", "1GB")
        .setting("max_wal_size", "8GB")
        .setting("maintenance_work_mem", "512MB")
        .start();
  }

  /** Makes both tables anew, and leaves them as they are on a server that has been up for long. */
  void fill(KeyKind keys, long rows) throws Exception {
    together(
        () -> fill(users, USERS, keys.createUsers(rows)),
        () -> fill(orders, ORDERS, keys.createOrders(rows)));
  }

  private static long fill(PostgresServer server, String table, String create) throws SQLException {
    long start = System.nanoTime();
    server.execute(table, "drop table if exists " + table + " cascade; " + create);
    server.execute(table, "vacuum (freeze, analyze) " + table);
    server.execute(table, "checkpoint");
    return System.nanoTime() - start;
  }

  /** Two tasks at the same time. */
  static <T> Pair<T> together(Callable<T> one, Callable<T> other) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<T> first = threads.submit(one);
      Future<T> second = threads.submit(other);
      return new Pair<>(first.get(), second.get());
    }
  }

  record Pair<T>(T first, T second) {}

  String version() throws SQLException {
    try (Connection connection = orders.connect(ORDERS);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show server_version")) {
      row.next();
      return row.getString(1);
    }
  }

  /** What {@code crossfk check} reads; the grace is the rule's only one that is not the default. */
  Path configuration(Path folder, KeyKind keys, String grace) throws java.io.IOException {
    Files.writeString(
        folder.resolve("rules.yaml"),
        """
        rules:
          - name: orders-user
            child:  orders:public.orders(%s)
            parent: users:public.users(%s)
            grace: %s
        """
            .formatted(keys.childColumns(), keys.parentColumns(), grace));
    return Files.writeString(
        folder.resolve("crossfk.yaml"),
        """
        databases:
          users:  { url: "%s", user: %s, password: %s }
          orders: { url: "%s", user: %s, password: %s }
        kafka: { bootstrap.servers: "127.0.0.1:1" }
        rules: [ rules.yaml ]
        """
            .formatted(
                users.jdbcUrl(USERS),
                users.user(),
                users.password(),
                orders.jdbcUrl(ORDERS),
                orders.user(),
                orders.password()));
  }

  @Override
  public void close() {
    try (users) {
      orders.close();
    }
  }
}
