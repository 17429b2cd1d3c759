package io.crossfk.listener.source.postgres;

import static io.crossfk.listener.source.postgres.TestDatabase.watched;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.sandbox.PostgresServer;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that shuts down waits for its readers' acknowledgements and lets nobody in: neither the
 * look-ups without which nothing may be acknowledged (I5).
 */
final class OrderlyShutdownIT {
  private final RecordingSink sink = new RecordingSink();

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {14, 18})
  void aServerShutsDownInOrderAlthoughNothingWasAcknowledged(int version) throws SQLException {
    try (PostgresServer server = PostgresServer.builder().version(version).name("ends").start()) {
      TestDatabase shop = TestDatabase.on(server);
      shop.execute("create table orders (id bigint primary key)");
      try (PostgresSource source =
          new PostgresSource(
              shop.settings(
                  shop.address(),
                  shop.publish("orders"),
                  StreamLimits.DEFAULT,
                  watched("orders", "id")),
              sink)) {
        source.start();
        shop.execute("insert into orders values (1)");
        sink.storyOf(1);
        // It fails if it takes half a minute.
        server.stop();
        server.startAgain();
        Awaitility.await("it comes back to where it stood")
            .until(() -> sink.commits() == 2 && sink.startedFrom.size() == 2);
        assertThat(sink.startedFrom.getLast()).isEqualTo(sink.startedFrom.getFirst());
        assertThat(sink.story()).containsSubsequence("insert orders(id=1)", "insert orders(id=1)");
      }
    }
    assertThat(sink.faults).isEmpty();
  }
}
