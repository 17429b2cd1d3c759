package io.crossfk.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hands out loopback ports for servers that come back on the same port.
 *
 * <p>The ports lie below the range from which Linux gives ports to outgoing connections (32768 and
 * up): while a server is down, no outgoing connection can take its port, and a client that keeps
 * knocking cannot be connected to itself.
 */
final class FreePorts {
  private static final int LOWEST = 15_000;
  private static final int END = 32_000;
  private static final Set<Integer> HANDED_OUT = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /** A port that is free now and that no other caller in this JVM has been given. */
  static int next() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, END);
      if (isFree(port) && HANDED_OUT.add(port)) {
        return port;
      }
    }
    throw new SandboxException("no free port found between %d and %d".formatted(LOWEST, END));
  }

  static void giveBack(int port) {
    HANDED_OUT.remove(port);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
