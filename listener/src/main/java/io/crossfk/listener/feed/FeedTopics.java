package io.crossfk.listener.feed;

import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics of the feed: created if they are missing, looked at if they are there. */
public final class FeedTopics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FeedTopics.class);

  /** How long Kafka has to answer before it counts as unreachable. */
  static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  private final Admin admin;
  private final TopicCures cures;
  private final List<TopicPlan> plans;
  private final List<Finding> findings = new ArrayList<>();

  private FeedTopics(FeedSettings settings, Admin admin) {
    this.admin = admin;
    this.cures = new TopicCures(settings);
    this.plans = TopicPlan.all(settings);
  }

  /**
   * Creates what is missing, and checks what is there.
   *
   * @return what is risky but not wrong, a message each with its cure; logged too
   * @throws FeedStartException if Kafka cannot be reached within {@link #ANSWER_TIME}, or naming
   *     everything that is wrong, with the commands that mend it
   */
  public static List<String> ensure(FeedSettings settings)
      throws FeedStartException, InterruptedException {
    KafkaProperties properties = new KafkaProperties(settings);
    List<String> mistakes = properties.problems();
    if (!mistakes.isEmpty()) {
      throw new FeedStartException(FeedStartException.Reason.REFUSED, mistakes, null);
    }
    try (FeedTopics topics =
        new FeedTopics(settings, Admin.create(properties.admin((int) ANSWER_TIME.toMillis())))) {
      return topics.ensure();
    } catch (ExecutionException failed) {
      throw StartProblems.ofKafka(settings, cause(failed));
    } catch (TimeoutException | KafkaException failed) {
      throw StartProblems.ofKafka(settings, failed);
    }
  }

  private List<String> ensure()
      throws ExecutionException, InterruptedException, TimeoutException, FeedStartException {
    // Alone and first, so that a broker that is down is not mistaken for a topic that is missing.
    get(admin.describeCluster().nodes());
    Map<String, TopicDescription> found = new HashMap<>();
    for (TopicPlan plan : plans) {
      describe(plan).ifPresent(description -> found.put(plan.name(), description));
    }
    for (TopicPlan plan : plans) {
      TopicDescription description = found.get(plan.name());
      if (description != null) {
        findings.addAll(new TopicExamination(admin, cures, plan).examine(description));
      }
    }
    List<String> problems = sentences(Level.ERROR);
    if (!problems.isEmpty()) {
      throw new FeedStartException(FeedStartException.Reason.REFUSED, problems, null);
    }
    List<String> warnings = sentences(Level.WARNING);
    warnings.forEach(warning -> log.atWarn().log(warning));
    return warnings;
  }

  private List<String> sentences(Level level) {
    return findings.stream()
        .filter(finding -> finding.level() == level)
        .map(Finding::sentence)
        .toList();
  }

  /** The topic as it is, or as it was just made; empty if neither, which is a problem by then. */
  private Optional<TopicDescription> describe(TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      return Optional.of(look(plan));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException refused) {
        findings.add(cures.invisible(plan, refused));
        return Optional.empty();
      }
      if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw failed;
      }
    }
    return create(plan) ? Optional.of(lookUntilThere(plan)) : Optional.empty();
  }

  private TopicDescription look(TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    return TopicExamination.look(admin, plan);
  }

  /** A topic that was just made may not be known yet by the broker that is asked. */
  private TopicDescription lookUntilThere(TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + ANSWER_TIME.toNanos();
    while (true) {
      try {
        return look(plan);
      } catch (ExecutionException failed) {
        if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw failed;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  private boolean create(TopicPlan plan) throws InterruptedException, TimeoutException {
    NewTopic topic =
        new NewTopic(plan.name(), Optional.of(plan.partitions()), Optional.empty())
            .configs(plan.configuration());
    try {
      get(admin.createTopics(List.of(topic)).all());
      log.atInfo()
          .addKeyValue("topic", plan.name())
          .addKeyValue("partitions", plan.partitions())
          .log("topic created");
      return true;
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof TopicExistsException anotherInstanceMadeIt) {
        log.atDebug().addKeyValue("topic", plan.name()).log(anotherInstanceMadeIt.getMessage());
        return true;
      }
      findings.add(cures.notCreated(plan, cause(failed)));
      return false;
    }
  }

  static Throwable cause(ExecutionException failed) {
    return Objects.requireNonNullElse(failed.getCause(), failed);
  }

  static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(ANSWER_TIME.toMillis() + 1000, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
