package io.crossfk.listener.feed;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What Kafka has for and against being written to. Nothing is created, and nobody is fenced. */
public final class FeedExamination {
  private final FeedSettings settings;
  private final Admin admin;
  private final TopicCures cures;
  private final Place place;
  private final List<Finding> findings = new ArrayList<>();

  private FeedExamination(FeedSettings settings, Admin admin) {
    this.settings = settings;
    this.admin = admin;
    this.cures = new TopicCures(settings);
    this.place = Place.kafka(settings.bootstrapServers());
  }

  /** Blocks for seconds at most, whether Kafka answers or not. */
  public static List<Finding> examine(FeedSettings settings) throws InterruptedException {
    KafkaProperties properties = new KafkaProperties(settings);
    Place place = Place.kafka(settings.bootstrapServers());
    List<String> mistakes = properties.problems();
    if (!mistakes.isEmpty()) {
      return mistakes.stream()
          .map(mistake -> parted(Subject.KAFKA_PROPERTIES, place, mistake, false))
          .toList();
    }
    try (Admin admin = Admin.create(properties.admin((int) FeedTopics.ANSWER_TIME.toMillis()))) {
      FeedExamination examination = new FeedExamination(settings, admin);
      try {
        examination.examine(properties);
      } finally {
        admin.close(Duration.ZERO);
      }
      return List.copyOf(examination.findings);
    } catch (ExecutionException failed) {
      return List.of(failure(settings, place, FeedTopics.cause(failed)));
    } catch (TimeoutException | KafkaException failed) {
      return List.of(failure(settings, place, failed));
    }
  }

  private static Finding failure(FeedSettings settings, Place place, Throwable failed) {
    FeedStartException start = StartProblems.ofKafka(settings, failed);
    boolean mayPass = start.reason() == FeedStartException.Reason.UNREACHABLE;
    return parted(Subject.KAFKA_REACHABLE, place, start.problems().getFirst(), mayPass);
  }

  /** What follows the last semicolon is the cure. */
  private static Finding parted(Subject subject, Place place, String sentence, boolean mayPass) {
    int end = sentence.lastIndexOf("; ");
    String found = end < 0 ? sentence : sentence.substring(0, end);
    Cure cure =
        Cure.words(end < 0 ? "correct kafka: in crossfk.yaml" : sentence.substring(end + 2));
    return mayPass
        ? Finding.silent(subject, place, found, cure)
        : Finding.error(subject, place, found, cure);
  }

  private void examine(KafkaProperties properties)
      throws ExecutionException, InterruptedException, TimeoutException {
    int brokers = FeedTopics.get(admin.describeCluster().nodes()).size();
    findings.add(
        Finding.ok(
            Subject.KAFKA_REACHABLE,
            place,
            "Kafka answers, with " + brokers + (brokers == 1 ? " broker" : " brokers")));
    findings.add(
        Finding.ok(Subject.KAFKA_PROPERTIES, place, "no property loosens what the feed rests on"));
    for (TopicPlan plan : TopicPlan.all(settings)) {
      examine(plan);
    }
    MemberExamination members = new MemberExamination(settings, admin, place);
    findings.addAll(members.transactions(properties));
    findings.add(members.group());
  }

  private void examine(TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      findings.addAll(
          new TopicExamination(admin, cures, plan).examine(TopicExamination.look(admin, plan)));
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException refused) {
        findings.add(cures.invisible(plan, refused));
      } else if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
        findings.add(missing(plan));
      } else {
        throw failed;
      }
    }
  }

  /** The broker tells whether it would create the topic, and does not. */
  private Finding missing(TopicPlan plan) throws InterruptedException, TimeoutException {
    NewTopic topic =
        new NewTopic(plan.name(), Optional.of(plan.partitions()), Optional.empty())
            .configs(plan.configuration());
    try {
      FeedTopics.get(
          admin.createTopics(List.of(topic), new CreateTopicsOptions().validateOnly(true)).all());
      return Finding.ok(
          Subject.TOPIC_EXISTS,
          Place.topic(plan.name()),
          "Kafka topic " + plan.name() + " does not exist yet; crossfk run creates it");
    } catch (ExecutionException refused) {
      return cures.notCreated(plan, FeedTopics.cause(refused));
    }
  }
}
