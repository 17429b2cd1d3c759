package io.crossfk.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaBrokerIT {
  private static final String TOPIC = "records";

  @Test
  void aBrokerInThisJvmComesBackOnItsPortWithItsRecords() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start()) {
      createTopic(broker);
      publish(broker, "first", true);
      publish(broker, "aborted", false);
      assertThat(committed(broker)).containsExactly("first");

      broker.stop();
      assertThat(broker.isRunning()).isFalse();
      broker.startAgain();

      publish(broker, "second", true);
      assertThat(committed(broker)).containsExactly("first", "second");
      assertThatThrownBy(broker::kill).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void aClientThatComesThroughTheProxyIsToldNoOtherWay() throws Exception {
    try (KafkaBroker broker = KafkaBroker.builder().behindProxy().start();
        Admin through =
            Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + broker.proxy().port()));
        Admin direct = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      assertThat(through.describeCluster().nodes().get())
          .allMatch(node -> node.port() == broker.proxy().port());
      assertThat(direct.describeCluster().nodes().get())
          .allMatch(node -> node.port() == broker.port());
      assertThat(broker.proxy().connections()).isPositive();
    }
  }

  @Test
  void aKilledBrokerKeepsWhatWasCommitted() throws Exception {
    try (KafkaBroker broker = KafkaBroker.builder().ownProcess().start()) {
      createTopic(broker);
      publish(broker, "first", true);

      broker.kill();
      broker.startAgain();

      publish(broker, "second", true);
      assertThat(committed(broker)).containsExactly("first", "second");
      broker.stop();
      assertThat(broker.isRunning()).isFalse();
    }
  }

  @Test
  void aBrokerThatCannotStartSaysWhyAndLeavesNothing() {
    // Others have run folders, too: ours is known by a setting that nobody else has.
    String few = "few-" + System.nanoTime();
    assertThatThrownBy(() -> KafkaBroker.builder().setting("log.segment.bytes", few).start())
        .hasStackTraceContaining(few);
    assertThat(Leftovers.runFolders()).noneMatch(folder -> settingsIn(folder).contains(few));
  }

  /** Empty if there are none, or if the folder's owner has just removed them. */
  private static String settingsIn(Path folder) {
    try {
      return Files.readString(folder.resolve("broker.properties"));
    } catch (IOException none) {
      return "";
    }
  }

  private static void createTopic(KafkaBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }
  }

  private static void publish(KafkaBroker broker, String value, boolean commit) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "sandbox-test");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(TOPIC, value));
      producer.flush();
      assertThat(sent.get().topic()).isEqualTo(TOPIC);
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }

  private static List<String> committed(KafkaBroker broker) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      List<String> values = new ArrayList<>();
      while (consumer.position(partition) < end) {
        StreamSupport.stream(consumer.poll(Duration.ofMillis(100)).spliterator(), false)
            .map(ConsumerRecord::value)
            .forEach(values::add);
      }
      return values;
    }
  }
}
