package io.crossfk.listener.endtoend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.crossfk.sandbox.KafkaBroker;
import io.crossfk.sandbox.PostgresServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/**
 * Real servers that the tests of one class share: PostgreSQL servers by name, and a Kafka broker.
 * Each test has a {@link Stage} of its own on them, and so begins with nothing.
 */
public final class Arena implements AutoCloseable {
  private final Map<String, PostgresServer> servers = new LinkedHashMap<>();
  private final KafkaBroker kafka;
  private final List<Stage> stages = new ArrayList<>();
  private final AtomicInteger numbers = new AtomicInteger();

  private Arena(KafkaBroker kafka) {
    this.kafka = kafka;
  }

  /**
   * Starts a server for each name.
   *
   * @param versions major versions of PostgreSQL by the names that rules use
   */
  public static Arena with(Map<String, Integer> versions) {
    return with(versions, KafkaBroker.builder());
  }

  /** With a broker that is not the usual one: in a process of its own, behind a proxy. */
  public static Arena with(Map<String, Integer> versions, KafkaBroker.Builder broker) {
    quieten();
    Arena arena = new Arena(broker.start());
    try {
      versions.forEach(
          (name, version) ->
              arena.servers.put(
                  name, PostgresServer.builder().name(name).version(version).start()));
      return arena;
    } catch (RuntimeException failed) {
      arena.close();
      throw failed;
    }
  }

  /** A broker and servers that are stopped on purpose warn about each lost session. */
  public static void quieten() {
    level(org.slf4j.Logger.ROOT_LOGGER_NAME, Level.WARN);
    level("io.crossfk", Level.toLevel(System.getProperty("crossfk.test.log"), Level.ERROR));
    level("kafka", Level.OFF);
    level("org.apache.kafka", Level.OFF);
    level("state.change.logger", Level.OFF);
    level("com.zaxxer.hikari", Level.ERROR);
  }

  private static void level(String logger, Level level) {
    ((Logger) LoggerFactory.getLogger(logger)).setLevel(level);
  }

  public PostgresServer server(String name) {
    PostgresServer server = servers.get(name);
    if (server == null) {
      throw new IllegalArgumentException("no server " + name + " among " + servers.keySet());
    }
    return server;
  }

  public KafkaBroker kafka() {
    return kafka;
  }

  public Map<String, PostgresServer> servers() {
    return Map.copyOf(servers);
  }

  /** An installation of its own: a new database on each server, new topics, another name. */
  public Stage stage() throws Exception {
    Stage stage = Stage.on(this, "stage" + numbers.incrementAndGet());
    stages.add(stage);
    return stage;
  }

  @Override
  public void close() {
    Exception failure = null;
    for (Stage stage : stages) {
      try {
        stage.close();
      } catch (IOException | RuntimeException failed) {
        failure = failed;
      }
    }
    servers.values().forEach(PostgresServer::close);
    kafka.close();
    if (failure != null) {
      throw new IllegalStateException("a stage could not be closed", failure);
    }
  }
}
