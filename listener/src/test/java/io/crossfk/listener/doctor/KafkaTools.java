package io.crossfk.listener.doctor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Does what a printed command of Kafka's own shell tools says, without a shell: as strict with
 * options as those are.
 */
final class KafkaTools {
  private final Admin admin;
  private final String principal;

  /**
   * @param principal whom "User:&lt;crossfk&gt;" stands for
   */
  KafkaTools(Admin admin, String principal) {
    this.admin = admin;
    this.principal = principal;
  }

  void run(String command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    String tool = words.removeFirst();
    Map<String, List<String>> options = options(words);
    if (options.remove("--bootstrap-server") == null) {
      throw new IllegalArgumentException("no --bootstrap-server: " + command);
    }
    switch (tool) {
      case "kafka-configs.sh" -> alter(options);
      case "kafka-topics.sh" -> topic(options);
      case "kafka-acls.sh" -> allow(options);
      default -> throw new IllegalArgumentException(command);
    }
    if (!options.isEmpty()) {
      throw new IllegalArgumentException(options.keySet() + " not understood: " + command);
    }
  }

  private static Map<String, List<String>> options(List<String> words) {
    Map<String, List<String>> options = new HashMap<>();
    List<String> last = List.of();
    for (String word : words) {
      if (word.startsWith("--")) {
        last = options.computeIfAbsent(word, any -> new ArrayList<>());
      } else {
        last.add(word);
      }
    }
    return options;
  }

  private static String only(Map<String, List<String>> options, String name) {
    List<String> values = options.remove(name);
    if (values == null || values.size() != 1) {
      throw new IllegalArgumentException(name + " has " + values);
    }
    return values.getFirst();
  }

  private void alter(Map<String, List<String>> options) throws Exception {
    options.remove("--alter");
    if (!only(options, "--entity-type").equals("topics")) {
      throw new IllegalArgumentException("not of topics");
    }
    ConfigResource topic =
        new ConfigResource(ConfigResource.Type.TOPIC, only(options, "--entity-name"));
    String[] setting = only(options, "--add-config").split("=", 2);
    AlterConfigOp set =
        new AlterConfigOp(new ConfigEntry(setting[0], setting[1]), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(topic, Set.of(set))).all().get();
  }

  private void topic(Map<String, List<String>> options) throws Exception {
    String name = only(options, "--topic");
    if (options.remove("--delete") != null) {
      admin.deleteTopics(List.of(name)).all().get();
      return;
    }
    options.remove("--create");
    Map<String, String> settings = new HashMap<>();
    for (String setting : Optional.ofNullable(options.remove("--config")).orElse(List.of())) {
      settings.put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    int partitions = Integer.parseInt(only(options, "--partitions"));
    admin
        .createTopics(
            List.of(
                new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings)))
        .all()
        .get();
  }

  private void allow(Map<String, List<String>> options) throws Exception {
    options.remove("--add");
    if (!only(options, "--allow-principal").equals("User:<crossfk>")) {
      throw new IllegalArgumentException("for somebody else");
    }
    ResourcePattern resource =
        Arrays.stream(ResourceType.values())
            .filter(type -> options.containsKey(option(type)))
            .map(
                type -> new ResourcePattern(type, only(options, option(type)), PatternType.LITERAL))
            .findFirst()
            .orElseThrow();
    List<AclBinding> bindings = new ArrayList<>();
    for (String operation : Optional.ofNullable(options.remove("--operation")).orElseThrow()) {
      bindings.add(
          new AclBinding(
              resource,
              new AccessControlEntry(
                  principal,
                  "*",
                  AclOperation.fromString(
                      operation.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)),
                  AclPermissionType.ALLOW)));
    }
    admin.createAcls(bindings).all().get();
  }

  private static String option(ResourceType type) {
    return "--" + type.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
