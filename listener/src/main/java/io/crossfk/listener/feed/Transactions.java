package io.crossfk.listener.feed;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one transactional producer. A transaction either is visible when {@link #commit} returns, or
 * {@code commit} throws a {@link FeedFault} and this producer is of no more use (I5: an unknown
 * outcome ends the process). One thread at a time.
 */
final class Transactions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Transactions.class);

  /** Kafka allows a commit that timed out to be tried again; each try waits for max.block.ms. */
  private static final int COMMIT_TRIES = 3;

  private final FeedSettings settings;
  private final Producer<byte[], byte[]> producer;
  private volatile boolean closing;

  private Transactions(FeedSettings settings, Producer<byte[], byte[]> producer) {
    this.settings = settings;
    this.producer = producer;
  }

  /** Fences every other writer of this installation and ends its open transaction. */
  static Transactions takeOver(FeedSettings settings, KafkaProperties properties)
      throws FeedStartException {
    Producer<byte[], byte[]> producer;
    try {
      producer = new KafkaProducer<>(properties.producer());
    } catch (KafkaException invalid) {
      throw FeedStartException.refused("kafka: " + reason(invalid), invalid);
    }
    try {
      producer.initTransactions();
      return new Transactions(settings, producer);
    } catch (AuthorizationException | AuthenticationException refused) {
      producer.close(Duration.ZERO);
      throw FeedStartException.refused(
          "Kafka does not let crossfk write in transactions as \""
              + settings.transactionalId()
              + "\" ("
              + refused.getMessage()
              + "); allow it: kafka-acls.sh --bootstrap-server "
              + settings.bootstrapServers()
              + " --add --allow-principal User:<crossfk's user> --operation Write --operation"
              + " Describe --transactional-id "
              + settings.transactionalId(),
          refused);
    } catch (InvalidTxnTimeoutException tooLong) {
      producer.close(Duration.ZERO);
      throw FeedStartException.refused(
          "Kafka's brokers allow no transaction.timeout.ms of "
              + properties.producer().get("transaction.timeout.ms")
              + "; set kafka: transaction.timeout.ms to their transaction.max.timeout.ms or less",
          tooLong);
    } catch (UnsupportedVersionException tooOld) {
      producer.close(Duration.ZERO);
      throw FeedStartException.refused(
          "Kafka's brokers are too old for transactions that can be fenced: " + tooOld.getMessage(),
          tooOld);
    } catch (KafkaException failed) {
      producer.close(Duration.ZERO);
      throw FeedStartException.unreachable(
          "Kafka at "
              + settings.bootstrapServers()
              + " did not start a transaction as \""
              + settings.transactionalId()
              + "\": "
              + reason(failed),
          failed);
    }
  }

  /**
   * Writes records so that all or none of them can be seen. Waits for brokers that are away, up to
   * the producer's own limits.
   *
   * @throws FeedFault if it is not certain that they can be seen
   */
  void commit(List<ProducerRecord<byte[], byte[]>> records) {
    // The client only keeps the first failure's consequence; the record's own error says more.
    AtomicReference<@Nullable Exception> firstFailure = new AtomicReference<>();
    boolean committing = false;
    try {
      producer.beginTransaction();
      for (ProducerRecord<byte[], byte[]> each : records) {
        var unused =
            producer.send(
                each,
                (metadata, failure) -> {
                  if (failure != null) {
                    firstFailure.compareAndSet(null, failure);
                  }
                });
      }
      producer.flush();
      Exception failure = firstFailure.get();
      if (failure != null) {
        throw new KafkaException(failure);
      }
      committing = true;
      commitWithRetries();
    } catch (KafkaException failed) {
      throw fault(failed, firstFailure.get(), committing);
    } catch (IllegalStateException fatalBefore) {
      throw fault(fatalBefore, firstFailure.get(), committing);
    }
  }

  private void commitWithRetries() {
    for (int attempt = 1; ; attempt++) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException late) {
        if (attempt == COMMIT_TRIES || closing) {
          throw late;
        }
        log.atWarn()
            .addKeyValue("attempt", attempt)
            .log("Kafka has not answered a commit in time, asking again");
      }
    }
  }

  private FeedFault fault(
      RuntimeException failed, @Nullable Exception ofRecord, boolean committing) {
    Throwable cause = ofRecord == null ? failed : ofRecord;
    if (isFencing(failed) || isFencing(cause)) {
      return new FeedFault(
          FeedFault.Kind.FENCED,
          "another instance of \""
              + settings.name()
              + "\" leads now (transactional.id "
              + settings.transactionalId()
              + " was fenced)",
          cause);
    }
    if (failed instanceof InterruptException) {
      Thread.currentThread().interrupt();
    }
    if (committing && !(failed instanceof ApiException && isRefusal(failed))) {
      return new FeedFault(
          FeedFault.Kind.UNKNOWN_OUTCOME,
          "Kafka did not tell whether a transaction was committed: " + reason(cause),
          cause);
    }
    return new FeedFault(FeedFault.Kind.REFUSED, refusal(cause), cause);
  }

  private static String refusal(Throwable cause) {
    if (find(cause, RecordTooLargeException.class) != null) {
      return "Kafka takes no record of this size: "
          + reason(cause)
          + "; raise the topic's max.message.bytes and kafka: max.request.size";
    }
    return "Kafka did not take a record, nothing of its transaction is visible: " + reason(cause);
  }

  private static boolean isRefusal(Throwable failed) {
    return failed instanceof AuthorizationException;
  }

  /** Every way in which Kafka tells a writer that it was replaced, or waited too long. */
  private static boolean isFencing(Throwable failure) {
    return find(failure, ProducerFencedException.class) != null
        || find(failure, InvalidProducerEpochException.class) != null
        || find(failure, InvalidPidMappingException.class) != null
        || find(failure, FencedInstanceIdException.class) != null;
  }

  private static @Nullable Throwable find(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return each;
      }
    }
    return null;
  }

  /** The innermost message: the outer ones only say that the client is in an error state. */
  static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    return message == null ? innermost.getClass().getSimpleName() : message;
  }

  /** No more retries: a commit under way is the last. Any thread. */
  void closing() {
    closing = true;
  }

  /** Ends at once; an open transaction stays open until the next writer fences it. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
