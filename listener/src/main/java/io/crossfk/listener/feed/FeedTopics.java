package io.crossfk.listener.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
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
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private FeedTopics(FeedSettings settings, Admin admin) {
    this.admin = admin;
    this.cures = new TopicCures(settings);
    this.plans = List.of(TopicPlan.violations(settings), TopicPlan.state(settings));
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
        problems.addAll(plan.wrongPartitions(description.partitions().size(), cures));
        checkAccess(plan, description.authorizedOperations());
        checkConfiguration(plan);
      }
    }
    if (!problems.isEmpty()) {
      throw new FeedStartException(FeedStartException.Reason.REFUSED, problems, null);
    }
    warnings.forEach(warning -> log.atWarn().log(warning));
    return List.copyOf(warnings);
  }

  /** The topic as it is, or as it was just made; empty if neither, which is a problem by then. */
  private Optional<TopicDescription> describe(TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      return Optional.of(look(plan));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException refused) {
        problems.add(cures.invisible(plan, refused));
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
    Map<String, TopicDescription> found =
        get(
            admin
                .describeTopics(
                    List.of(plan.name()),
                    new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames());
    return Objects.requireNonNull(found.get(plan.name()));
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
      problems.add(cures.notCreated(plan, cause(failed)));
      return false;
    }
  }

  /** Missing rights are better found now than at the first violation. */
  private void checkAccess(TopicPlan plan, Collection<AclOperation> allowed) {
    if (allowed == null) {
      return; // The broker is older than the question.
    }
    List<AclOperation> missing =
        plan.operations().stream()
            .filter(needed -> !allowed.contains(needed) && !allowed.contains(AclOperation.ALL))
            .toList();
    if (!missing.isEmpty()) {
      problems.add(cures.noAccess(plan, missing));
    }
  }

  private void checkConfiguration(TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, plan.name());
    Config config;
    try {
      config = get(admin.describeConfigs(Set.of(resource)).all()).get(resource);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException) {
        warnings.add(cures.configurationHidden(plan));
        return;
      }
      throw failed;
    }
    if (config != null) {
      Map<String, String> values = new HashMap<>();
      config.entries().stream()
          .filter(entry -> entry.value() != null)
          .forEach(entry -> values.put(entry.name(), entry.value()));
      problems.addAll(plan.wrong(values, cures));
      warnings.addAll(plan.risky(values, cures));
    }
  }

  private static Throwable cause(ExecutionException failed) {
    return Objects.requireNonNullElse(failed.getCause(), failed);
  }

  private static <T> T get(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(ANSWER_TIME.toMillis() + 1000, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
