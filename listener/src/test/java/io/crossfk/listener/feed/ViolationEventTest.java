package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.crossfk.rules.change.Position;
import io.crossfk.rules.key.Key;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class ViolationEventTest {
  private static final FeedSettings SETTINGS = FeedSettings.of("shop", Map.of());
  private static final Position OPENING = Position.parse("1/AB");
  private static final ViolationDocument VIOLATION =
      ViolationDocument.of(Samples.opened(Samples.ORDERS_USER, Key.of(42)), "[42]");

  @Test
  void anyReaderOfCloudEventsUnderstandsARecord() {
    ProducerRecord<byte[], byte[]> written =
        ViolationEvent.of(ViolationEvent.Type.OPENED, VIOLATION, OPENING, 1).toRecord(SETTINGS);

    CloudEvent read = read(written);

    assertThat(read.getSpecVersion().toString()).isEqualTo("1.0");
    assertThat(read.getId()).isEqualTo("orders-user|[42]@1/AB#1");
    assertThat(read.getSource()).isEqualTo(URI.create("/crossfk/shop"));
    assertThat(read.getType()).isEqualTo("io.crossfk.violation.opened");
    assertThat(read.getSubject()).isEqualTo("orders-user|[42]");
    assertThat(read.getTime()).isEqualTo(OffsetDateTime.parse("2026-11-22T12:00:00.000001Z"));
    assertThat(read.getDataContentType()).isEqualTo("application/json");
    PublishedSchema.VIOLATION.assertDescribes(
        new String(Objects.requireNonNull(read.getData()).toBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aTombstoneIsAnEventToo() {
    ProducerRecord<byte[], byte[]> tombstone =
        ViolationEvent.forgotten(VIOLATION.id(), OPENING, 2, Samples.NOON).toRecord(SETTINGS);

    assertThat(tombstone.value()).isNull();
    assertThat(new String(tombstone.key(), StandardCharsets.UTF_8)).isEqualTo("orders-user|[42]");
    CloudEvent read = read(tombstone);
    assertThat(read.getType()).isEqualTo("io.crossfk.violation.forgotten");
    assertThat(read.getId()).isEqualTo("orders-user|[42]@1/AB#2-forgotten");
    assertThat(read.getData()).isNull();
  }

  @Test
  void attributeNamesAreLowerCaseLettersAndDigits() {
    for (Header header :
        ViolationEvent.of(ViolationEvent.Type.UPDATED, VIOLATION, OPENING, 2)
            .toRecord(SETTINGS)
            .headers()) {
      assertThat(header.key()).matches("content-type|ce_[a-z0-9]+");
    }
  }

  private static CloudEvent read(ProducerRecord<byte[], byte[]> written) {
    return KafkaMessageFactory.createReader(written.headers(), written.value()).toEvent();
  }
}
