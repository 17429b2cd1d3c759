package io.crossfk.listener.feed;

/** Told once when the feed is lost. */
@FunctionalInterface
public interface FaultHandler {

  /**
   * Must bring the process to its end and may return before that: the feed writes nothing and runs
   * no callback after this call. Called on one of the feed's threads.
   */
  void fatal(FeedFault fault);
}
