package io.crossfk.listener.feed;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/** What Kafka's exceptions mean for somebody who starts crossfk. */
final class StartProblems {
  private StartProblems() {}

  static FeedStartException ofKafka(FeedSettings settings, Throwable failed) {
    String reason = Transactions.reason(failed);
    String servers = settings.bootstrapServers();
    if (failed instanceof AuthenticationException) {
      return FeedStartException.refused(
          "Kafka at "
              + servers
              + " does not accept crossfk's credentials: "
              + reason
              + "; look at kafka: security.protocol and kafka: sasl.*",
          failed);
    }
    if (failed instanceof AuthorizationException) {
      return FeedStartException.refused(
          "Kafka at " + servers + " does not allow what crossfk needs: " + reason, failed);
    }
    if (find(failed) instanceof ConfigException config) {
      return config.getMessage() != null && config.getMessage().contains("bootstrap")
          ? FeedStartException.unreachable(
              "Kafka at "
                  + servers
                  + " cannot be reached: "
                  + config.getMessage()
                  + "; look at kafka: bootstrap.servers",
              failed)
          : FeedStartException.refused("kafka: " + config.getMessage(), failed);
    }
    return FeedStartException.unreachable(
        "Kafka at "
            + servers
            + " cannot be reached: "
            + reason
            + "; is it running, and is kafka: bootstrap.servers right?",
        failed);
  }

  private static Throwable find(Throwable failed) {
    Throwable each = failed;
    while (!(each instanceof ConfigException) && each.getCause() != null) {
      each = each.getCause();
    }
    return each;
  }
}
