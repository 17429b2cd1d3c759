package io.crossfk.listener.feed;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;

/** Messages about topics, each with the command that mends it. */
final class TopicCures {
  private final FeedSettings settings;

  TopicCures(FeedSettings settings) {
    this.settings = settings;
  }

  String notCreated(TopicPlan plan, Throwable reason) {
    return topic(plan)
        + " is missing and could not be created ("
        + reason.getMessage()
        + "); let somebody who may run: "
        + create(plan);
  }

  String invisible(TopicPlan plan, Throwable reason) {
    return topic(plan)
        + " cannot be seen ("
        + reason.getMessage()
        + "); let somebody who may run: "
        + grant(plan, plan.operations())
        + " and, if it does not exist: "
        + create(plan);
  }

  String noAccess(TopicPlan plan, List<AclOperation> missing) {
    return topic(plan)
        + ": crossfk lacks the right to "
        + words(missing, " and ")
        + "; let somebody who may run: "
        + grant(plan, missing);
  }

  String wrongPartitions(TopicPlan plan, int actual) {
    return topic(plan)
        + " has "
        + actual
        + " partitions and must have 1, because crossfk's memory is one log; name another topic"
        + " under feed: state, or, if it holds nothing of use, run: "
        + tool("kafka-topics")
        + " --delete --topic "
        + plan.name()
        + " and start again";
  }

  String wrongSetting(
      TopicPlan plan, String setting, String actual, String right, String consequence) {
    return topic(plan)
        + " has "
        + setting
        + "="
        + actual
        + ", so "
        + consequence
        + "; run: "
        + alter(plan, setting, right);
  }

  String configurationHidden(TopicPlan plan) {
    return topic(plan)
        + ": crossfk may not read its settings, so they are not checked; allow it: "
        + grant(plan, List.of(AclOperation.DESCRIBE_CONFIGS));
  }

  private static String topic(TopicPlan plan) {
    return "Kafka topic " + plan.name();
  }

  private String create(TopicPlan plan) {
    return tool("kafka-topics")
        + " --create --topic "
        + plan.name()
        + " --partitions "
        + plan.partitions()
        + plan.configuration().entrySet().stream()
            .map(setting -> " --config " + setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining());
  }

  private String alter(TopicPlan plan, String setting, String value) {
    return tool("kafka-configs")
        + " --alter --entity-type topics --entity-name "
        + plan.name()
        + " --add-config "
        + setting
        + "="
        + value;
  }

  private String grant(TopicPlan plan, Iterable<AclOperation> operations) {
    StringBuilder command =
        new StringBuilder(tool("kafka-acls")).append(" --add --allow-principal User:<crossfk>");
    for (AclOperation operation : operations) {
      command.append(" --operation ").append(word(operation));
    }
    return command.append(" --topic ").append(plan.name()).toString();
  }

  private String tool(String name) {
    return name + ".sh --bootstrap-server " + settings.bootstrapServers();
  }

  private static String words(List<AclOperation> operations, String between) {
    return operations.stream().map(TopicCures::word).collect(Collectors.joining(between));
  }

  /** As Kafka's command line spells it: {@code DescribeConfigs}. */
  private static String word(AclOperation operation) {
    StringBuilder word = new StringBuilder();
    for (String part : operation.name().split("_", -1)) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }
}
