package io.crossfk.listener.endtoend;

import io.crossfk.listener.cli.Main;
import java.io.IOException;

/**
 * The main class of a {@link ListenerProcess}: the command line, in a process that dies with the
 * JVM that started it (whose end of standard input then closes).
 */
final class ListenerMain {
  private ListenerMain() {}

  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().name("lifeline").start(ListenerMain::dieWithParent);
    Main.main(arguments);
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
