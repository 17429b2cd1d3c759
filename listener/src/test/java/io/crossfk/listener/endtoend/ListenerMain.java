package io.crossfk.listener.endtoend;

import io.crossfk.listener.Listener;
import io.crossfk.listener.ListenerFault;
import io.crossfk.listener.StartFailure;
import io.crossfk.listener.config.ConfigurationReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of a {@link ListenerProcess}: the command line, in a process that dies with the
 * JVM that started it (whose end of standard input then closes).
 */
final class ListenerMain {
  private ListenerMain() {}

  public static void main(String[] arguments) throws Exception {
    Thread.ofPlatform().daemon().name("lifeline").start(ListenerMain::dieWithParent);
    Arena.quieten();
    Logger log = LoggerFactory.getLogger(ListenerMain.class);
    try (Listener listener = new Listener(ConfigurationReader.read(Path.of(arguments[2])))) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(listener)));
      listener.run();
    } catch (StartFailure failure) {
      log.error("start failed", failure);
      Runtime.getRuntime().halt(failure.exitCode());
    } catch (ListenerFault fault) {
      log.error("fault", fault);
      Runtime.getRuntime().halt(fault.exitCode());
    }
  }

  private static void stop(Listener listener) {
    try {
      boolean ended = listener.stop(Duration.ofSeconds(4));
      Runtime.getRuntime().halt(ended ? 0 : 99);
    } catch (InterruptedException impatient) {
      Runtime.getRuntime().halt(98);
    }
  }

  private static void dieWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes.
      }
    } catch (IOException gone) {
      // As good as the end.
    }
    Runtime.getRuntime().halt(1);
  }
}
