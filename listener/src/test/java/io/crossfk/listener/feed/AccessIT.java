package io.crossfk.listener.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.crossfk.sandbox.KafkaBroker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

/** A broker that does not let everybody do everything: topics that a DBA made, and few rights. */
class AccessIT {

  @Test
  void whatIsNotAllowedIsRefusedWithTheCommandThatAllowsIt() throws Exception {
    try (KafkaBroker kafka =
        KafkaBroker.builder()
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .setting("super.users", "User:boss")
            .setting(
                "listener.security.protocol.map",
                "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT")
            .setting("sasl.enabled.mechanisms", "PLAIN")
            .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .setting("sasl.mechanism.controller.protocol", "PLAIN")
            .setting("inter.broker.listener.name", "PLAINTEXT")
            .setting("listener.name.plaintext.plain.sasl.jaas.config", users())
            .setting("listener.name.controller.plain.sasl.jaas.config", users())
            .start()) {
      FeedSettings settings = as(kafka, "crossfk").settings();

      List<String> missing = refused(() -> FeedTopics.ensure(settings)).problems();
      assertThat(missing)
          .hasSize(3)
          .allMatch(problem -> problem.contains("kafka-topics.sh") && problem.contains("--create"))
          .anyMatch(problem -> problem.contains("--topic acl.alerts --partitions 1"))
          .anyMatch(problem -> problem.contains("--topic acl.state --partitions 1"))
          .anyMatch(problem -> problem.contains("--topic acl.violations --partitions 3"));

      try (Admin boss =
          Admin.create(new java.util.HashMap<>(as(kafka, "boss").settings().kafka()))) {
        boss.createTopics(
                List.of(
                    new NewTopic("acl.violations", 3, (short) 1)
                        .configs(TopicPlan.violations(settings).configuration()),
                    new NewTopic("acl.alerts", 1, (short) 1)
                        .configs(TopicPlan.alerts(settings).configuration()),
                    new NewTopic("acl.state", 1, (short) 1)
                        .configs(TopicPlan.state(settings).configuration())))
            .all()
            .get();
        allow(boss, ResourceType.TOPIC, "acl.violations", AclOperation.DESCRIBE);
        allow(boss, ResourceType.TOPIC, "acl.alerts", AclOperation.DESCRIBE);
        allow(boss, ResourceType.TOPIC, "acl.state", AclOperation.DESCRIBE, AclOperation.READ);

        assertThat(refused(() -> FeedTopics.ensure(settings)).problems())
            .hasSize(3)
            .allMatch(problem -> problem.contains("lacks the right to Write"))
            .allMatch(problem -> problem.contains("kafka-acls.sh"));

        allow(boss, ResourceType.TOPIC, "acl.violations", AclOperation.WRITE);
        allow(boss, ResourceType.TOPIC, "acl.alerts", AclOperation.WRITE);
        allow(boss, ResourceType.TOPIC, "acl.state", AclOperation.WRITE);
        assertThat(FeedTopics.ensure(settings))
            .hasSize(3)
            .allMatch(warning -> warning.contains("may not read its settings"));

        assertThat(refused(() -> takeOver(settings)))
            .hasMessageContaining("kafka-acls.sh")
            .hasMessageContaining("--transactional-id crossfk-acl");
        allow(boss, ResourceType.TRANSACTIONAL_ID, "crossfk-acl", AclOperation.WRITE);
        takeOver(settings);

        try (Leadership refusedMember = Leadership.join(settings, Broker::failOnFault)) {
          assertThat(refused(refusedMember::awaitLeadership))
              .hasMessageContaining("does not let crossfk join the group \"crossfk-acl\"");
        }
        allow(boss, ResourceType.GROUP, "crossfk-acl", AclOperation.READ);
        try (Leadership member = Leadership.join(settings, Broker::failOnFault)) {
          member.awaitLeadership();
        }
      }

      FeedStartException wrongPassword =
          refused(() -> FeedTopics.ensure(as(kafka, "stranger").settings()));
      assertThat(wrongPassword.reason()).isEqualTo(FeedStartException.Reason.REFUSED);
      assertThat(wrongPassword).hasMessageContaining("does not accept crossfk's credentials");
    }
  }

  private static void takeOver(FeedSettings settings) throws FeedStartException {
    FeedWriter.takeOver(
            settings,
            Samples::shape,
            Samples::configured,
            InstantSource.system(),
            Broker::failOnFault)
        .close();
  }

  private static Broker as(KafkaBroker kafka, String user) {
    return new Broker(kafka, "acl")
        .with("security.protocol", "SASL_PLAINTEXT")
        .with("sasl.mechanism", "PLAIN")
        .with(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
                + user
                + "\" password=\"secret\";");
  }

  private static String users() {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"boss\""
        + " password=\"secret\" user_boss=\"secret\" user_crossfk=\"secret\";";
  }

  private static void allow(Admin boss, ResourceType type, String name, AclOperation... operations)
      throws Exception {
    List<AclBinding> bindings = new ArrayList<>();
    Arrays.stream(operations)
        .forEach(
            operation ->
                bindings.add(
                    new AclBinding(
                        new ResourcePattern(type, name, PatternType.LITERAL),
                        new AccessControlEntry(
                            "User:crossfk", "*", operation, AclPermissionType.ALLOW))));
    boss.createAcls(bindings).all().get();
    // The controller has them; the broker, which decides, gets them a moment later.
    ResourcePatternFilter here = new ResourcePatternFilter(type, name, PatternType.LITERAL);
    await()
        .pollDelay(Duration.ZERO)
        .until(
            () ->
                boss.describeAcls(new AclBindingFilter(here, AccessControlEntryFilter.ANY))
                    .values()
                    .get()
                    .containsAll(bindings));
  }

  private static FeedStartException refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
    return Objects.requireNonNull(catchThrowableOfType(FeedStartException.class, action));
  }
}
