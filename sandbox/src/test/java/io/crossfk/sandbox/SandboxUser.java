package io.crossfk.sandbox;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The main class of a JVM that uses the sandbox and then waits, until it is killed or standard
 * input ends.
 */
final class SandboxUser {
  private SandboxUser() {}

  public static void main(String[] arguments) throws IOException {
    PostgresServer server = PostgresServer.builder().name("left-behind").start();
    KafkaBroker inside = KafkaBroker.start();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(server.log().getParent());
    out.println(inside.log().getParent());
    if (System.in.read() < 0) {
      System.exit(0);
    }
    KafkaBroker outside = KafkaBroker.builder().ownProcess().start();
    out.println(outside.log().getParent());
    server.pause();
    out.println("paused");
    System.in.read();
  }
}
