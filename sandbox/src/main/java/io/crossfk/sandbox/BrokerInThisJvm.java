package io.crossfk.sandbox;

import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/** A broker among the threads of this JVM: quick, and it cannot die alone. */
final class BrokerInThisJvm implements BrokerHost {
  private final Properties settings;
  private @Nullable KafkaRaftServer server;

  BrokerInThisJvm(Properties settings) {
    this.settings = settings;
  }

  @Override
  public void start() {
    KafkaRaftServer started =
        new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server = started;
    started.startup();
  }

  @Override
  public void stop() {
    KafkaRaftServer stopped = server;
    if (stopped != null) {
      server = null;
      stopped.shutdown();
      stopped.awaitShutdown();
    }
  }

  @Override
  public void kill() {
    throw new UnsupportedOperationException(
        "a broker in this JVM cannot be killed: build it with ownProcess()");
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
