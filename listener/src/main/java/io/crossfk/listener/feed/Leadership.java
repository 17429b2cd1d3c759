package io.crossfk.listener.feed;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who of an installation's instances may lead: the member of its consumer group that is given the
 * state topic's one partition. No more than a hint, which keeps a standby from fencing a healthy
 * leader; that there is one writer is the work of {@link FeedWriter#takeOver} (I5).
 *
 * <p>The group sees this instance as long as its own thread polls, so keep it open until the writer
 * is closed, and close it then: a standby takes over at once.
 */
public final class Leadership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  /** How long an instance may wait for its first assignment before it says that it waits. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LEAVING = Duration.ofMillis(700);

  private final FeedSettings settings;
  private final Consumer<byte[], byte[]> consumer;
  private final FaultHandler faults;
  private final Thread thread;
  private volatile boolean closing;

  // Guarded by this.
  private CompletableFuture<Void> elected = new CompletableFuture<>();
  private Runnable lost = () -> {};
  private boolean ever;

  private Leadership(
      FeedSettings settings, Consumer<byte[], byte[]> consumer, FaultHandler faults) {
    this.settings = settings;
    this.consumer = consumer;
    this.faults = faults;
    this.thread = new Thread(this::run, "feed-leadership");
  }

  /**
   * Joins the installation's group.
   *
   * @param faults told if membership ends for good after this instance was elected: Kafka refuses
   *     it, or another instance has the same group.instance.id
   */
  public static Leadership join(FeedSettings settings, FaultHandler faults)
      throws FeedStartException {
    Consumer<byte[], byte[]> consumer;
    try {
      consumer = new KafkaConsumer<>(new KafkaProperties(settings).member());
    } catch (KafkaException invalid) {
      throw FeedStartException.refused("kafka: " + Transactions.reason(invalid), invalid);
    }
    Leadership leadership = new Leadership(settings, consumer, faults);
    leadership.thread.start();
    return leadership;
  }

  /**
   * Waits until this instance may lead, however long that takes.
   *
   * @throws FeedStartException if Kafka refuses this instance as a member
   */
  public void awaitLeadership() throws InterruptedException, FeedStartException {
    CompletableFuture<Void> awaited;
    synchronized (this) {
      awaited = elected;
    }
    try {
      try {
        awaited.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException another) {
        log.atInfo()
            .addKeyValue("group", settings.group())
            .log("waiting: another instance leads, or Kafka has not answered");
        awaited.get();
      }
    } catch (ExecutionException refused) {
      throw FeedStartException.refused(refusal(refused), refused.getCause());
    }
  }

  private String refusal(ExecutionException refused) {
    String cure =
        refused.getCause() instanceof FencedInstanceIdException
            ? "give each instance a kafka: group.instance.id of its own, or none"
            : "allow crossfk's user Read on that group and on topic " + settings.stateTopic();
    return "Kafka does not let crossfk join the group \""
        + settings.group()
        + "\": "
        + Transactions.reason(refused)
        + "; "
        + cure;
  }

  /** Whether the group names this instance now. */
  public synchronized boolean isElected() {
    return elected.isDone() && !elected.isCompletedExceptionally();
  }

  /**
   * Sets what to do when the group gives the lead away; called on the thread of this object, or at
   * once if it has happened already. {@link FeedWriter#prove} is the right answer.
   */
  public synchronized void onLoss(Runnable action) {
    lost = action;
    if (ever && !isElected()) {
      action.run();
    }
  }

  private void run() {
    try {
      consumer.subscribe(List.of(settings.stateTopic()), new Assignment());
      while (!closing) {
        // Paused, so that nothing is ever fetched: only membership is wanted.
        consumer.pause(consumer.assignment());
        consumer.poll(POLL);
      }
    } catch (WakeupException wokenToClose) {
      log.atDebug().log("leaving the group");
    } catch (RuntimeException refused) {
      // Kafka's refusals and mistakes of ours alike: without this thread there is no member.
      fail(refused);
    } finally {
      consumer.close(
          CloseOptions.timeout(LEAVING)
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
  }

  private void fail(RuntimeException refused) {
    boolean wasWaiting;
    synchronized (this) {
      wasWaiting = elected.completeExceptionally(refused) && !ever;
    }
    if (!wasWaiting) {
      faults.fatal(
          new FeedFault(
              FeedFault.Kind.REFUSED,
              "Kafka ended the membership in group "
                  + settings.group()
                  + ": "
                  + Transactions.reason(refused),
              refused));
    }
  }

  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) {
        return;
      }
      consumer.pause(partitions);
      synchronized (Leadership.this) {
        ever = true;
        elected.complete(null);
      }
      log.atInfo().addKeyValue("group", settings.group()).log("elected to lead");
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty() && !closing) {
        lose();
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      onPartitionsRevoked(partitions);
    }

    private void lose() {
      Runnable action;
      synchronized (Leadership.this) {
        elected = new CompletableFuture<>();
        action = lost;
      }
      log.atWarn()
          .addKeyValue("group", settings.group())
          .log("no longer elected; whether another instance took over will show at once");
      action.run();
    }
  }

  /** Leaves the group, so that a standby is elected within a second. */
  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join(LEAVING.plusMillis(300));
    } catch (InterruptedException impatient) {
      Thread.currentThread().interrupt();
    }
  }
}
