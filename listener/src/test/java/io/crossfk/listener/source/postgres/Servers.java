package io.crossfk.listener.source.postgres;

import io.crossfk.sandbox.PostgresServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Servers that several test classes share; they end with the JVM. Each test has its own database.
 */
final class Servers {
  private static final Map<Integer, PostgresServer> RUNNING = new ConcurrentHashMap<>();

  private Servers() {}

  static PostgresServer version(int version) {
    return RUNNING.computeIfAbsent(
        version, wanted -> PostgresServer.builder().version(wanted).name("source-tests").start());
  }
}
