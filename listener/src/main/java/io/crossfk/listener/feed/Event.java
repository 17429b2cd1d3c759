package io.crossfk.listener.feed;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** One record for readers: CloudEvents 1.0 in Kafka's binary mode. */
sealed interface Event permits ViolationEvent, AlertEvent {

  /** The record's key, and what the event is about. */
  String id();

  /** Equal for a replay, different for every other event of this source. */
  String eventId();

  /** CloudEvents' type. */
  String word();

  Instant time();

  /** Empty for a tombstone. */
  Optional<byte[]> json();

  String topic(FeedSettings settings);

  default ProducerRecord<byte[], byte[]> toRecord(FeedSettings settings) {
    Optional<byte[]> json = json();
    List<Header> headers = new ArrayList<>();
    headers.add(header("ce_specversion", "1.0"));
    headers.add(header("ce_id", eventId()));
    headers.add(header("ce_source", settings.source()));
    headers.add(header("ce_type", word()));
    headers.add(header("ce_subject", id()));
    headers.add(header("ce_time", Json.instant(time())));
    if (json.isPresent()) {
      headers.add(header("content-type", "application/json"));
    }
    return new ProducerRecord<>(
        topic(settings), null, id().getBytes(StandardCharsets.UTF_8), json.orElse(null), headers);
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
