package io.crossfk.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP line to a server on loopback that can fail in the ways lines do: cut, refused, silent,
 * slow.
 *
 * <p>Methods may be called from any thread.
 */
public final class FaultyProxy implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;

  private final int port = FreePorts.next();
  private final int targetPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean stalled; // guarded by lock
  private Duration delay = Duration.ZERO; // guarded by lock
  private Listening listening; // guarded by lock

  private FaultyProxy(int targetPort) throws IOException {
    this.targetPort = targetPort;
    this.listening = listen();
  }

  private record Listening(ServerSocket socket, Thread acceptor) {}

  /** A proxy that forwards, without a fault so far, to a port of 127.0.0.1. */
  public static FaultyProxy to(int targetPort) throws IOException {
    return new FaultyProxy(targetPort);
  }

  /** The port of 127.0.0.1 to connect to instead of the target's. */
  public int port() {
    return port;
  }

  /** The number of connections that lead through at the moment. */
  public int connections() {
    return open.size() / 2;
  }

  /**
   * Resets all connections at once; both sides see an error. New ones are let in, and reset if the
   * target is down.
   */
  public void cut() {
    for (Socket socket : Set.copyOf(open)) {
      open.remove(socket);
      reset(socket);
    }
  }

  /** Nobody listens any more: new connections are refused. Those that lead through stay. */
  public void refuse() throws IOException {
    lock.lock();
    try {
      listening.socket().close();
      // The port is free only when the thread that accepts has let go of the socket.
      listening.acceptor().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(
          "interrupted while the proxy on port " + port + " stopped to listen");
    } finally {
      lock.unlock();
    }
  }

  /**
   * Carries nothing more in either direction, without a word; connections stay open, and new ones
   * are let in.
   */
  public void stall() {
    change(() -> stalled = true);
  }

  /** Each piece of up to 16 KiB waits this long before it is passed on, in either direction. */
  public void slowDown(Duration delayOfEachPiece) {
    change(() -> delay = delayOfEachPiece);
  }

  /** All faults end: new connections are let in, and what was held back is carried. */
  public void resume() throws IOException {
    lock.lock();
    try {
      stalled = false;
      delay = Duration.ZERO;
      changed.signalAll();
      if (listening.socket().isClosed()) {
        listening = listen();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Cuts all connections and listens no more. */
  @Override
  public void close() throws IOException {
    refuse();
    cut();
    change(() -> stalled = false);
    FreePorts.giveBack(port);
  }

  private Listening listen() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new Listening(
        socket, Thread.ofVirtual().name("proxy-" + port).start(() -> accept(socket)));
  }

  private void accept(ServerSocket socket) {
    try (socket) {
      while (true) {
        connect(socket.accept());
      }
    } catch (IOException closed) {
      // refuse() or close(): there is nobody to tell.
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException targetIsDown) {
      reset(client);
      reset(server);
      return;
    }
    open.add(client);
    open.add(server);
    Thread.ofVirtual().start(() -> carry(client, server));
    Thread.ofVirtual().start(() -> carry(server, client));
  }

  private void carry(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitPassage();
        out.write(buffer, 0, read);
      }
      awaitPassage();
      to.shutdownOutput();
      if (from.isOutputShutdown()) {
        // Both directions have ended well; an orderly close still delivers what is on its way.
        open.remove(from);
        open.remove(to);
        from.close();
        to.close();
      }
    } catch (IOException broken) {
      // A fault on one side is a fault on the other.
      open.remove(from);
      open.remove(to);
      reset(from);
      reset(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitPassage() throws InterruptedException {
    Duration wait;
    lock.lock();
    try {
      while (stalled) {
        changed.await();
      }
      wait = delay;
    } finally {
      lock.unlock();
    }
    if (wait.isPositive()) {
      Thread.sleep(wait);
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes with a reset, which is what a broken line looks like; not with an orderly end of the
   * stream.
   */
  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (SocketException alreadyClosed) {
      // The other direction noticed first.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
