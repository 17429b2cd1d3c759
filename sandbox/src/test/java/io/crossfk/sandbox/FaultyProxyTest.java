package io.crossfk.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyProxyTest {
  private ServerSocket echo;
  private FaultyProxy proxy;

  @BeforeEach
  void open() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::echo);
    proxy = FaultyProxy.to(echo.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    echo.close();
  }

  @Test
  void carriesBothWaysAndEndsInOrder() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 7)).isEqualTo(7);
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).as("end of stream").isEqualTo(-1);
    }
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void aCutResetsWhatIsOpenAndLetsNewConnectionsIn() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 1)).isEqualTo(1);

      proxy.cut();

      assertThatThrownBy(() -> roundTrip(client, 2)).isInstanceOf(SocketException.class);
    }
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 3)).isEqualTo(3);
    }
  }

  @Test
  void refusesNewConnectionsUntilResumed() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 1)).isEqualTo(1);

      proxy.refuse();

      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
      assertThat(roundTrip(client, 2)).as("the open one is carried on").isEqualTo(2);
      proxy.resume();
      try (Socket another = connect()) {
        assertThat(roundTrip(another, 3)).isEqualTo(3);
      }
    }
  }

  @Test
  void aStalledLineSaysNothingAndDeliversWhenResumed() throws IOException {
    try (Socket client = connect()) {
      proxy.stall();
      client.setSoTimeout(200);
      assertThatThrownBy(() -> roundTrip(client, 1)).isInstanceOf(SocketTimeoutException.class);

      proxy.resume();

      client.setSoTimeout(10_000);
      assertThat(client.getInputStream().read()).isEqualTo(1);
    }
  }

  @Test
  void aSlowLineDelaysEachPiece() throws IOException {
    try (Socket client = connect()) {
      proxy.slowDown(Duration.ofMillis(100));
      long start = System.nanoTime();
      assertThat(roundTrip(client, 1)).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
  }

  private static int roundTrip(Socket client, int value) throws IOException {
    client.getOutputStream().write(value);
    return client.getInputStream().read();
  }

  private void echo() {
    try {
      while (true) {
        Socket socket = echo.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException cut) {
      // What some of the tests are about.
    }
  }
}
