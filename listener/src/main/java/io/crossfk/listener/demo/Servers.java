package io.crossfk.listener.demo;

import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import io.crossfk.sandbox.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Everything that a real installation has and somebody else runs: two databases and a broker. */
final class Servers implements AutoCloseable {
  static final String USERS = "users";
  static final String ORDERS = "orders";

  /** How to end each. */
  private final Queue<Runnable> running = new ConcurrentLinkedQueue<>();

  private final PostgresServer users;
  private final PostgresServer orders;
  private final KafkaBroker kafka;

  /** Starts all of them side by side, each with its tables, and tells when each is ready. */
  Servers(Narrator narrator) throws DemoFailure, InterruptedException {
    try (ExecutorService starters = Executors.newFixedThreadPool(3)) {
      try {
        Future<KafkaBroker> broker = starters.submit(() -> broker(narrator));
        Future<PostgresServer> first = starters.submit(() -> postgres(USERS, narrator));
        Future<PostgresServer> second = starters.submit(() -> postgres(ORDERS, narrator));
        users = first.get();
        orders = second.get();
        kafka = broker.get();
      } catch (InterruptedException e) {
        endEarly(starters);
        throw e;
      } catch (ExecutionException e) {
        endEarly(starters);
        throw DemoFailure.of("a server of the sandbox did not start: " + e.getCause());
      }
    }
  }

  /** The starters first: a server that one of them still starts would be forgotten. */
  private void endEarly(ExecutorService starters) {
    starters.close();
    close();
  }

  private KafkaBroker broker(Narrator narrator) {
    KafkaBroker broker = KafkaBroker.start();
    running.add(broker::close);
    narrator.ready("Kafka is ready on " + broker.bootstrapServers());
    return broker;
  }

  private PostgresServer postgres(String name, Narrator narrator) throws SQLException, IOException {
    PostgresServer server = PostgresServer.builder().name(name).start();
    running.add(server::close);
    server.createDatabase(name);
    server.execute(name, resource(name + ".sql"));
    narrator.ready(
        "PostgreSQL %d \"%s\" is ready on 127.0.0.1:%d"
            .formatted(server.version(), name, server.port()));
    return server;
  }

  /** A text that is shipped beside this class. */
  static String resource(String name) throws IOException {
    try (InputStream text = Servers.class.getResourceAsStream(name)) {
      if (text == null) {
        throw new IOException("the resource " + name + " is not in the distribution");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  PostgresServer users() {
    return users;
  }

  PostgresServer orders() {
    return orders;
  }

  PostgresServer database(String name) {
    return name.equals(USERS) ? users : orders;
  }

  KafkaBroker kafka() {
    return kafka;
  }

  /**
   * Ends all of them side by side, and removes their data.
   *
   * @throws SandboxException of the first that could not be ended
   */
  @Override
  public void close() {
    Queue<SandboxException> failures = new ConcurrentLinkedQueue<>();
    List<Thread> closers =
        running.stream()
            .map(server -> Thread.ofPlatform().start(() -> end(server, failures)))
            .toList();
    closers.forEach(Waiting::untilEnded);
    SandboxException failure = failures.peek();
    if (failure != null) {
      throw failure;
    }
  }

  private static void end(Runnable server, Queue<SandboxException> failures) {
    try {
      server.run();
    } catch (SandboxException e) {
      failures.add(e);
    }
  }
}
