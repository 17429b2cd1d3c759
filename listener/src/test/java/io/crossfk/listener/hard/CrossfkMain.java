package io.crossfk.listener.hard;

import io.crossfk.listener.cli.Main;
import java.io.IOException;

/** {@code crossfk} in a process that ends with the JVM that started it. */
final class CrossfkMain {
  private CrossfkMain() {}

  public static void main(String[] arguments) {
    Thread.ofPlatform().daemon().name("lifeline").start(CrossfkMain::endWithParent);
    Main.main(arguments);
  }

  /** Standard input closes when whoever holds its other end is gone. */
  private static void endWithParent() {
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
