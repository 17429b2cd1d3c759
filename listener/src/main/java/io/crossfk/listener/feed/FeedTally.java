package io.crossfk.listener.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the feed did since the takeover; a picture that does not change.
 *
 * @param transactions committed, signs of life among them
 * @param records in them, of all topics
 * @param events of them, those of the violations topic
 * @param lastTook from the first record to the commit, of the last transaction
 * @param waitingSince when the transaction began that Kafka has not answered yet
 */
public record FeedTally(
    long transactions,
    long records,
    long events,
    Duration lastTook,
    Optional<Instant> waitingSince) {

  static final FeedTally NONE = new FeedTally(0, 0, 0, Duration.ZERO, Optional.empty());

  FeedTally started(Instant at) {
    return new FeedTally(transactions, records, events, lastTook, Optional.of(at));
  }

  FeedTally committed(long moreRecords, long moreEvents, Duration took) {
    return new FeedTally(
        transactions + 1, records + moreRecords, events + moreEvents, took, Optional.empty());
  }
}
