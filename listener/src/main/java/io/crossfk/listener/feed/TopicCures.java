package io.crossfk.listener.feed;

import io.crossfk.listener.finding.Cure;
import io.crossfk.listener.finding.Finding;
import io.crossfk.listener.finding.Place;
import io.crossfk.listener.finding.Subject;
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

  Finding notCreated(TopicPlan plan, Throwable reason) {
    return Finding.error(
        Subject.TOPIC_EXISTS,
        Place.topic(plan.name()),
        topic(plan) + " is missing and could not be created (" + reason.getMessage() + ")",
        Cure.command("let somebody who may run: ", create(plan)));
  }

  Finding invisible(TopicPlan plan, Throwable reason) {
    return Finding.error(
        Subject.TOPIC_RIGHTS,
        Place.topic(plan.name()),
        topic(plan) + " cannot be seen (" + reason.getMessage() + ")",
        Cure.command("let somebody who may run: ", grant(plan, plan.operations()))
            .then(" and, if it does not exist: " + create(plan)));
  }

  Finding noAccess(TopicPlan plan, List<AclOperation> missing) {
    return Finding.error(
        Subject.TOPIC_RIGHTS,
        Place.topic(plan.name()),
        topic(plan) + ": crossfk lacks the right to " + words(missing, " and "),
        Cure.command("let somebody who may run: ", grant(plan, missing)));
  }

  Finding wrongPartitions(TopicPlan plan, int actual) {
    return Finding.error(
        Subject.TOPIC_PARTITIONS,
        Place.topic(plan.name()),
        topic(plan)
            + " has "
            + actual
            + " partitions and must have 1, because crossfk's memory is one log",
        Cure.command(
                "name another topic under feed: state, or, if it holds nothing of use, run: ",
                tool("kafka-topics") + " --delete --topic " + plan.name())
            .then(" and start again"));
  }

  /** A setting that makes the topic unfit. */
  Finding wrongSetting(TopicPlan plan, Setting setting) {
    return Finding.error(
        setting.subject(), Place.topic(plan.name()), found(plan, setting), cure(plan, setting));
  }

  /** A setting that makes the topic less safe than it could be. */
  Finding riskySetting(TopicPlan plan, Setting setting) {
    return Finding.warning(
        setting.subject(), Place.topic(plan.name()), found(plan, setting), cure(plan, setting));
  }

  /**
   * A setting that is not as it should be.
   *
   * @param consequence what follows, after "so"
   */
  record Setting(Subject subject, String name, String actual, String right, String consequence) {}

  private static String found(TopicPlan plan, Setting setting) {
    return topic(plan)
        + " has "
        + setting.name()
        + "="
        + setting.actual()
        + ", so "
        + setting.consequence();
  }

  private Cure cure(TopicPlan plan, Setting setting) {
    return Cure.command("run: ", alter(plan, setting.name(), setting.right()));
  }

  Finding configurationHidden(TopicPlan plan) {
    return Finding.warning(
        Subject.TOPIC_SETTINGS_HIDDEN,
        Place.topic(plan.name()),
        topic(plan) + ": crossfk may not read its settings, so they are not checked",
        Cure.command("allow it: ", grant(plan, List.of(AclOperation.DESCRIBE_CONFIGS))));
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
