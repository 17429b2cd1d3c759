package io.crossfk.listener.demo;

import io.crossfk.listener.config.Configuration;
import io.crossfk.listener.config.ConfigurationMistakes;
import io.crossfk.listener.config.ConfigurationReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The demo's files, which are shipped beside this class, read as {@code crossfk run} reads its own.
 */
final class DemoConfiguration {
  private static final List<String> FILES = List.of("crossfk.yaml", "rules.yaml");

  private DemoConfiguration() {}

  static Configuration read(Servers servers) throws IOException, DemoFailure {
    Map<String, String> environment =
        Map.of(
            "USERS_PORT", Integer.toString(servers.users().port()),
            "ORDERS_PORT", Integer.toString(servers.orders().port()),
            "KAFKA_PORT", Integer.toString(servers.kafka().port()),
            "PASSWORD", servers.users().password());
    // In a folder only for as long as they are read: whatever ends the demo, nothing is left.
    Path folder = Files.createTempDirectory("crossfk-demo-");
    try {
      for (String file : FILES) {
        Files.writeString(folder.resolve(file), Servers.resource(file));
      }
      return ConfigurationReader.read(folder.resolve(FILES.getFirst()), environment);
    } catch (ConfigurationMistakes mistakes) {
      throw DemoFailure.of(mistakes.report());
    } finally {
      for (String file : FILES) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.delete(folder);
    }
  }
}
