package io.crossfk.sandbox;

import java.io.IOException;

/** Where a broker runs. Not safe for use by several threads. */
sealed interface BrokerHost permits BrokerInThisJvm, BrokerProcess {
  /** Starts the broker and returns when it serves clients. */
  void start() throws IOException, InterruptedException;

  /** Shuts the broker down in an orderly way. */
  void stop() throws IOException, InterruptedException;

  /** Ends the broker as abruptly as its host can. */
  void kill() throws IOException, InterruptedException;

  boolean isRunning();
}
