package io.crossfk.sandbox;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The configuration of a single node that is broker and controller, quick to start and small on
 * disk.
 */
final class BrokerSettings {
  private BrokerSettings() {}

  /**
   * A second address, which leads through a proxy.
   *
   * @param line where the broker listens for the proxy
   */
  static Map<String, String> proxied(int port, int controllerPort, int line, int proxyPort) {
    String direct = "PLAINTEXT://127.0.0.1:" + port;
    return Map.of(
        "listeners",
        direct + ",PROXIED://127.0.0.1:" + line + ",CONTROLLER://127.0.0.1:" + controllerPort,
        "advertised.listeners",
        direct + ",PROXIED://127.0.0.1:" + proxyPort,
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
  }

  /**
   * @param changes what the caller wants otherwise; goes above everything here
   */
  static Properties of(int port, int controllerPort, Path data, Map<String, String> changes) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", data.toString());

    settings.put("auto.create.topics.enable", "false");
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "3");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "100");

    settings.put("log.segment.bytes", "33554432");
    settings.put("log.index.size.max.bytes", "131072");
    settings.put("offsets.topic.segment.bytes", "8388608");
    settings.put("transaction.state.log.segment.bytes", "8388608");
    settings.put("metadata.log.segment.bytes", "33554432");
    settings.put("log.cleaner.dedupe.buffer.size", "4194304");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    // A broker that was killed is let in again only when its old session has run out.
    settings.put("broker.session.timeout.ms", "3000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.putAll(changes);
    return settings;
  }
}
