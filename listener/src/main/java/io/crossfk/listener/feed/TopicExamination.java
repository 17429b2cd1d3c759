package io.crossfk.listener.feed;

import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/** A topic that is there, against what it has to be. Nothing is changed. */
final class TopicExamination {
  /** What is told of a topic's settings if nothing is wrong with them. */
  private static final Map<Subject, String> SETTINGS =
      Map.of(
          Subject.TOPIC_CLEANUP, "cleanup.policy",
          Subject.TOPIC_REPLICAS, "min.insync.replicas",
          Subject.TOPIC_ELECTION, "unclean.leader.election.enable",
          Subject.TOPIC_COMPACTION_LAG, "min.compaction.lag.ms");

  private final Admin admin;
  private final TopicCures cures;
  private final TopicPlan plan;
  private final Place place;
  private final List<Finding> findings = new ArrayList<>();

  TopicExamination(Admin admin, TopicCures cures, TopicPlan plan) {
    this.admin = admin;
    this.cures = cures;
    this.plan = plan;
    this.place = Place.topic(plan.name());
  }

  static TopicDescription look(Admin admin, TopicPlan plan)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, TopicDescription> found =
        FeedTopics.get(
            admin
                .describeTopics(
                    List.of(plan.name()),
                    new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames());
    return Objects.requireNonNull(found.get(plan.name()));
  }

  List<Finding> examine(TopicDescription description)
      throws ExecutionException, InterruptedException, TimeoutException {
    ok(Subject.TOPIC_EXISTS, " exists");
    int partitions = description.partitions().size();
    findings.addAll(plan.wrongPartitions(partitions, cures));
    okUnlessFound(
        Subject.TOPIC_PARTITIONS,
        " has " + partitions + (partitions == 1 ? " partition" : " partitions"));
    access(description.authorizedOperations());
    configuration();
    return List.copyOf(findings);
  }

  /** Missing rights are better found now than at the first violation. */
  private void access(@Nullable Collection<AclOperation> allowed) {
    if (allowed == null) {
      return; // The broker is older than the question.
    }
    List<AclOperation> missing =
        plan.operations().stream()
            .filter(needed -> !allowed.contains(needed) && !allowed.contains(AclOperation.ALL))
            .toList();
    if (missing.isEmpty()) {
      ok(Subject.TOPIC_RIGHTS, ": crossfk has the rights it needs");
    } else {
      findings.add(cures.noAccess(plan, missing));
    }
  }

  private void configuration() throws ExecutionException, InterruptedException, TimeoutException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, plan.name());
    Config config;
    try {
      config = FeedTopics.get(admin.describeConfigs(Set.of(resource)).all()).get(resource);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException) {
        findings.add(cures.configurationHidden(plan));
        return;
      }
      throw failed;
    }
    if (config != null) {
      Map<String, String> values = new HashMap<>();
      config.entries().stream()
          .filter(entry -> entry.value() != null)
          .forEach(entry -> values.put(entry.name(), entry.value()));
      findings.addAll(plan.wrong(values, cures));
      findings.addAll(plan.risky(values, cures));
      SETTINGS.forEach(
          (subject, name) ->
              okUnlessFound(subject, " has " + name + "=" + values.getOrDefault(name, "")));
    }
  }

  private void okUnlessFound(Subject subject, String text) {
    if (findings.stream().noneMatch(finding -> finding.subject() == subject)) {
      ok(subject, text);
    }
  }

  private void ok(Subject subject, String text) {
    findings.add(Finding.ok(subject, place, "Kafka topic " + plan.name() + text));
  }
}
