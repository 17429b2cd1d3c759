package io.crossfk.sandbox;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The main class of a broker's own process. It serves until a line arrives on standard input; if
 * standard input ends without one, the JVM that started us is gone, and we go as abruptly.
 */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] arguments) throws IOException {
    Path settingsFile = Path.of(arguments[0]);
    Path ready = Path.of(arguments[1]);
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(settingsFile)) {
      settings.load(reader);
    }
    BrokerInThisJvm broker = new BrokerInThisJvm(settings);
    broker.start();
    Files.createFile(ready);
    if (System.in.read() < 0) {
      Runtime.getRuntime().halt(1);
    }
    broker.stop();
    Runtime.getRuntime().exit(0);
  }
}
