package io.crossfk.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * One real Kafka broker that is its own controller (KRaft), on free ports of 127.0.0.1, with a data
 * folder of its own.
 *
 * <p>By default it runs in this JVM, which its threads keep alive until {@link #close} or {@code
 * System.exit}. With {@link Builder#ownProcess} it has a process of its own, and can be killed.
 * {@link #close} ends it and removes its data; if the JVM ends first, however it does, the same
 * happens within a second or so.
 *
 * <p>Methods may be called from any thread; those that change the broker's state run one at a time.
 * It logs through SLF4J, at levels that are this JVM's to set (loggers {@code kafka}, {@code
 * org.apache.kafka} and {@code state.change.logger}).
 */
public final class KafkaBroker implements AutoCloseable {
  private final int port;
  private final int controllerPort;
  private final Path log;
  private final Janitor janitor;
  private final BrokerHost host;
  private final @Nullable FaultyProxy proxy;
  private boolean closed;

  private KafkaBroker(
      int port,
      int controllerPort,
      Path log,
      Janitor janitor,
      BrokerHost host,
      @Nullable FaultyProxy proxy) {
    this.proxy = proxy;
    this.port = port;
    this.controllerPort = controllerPort;
    this.log = log;
    this.janitor = janitor;
    this.host = host;
  }

  /** A broker in this JVM with default settings, running. */
  public static KafkaBroker start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a broker is to be like. Not safe for use by several threads. */
  public static final class Builder {
    private final Map<String, String> settings = new LinkedHashMap<>();
    private boolean ownProcess;
    private boolean behindProxy;

    private Builder() {}

    /** A line of {@code server.properties}; it replaces the sandbox's own value. */
    public Builder setting(String setting, String value) {
      settings.put(setting, value);
      return this;
    }

    /**
     * Runs the broker in a process of its own, on this JVM's class path; slower to start, and
     * {@link #kill} works.
     */
    public Builder ownProcess() {
      ownProcess = true;
      return this;
    }

    /**
     * Gives the broker a second address that leads through a {@link FaultyProxy}: clients that
     * bootstrap there are told no other one.
     */
    public Builder behindProxy() {
      behindProxy = true;
      return this;
    }

    /**
     * Formats the data folder and starts the broker; two to three seconds.
     *
     * @throws SandboxException if it cannot be set up or does not start
     */
    public KafkaBroker start() {
      int port = FreePorts.next();
      int controllerPort = FreePorts.next();
      try {
        Janitor janitor = Janitor.of(Scratch.runFolder("kafka"), Janitor.Ending.KILL);
        KafkaBroker broker;
        FaultyProxy proxy = null;
        try {
          Path data = janitor.folder().resolve("data");
          Path log = janitor.folder().resolve("server.log");
          if (behindProxy) {
            int line = FreePorts.next();
            proxy = FaultyProxy.to(line);
            settings.putAll(BrokerSettings.proxied(port, controllerPort, line, proxy.port()));
          }
          Properties properties = BrokerSettings.of(port, controllerPort, data, settings);
          format(properties, janitor.folder().resolve("broker.properties"));
          BrokerHost host =
              ownProcess
                  ? new BrokerProcess(properties, janitor, log)
                  : new BrokerInThisJvm(properties);
          broker = new KafkaBroker(port, controllerPort, log, janitor, host, proxy);
        } catch (RuntimeException | IOException e) {
          janitor.close();
          throw e;
        }
        try {
          broker.startAgain();
        } catch (RuntimeException e) {
          broker.close();
          throw e;
        }
        return broker;
      } catch (IOException e) {
        throw new SandboxException("Kafka could not be set up: " + e, e);
      }
    }

    private static void format(Properties properties, Path file) throws IOException {
      try (Writer writer = Files.newBufferedWriter(file)) {
        properties.store(writer, null);
      }
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      String[] arguments = {
        "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", file.toString()
      };
      int exitCode =
          StorageTool.execute(arguments, new PrintStream(said, true, StandardCharsets.UTF_8));
      if (exitCode != 0) {
        throw new SandboxException(
            "formatting Kafka's data folder ended with exit code %d:%n%s"
                .formatted(exitCode, said.toString(StandardCharsets.UTF_8)));
      }
    }
  }

  /** For a client's {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /**
   * The line of {@link Builder#behindProxy}; its port is what clients bootstrap from.
   *
   * @throws IllegalStateException if the broker was built without one
   */
  public FaultyProxy proxy() {
    if (proxy == null) {
      throw new IllegalStateException(this + " is not behind a proxy");
    }
    return proxy;
  }

  /**
   * What a broker in its own process has written; there is no such file for one in this JVM. Gone
   * after {@link #close}.
   */
  public Path log() {
    return log;
  }

  public synchronized boolean isRunning() {
    return host.isRunning();
  }

  /** Shuts the broker down in an orderly way; its data stays. */
  public synchronized void stop() {
    run("stopping", host::stop);
  }

  /**
   * SIGKILL. A commit is then still in the system's page cache, and is read again by the next
   * start.
   *
   * @throws UnsupportedOperationException if the broker runs in this JVM
   */
  public synchronized void kill() {
    run("killing", host::kill);
  }

  /**
   * Starts a stopped or killed broker again, on the same ports and data. Returns when it serves
   * clients.
   *
   * @throws SandboxException if it does not start
   */
  public synchronized void startAgain() {
    if (closed || host.isRunning()) {
      throw new IllegalStateException(this + " is " + (closed ? "closed" : "running"));
    }
    run("starting", host::start);
  }

  /** Ends the broker whatever its state, and removes its data. Does nothing the second time. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (proxy != null) {
        run("closing the proxy of", proxy::close);
      }
      if (host instanceof BrokerProcess process) {
        run("closing", process::kill);
      } else {
        run("closing", host::stop);
      }
    } finally {
      janitor.close();
      FreePorts.giveBack(port);
      FreePorts.giveBack(controllerPort);
    }
  }

  @Override
  public String toString() {
    return "Kafka on port " + port;
  }

  private void run(String doing, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new SandboxException(doing + " " + this + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted while " + doing + " " + this, e);
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }
}
