package io.crossfk.listener.lookup.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** Sockets for connections that read whole tables. Made by the driver, by name. */
public final class BulkSocketFactory extends SocketFactory {

  private static final class BulkSocket extends Socket {
    private @Nullable InputStream merged;

    /** One for all callers, since it holds back what was read. */
    @Override
    public synchronized InputStream getInputStream() throws IOException {
      InputStream stream = merged;
      if (stream == null) {
        stream = new MergedCopyStream(super.getInputStream());
        merged = stream;
      }
      return stream;
    }
  }

  @Override
  public Socket createSocket() {
    return new BulkSocket();
  }

  // The driver connects for itself; what follows is here since the class wants it.

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }
}
