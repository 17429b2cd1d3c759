package io.crossfk.listener.feed;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Whether an instance could lead: write in transactions, and be elected by its group.
 *
 * <p>To try it would fence the instance that leads now. So it is only asked whether crossfk may see
 * its own transactional id and group, which a right to write, or to read, brings with it.
 */
final class MemberExamination {
  private final FeedSettings settings;
  private final Admin admin;
  private final Place place;

  MemberExamination(FeedSettings settings, Admin admin, Place place) {
    this.settings = settings;
    this.admin = admin;
    this.place = place;
  }

  List<Finding> transactions(KafkaProperties properties)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<Finding> findings = new ArrayList<>();
    String id = settings.transactionalId();
    try {
      FeedTopics.get(admin.describeTransactions(List.of(id)).all());
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException) {
        findings.add(
            Finding.error(
                Subject.KAFKA_TRANSACTIONS,
                place,
                "Kafka does not let crossfk write in transactions as \"" + id + "\"",
                Cure.command(
                    "allow it: ",
                    acls("--operation Write --operation Describe --transactional-id " + id))));
      } else if (failed.getCause() instanceof UnsupportedVersionException) {
        findings.add(
            Finding.error(
                Subject.KAFKA_TRANSACTIONS,
                place,
                "Kafka's brokers are too old for transactions that can be fenced",
                Cure.words("upgrade them to 3.0 or newer")));
      } else if (!(failed.getCause() instanceof TransactionalIdNotFoundException)) {
        throw failed;
      }
    }
    tooLong(properties).ifPresent(findings::add);
    if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              Subject.KAFKA_TRANSACTIONS,
              place,
              "Kafka shows crossfk its transactional id \"" + id + "\""));
    }
    return findings;
  }

  private Optional<Finding> tooLong(KafkaProperties properties)
      throws ExecutionException, InterruptedException, TimeoutException {
    long wanted =
        Long.parseLong(String.valueOf(properties.producer().get("transaction.timeout.ms")));
    Node broker = FeedTopics.get(admin.describeCluster().nodes()).iterator().next();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
    try {
      Config config = FeedTopics.get(admin.describeConfigs(Set.of(resource)).all()).get(resource);
      ConfigEntry most = config == null ? null : config.get("transaction.max.timeout.ms");
      if (most == null || most.value() == null || wanted <= Long.parseLong(most.value())) {
        return Optional.empty();
      }
      return Optional.of(
          Finding.error(
              Subject.KAFKA_TRANSACTIONS,
              place,
              "Kafka's brokers allow no transaction.timeout.ms of "
                  + wanted
                  + ", their transaction.max.timeout.ms is "
                  + most.value(),
              Cure.words("set kafka: transaction.timeout.ms: " + most.value())));
    } catch (ExecutionException hidden) {
      if (hidden.getCause() instanceof AuthorizationException) {
        return Optional.empty();
      }
      throw hidden;
    }
  }

  Finding group() throws ExecutionException, InterruptedException, TimeoutException {
    String group = settings.group();
    try {
      ConsumerGroupDescription description =
          FeedTopics.get(
                  admin
                      .describeConsumerGroups(
                          List.of(group),
                          new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                      .all())
              .get(group);
      Collection<AclOperation> allowed =
          description == null ? null : description.authorizedOperations();
      if (allowed != null
          && !allowed.contains(AclOperation.READ)
          && !allowed.contains(AclOperation.ALL)) {
        return notAMember(group);
      }
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException) {
        return notAMember(group);
      }
      if (!(failed.getCause() instanceof GroupIdNotFoundException)) {
        throw failed;
      }
    }
    return Finding.ok(
        Subject.KAFKA_GROUP, place, "Kafka shows crossfk its group \"" + group + "\"");
  }

  private Finding notAMember(String group) {
    return Finding.error(
        Subject.KAFKA_GROUP,
        place,
        "Kafka does not let crossfk join the group \""
            + group
            + "\", in which its instances elect their leader",
        Cure.command("allow it: ", acls("--operation Read --group " + group)));
  }

  private String acls(String what) {
    return "kafka-acls.sh --bootstrap-server "
        + settings.bootstrapServers()
        + " --add --allow-principal User:<crossfk> "
        + what;
  }
}
