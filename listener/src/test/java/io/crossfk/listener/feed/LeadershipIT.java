package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfk.sandbox.KafkaBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may lead, asked of a real broker. */
class LeadershipIT {
  private static KafkaBroker kafka;

  @BeforeAll
  static void startBroker() {
    kafka = KafkaBroker.start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @Test
  void aSecondInstanceWaitsAndTakesOverWhenTheFirstLeaves() throws Exception {
    Broker feed = new Broker(kafka, "standby");
    FeedTopics.ensure(feed.settings());
    Leadership first = Leadership.join(feed.settings(), Broker::failOnFault);
    first.awaitLeadership();
    Leadership second = Leadership.join(feed.settings(), Broker::failOnFault);
    CompletableFuture<Long> elected = electedAt(second);
    assertThatThrownBy(() -> elected.get(3, TimeUnit.SECONDS))
        .as("an instance that joins does not take the lead from a healthy one")
        .isInstanceOf(TimeoutException.class);
    assertThat(first.isElected()).isTrue();

    long left = System.nanoTime();
    first.close();

    assertThat(Duration.ofNanos(elected.get(5, TimeUnit.SECONDS) - left))
        .isLessThan(Duration.ofSeconds(2));
    second.close();
  }

  @Test
  void aLeaderThatDiesIsReplacedWhenItsSessionHasRunOut() throws Exception {
    Broker feed = new Broker(kafka, "dead").with("session.timeout.ms", "2000");
    FeedTopics.ensure(feed.settings());
    KafkaConsumer<byte[], byte[]> dead =
        new KafkaConsumer<>(new KafkaProperties(feed.settings()).member());
    dead.subscribe(List.of(feed.settings().stateTopic()));
    await()
        .until(
            () -> {
              dead.poll(Duration.ofMillis(100));
              return !dead.assignment().isEmpty();
            });
    dead.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP));

    long died = System.nanoTime();
    try (Leadership standby = Leadership.join(feed.settings(), Broker::failOnFault)) {
      standby.awaitLeadership();
      assertThat(Duration.ofNanos(System.nanoTime() - died))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
    }
  }

  @Test
  void aLeaderThatTheGroupDroppedProvesAtOnceThatItStillLeads() throws Exception {
    Broker feed = new Broker(kafka, "dropped");
    FeedTopics.ensure(feed.settings());
    AtomicInteger proofs = new AtomicInteger();
    try (Leadership leadership = Leadership.join(feed.settings(), Broker::failOnFault)) {
      leadership.awaitLeadership();
      leadership.onLoss(proofs::incrementAndGet);
      assertThat(proofs).hasValue(0);

      try (Admin admin = Admin.create(new KafkaProperties(feed.settings()).admin(5000))) {
        admin
            .removeMembersFromConsumerGroup(
                feed.settings().group(), new RemoveMembersFromConsumerGroupOptions())
            .all()
            .get(5, TimeUnit.SECONDS);
      }

      await().atMost(Duration.ofSeconds(5)).until(() -> proofs.get() == 1);
      // Nobody else is there, so it is elected again.
      leadership.awaitLeadership();
      assertThat(leadership.isElected()).isTrue();
    }
  }

  private static CompletableFuture<Long> electedAt(Leadership leadership) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            leadership.awaitLeadership();
            return System.nanoTime();
          } catch (InterruptedException | FeedStartException failed) {
            throw new IllegalStateException(failed);
          }
        });
  }
}
