package io.crossfk.listener.demo;

import io.crossfk.listener.Listener;
import io.crossfk.listener.ListenerFault;
import io.crossfk.listener.StartFailure;
import io.crossfk.listener.config.Configuration;
import io.crossfk.rules.judge.JudgeTally;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The listener as {@code crossfk run} has it, on a thread of this process. */
final class ListenerHost implements AutoCloseable {
  private final Listener listener;
  private final Thread thread = new Thread(this::run, "demo-listener");
  private volatile @Nullable DemoFailure failure;

  ListenerHost(Configuration configuration) {
    this.listener = new Listener(configuration);
    thread.start();
  }

  private void run() {
    try {
      listener.run();
    } catch (StartFailure e) {
      failure = new DemoFailure(e.problems(), e.exitCode());
    } catch (ListenerFault e) {
      failure = new DemoFailure(List.of(String.valueOf(e.getMessage())), e.exitCode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The service, if it is well. */
  Listener listener() throws DemoFailure {
    DemoFailure failed = failure;
    if (failed != null) {
      throw failed;
    }
    return listener;
  }

  JudgeTally tally() throws DemoFailure {
    return listener().status().tally();
  }

  @Override
  public void close() {
    // On a thread that nobody has interrupted: what is settled is still flushed to Kafka.
    Waiting.untilEnded(Thread.ofPlatform().start(listener::close));
    Waiting.untilEnded(thread);
  }
}
