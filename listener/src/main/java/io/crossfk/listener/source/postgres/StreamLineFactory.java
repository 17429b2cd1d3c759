package io.crossfk.listener.source.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Lets a replication connection get hold of the socket that pgjdbc makes for it. Public only since
 * pgjdbc creates it by its class name, with {@code socketFactoryArg} as its argument.
 */
public final class StreamLineFactory extends SocketFactory {
  private static final Map<String, Ticket> TICKETS = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  /** For a dead host to be noticed within a minute or so even while nothing is sent. */
  private static final Map<SocketOption<Integer>, Integer> PROBES =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, 30,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
          ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

  private final String number;

  /**
   * @param number of the ticket that wants the socket
   */
  public StreamLineFactory(String number) {
    this.number = number;
  }

  /** Where the socket of one connection attempt will be found; close it after the attempt. */
  static final class Ticket implements AutoCloseable {
    private final String number = Long.toString(NUMBERS.incrementAndGet());
    private volatile @Nullable StreamLine line;

    Ticket() {
      TICKETS.put(number, this);
    }

    String number() {
      return number;
    }

    /** The socket made last: pgjdbc makes another one if the first host or encryption fails. */
    @Nullable StreamLine line() {
      return line;
    }

    @Override
    public void close() {
      TICKETS.remove(number);
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    StreamLine line = new StreamLine();
    for (Map.Entry<SocketOption<Integer>, Integer> probe : PROBES.entrySet()) {
      if (line.supportedOptions().contains(probe.getKey())) {
        line.setOption(probe.getKey(), probe.getValue());
      }
    }
    Ticket ticket = TICKETS.get(number);
    if (ticket != null) {
      ticket.line = line;
    }
    return line;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
  }

  private Socket connected(InetSocketAddress server, @Nullable InetSocketAddress local)
      throws IOException {
    Socket socket = createSocket();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(server);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
